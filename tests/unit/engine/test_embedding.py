import pytest
import torch

from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.embedding import Embedding, EmbeddingMemory
from talpose_app.model.label import PointId

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


def test_corrections_are_remembered_by_video_and_point(support):
    a, b, c = PointId(1, 1), PointId(1, 2), PointId(1, 3)
    memory, learned, fresh = EmbeddingMemory(), Embedding(support), Embedding(support)
    with torch.no_grad():
        for level in learned.parameters():
            level.add_(torch.arange(3.0)[:, None, None])
    memory.keep("video", (a, b, c), learned.levels)
    memory.recall("video", (c, PointId(9, 9), b), fresh)
    assert [level[:, 0, 0].tolist() for level in fresh.parameters()] == [[2, 0, 1]] * 2
    memory.recall("another", (c,), untouched := Embedding(support))
    assert not any(level.any() for level in untouched.parameters())


def test_memory_is_bounded(support, monkeypatch):
    from talpose_app.engine import embedding as module

    monkeypatch.setattr(module, "_MAX_REMEMBERED", 2)
    memory, learned, fresh = EmbeddingMemory(), Embedding(support), Embedding(support)
    with torch.no_grad():
        for level in learned.parameters():
            level.add_(1.0)
    points = (PointId(1, 1), PointId(1, 2), PointId(1, 3))
    memory.keep("video", points, learned.levels)
    memory.recall("video", points, fresh)
    assert fresh.parameters()[0][:, 0, 0].tolist() == [0, 1, 1]
