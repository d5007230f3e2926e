import pytest
import torch

from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.embedding import Embedding

pytestmark = pytest.mark.engine


@pytest.fixture
def support():
    generator = torch.Generator().manual_seed(0)
    return Support(tuple(torch.randn(3, 4, 5, generator=generator) for _ in range(2)))


def test_it_starts_as_nothing(support):
    for level, wanted in zip(Embedding(support).applied(support).levels, support.levels, strict=True):
        torch.testing.assert_close(level, wanted)


def test_features_turn_but_keep_their_length(support):
    embedding = Embedding(support)
    with torch.no_grad():
        for level in embedding.parameters():
            level.add_(0.3)
    for level, wanted in zip(embedding.applied(support).levels, support.levels, strict=True):
        torch.testing.assert_close(level.norm(dim=-1), wanted.norm(dim=-1))
        assert not torch.allclose(level, wanted)


def test_points_without_a_template_stay_nothing():
    zeros = Support((torch.zeros(1, 4, 5),))
    applied = Embedding(zeros).applied(zeros).levels[0]
    assert not applied.isnan().any()
    assert not applied.any()


def test_gradients_reach_the_corrections(support):
    embedding = Embedding(support)
    embedding.applied(support).levels[0].square()[..., 0].sum().backward()
    assert embedding.parameters()[0].grad.abs().sum() > 0


def test_a_point_without_a_template_does_not_spoil_the_gradients(support):
    mixed = Support(tuple(torch.cat((level, torch.zeros(1, *level.shape[1:]))) for level in support.levels))
    embedding = Embedding(mixed)
    sum(level.sum() for level in embedding.applied(mixed).levels).backward()
    assert all(level.grad.isfinite().all() for level in embedding.parameters())
