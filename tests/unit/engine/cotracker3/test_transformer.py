"""What may and may not influence what inside the update transformer."""

import pytest
import torch

from talpose_app.engine.cotracker3.transformer import Attention

pytestmark = pytest.mark.engine


@pytest.fixture
def tokens(tiny):
    torch.manual_seed(4)
    return torch.randn(3, 6, tiny.config.token_dim)


def test_one_update_per_point_and_frame(tiny, tokens):
    assert tiny.updateformer(tokens).shape == (3, 6, 4)


def test_order_of_points_does_not_matter(tiny, tokens):
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(tiny.updateformer(tokens)[order], tiny.updateformer(tokens[order]))


def test_points_and_frames_hear_of_one_another(tiny, tokens):
    changed = tokens.clone()
    changed[0, 0] += 1
    difference = (tiny.updateformer(changed) - tiny.updateformer(tokens)).abs().amax(-1)
    assert difference[0, 5] > 1e-6
    assert difference[2, 5] > 1e-7


def test_one_query_frame_serves_many_context_frames():
    torch.manual_seed(5)
    attention = Attention(8, 2)
    x, context = torch.randn(1, 3, 8), torch.randn(4, 5, 8)
    torch.testing.assert_close(attention(x, context), attention(x.expand(4, -1, -1), context))
