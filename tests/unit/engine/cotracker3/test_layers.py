"""Attention and MLP against their definitions."""

import math

import pytest
import torch

from talpose_app.engine.cotracker3.layers import Attention, Mlp

pytestmark = pytest.mark.engine


def test_attention_mixes_values_by_how_well_keys_fit():
    torch.manual_seed(5)
    attention = Attention(8, 2)
    x, context = torch.randn(4, 3, 8), torch.randn(4, 5, 8)
    query, (key, value) = attention.to_q(x), attention.to_kv(context).chunk(2, -1)
    mixed = []
    for head in (slice(0, 4), slice(4, 8)):
        fit = query[..., head] @ key[..., head].mT / math.sqrt(4)
        mixed.append(fit.softmax(-1) @ value[..., head])
    torch.testing.assert_close(attention(x, context), attention.to_out(torch.cat(mixed, -1)))


def test_an_mlp_activates_in_between():
    torch.manual_seed(6)
    mlp, x = Mlp(4, 16), torch.randn(7, 4)
    hidden = mlp.fc1(x)
    tanh = (math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)).tanh()
    torch.testing.assert_close(mlp(x), mlp.fc2(0.5 * hidden * (1 + tanh)))
