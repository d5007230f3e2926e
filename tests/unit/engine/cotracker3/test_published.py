"""The published optimization on a tiny network."""

import pytest
import torch

from talpose_app.engine.cotracker3.published import KeypointLabels, initial_template, optimize_published

pytestmark = pytest.mark.engine

QUERIES = torch.tensor([[0.0, 30.0, 20.0], [0.0, 60.0, 40.0]])
LABELS = KeypointLabels(
    torch.tensor([0, 9, 0, 5]),
    torch.tensor([0, 0, 1, 1]),
    torch.tensor([[30.0, 20.0], [36.0, 25.0], [60.0, 40.0], [55.0, 44.0]]),
)


def steps(network, pyramid, **options):
    return optimize_published(network, pyramid, QUERIES, LABELS, learning_rate=1e-2, **options)


def test_loss_falls_and_every_step_is_reported(tiny, clip):
    records = list(steps(tiny, tiny.encode(clip), n_steps=8))
    assert [record.step for record in records] == list(range(1, 9))
    assert records[-1].track_loss < records[0].track_loss
    assert records[0].regularization == 0
    assert records[1].regularization == pytest.approx(1e-2, rel=0.2)
    assert records[0].output.tracks.shape == (16, 2, 2)


def test_keeping_all_gives_the_same_gradient(tiny, clip):
    pyramid = tiny.encode(clip)
    (kept,) = steps(tiny, pyramid, n_steps=1, keep_all=True)
    (again,) = steps(tiny, pyramid, n_steps=1, keep_all=False)
    torch.testing.assert_close(kept.gradient, again.gradient)


def test_template_starts_as_the_mean_over_labels(tiny, clip):
    pyramid = tiny.encode(clip)
    queries = torch.tensor([[0.0, 30.0, 20.0], [9.0, 36.0, 25.0]])
    windows = tiny.support(pyramid, queries).levels[0]
    template = initial_template(tiny, pyramid, LABELS, 2)
    torch.testing.assert_close(template[0], windows.mean(0))


def test_stopping_between_steps_leaves_the_rest_undone(tiny, clip):
    run = steps(tiny, tiny.encode(clip), n_steps=1000)
    assert next(run).step == 1
    run.close()
