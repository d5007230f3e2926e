import numpy as np
import pytest
import torch

from talpose_app.engine import turned
from talpose_app.engine.cotracker3.windows import sample_windows
from talpose_app.engine.encoding import encode_frames
from talpose_app.engine.turned import N_TURNS, RADIUS, TurnedLabel, TurnedLooks
from tests.fixtures.moving import HEIGHT, WIDTH

pytestmark = pytest.mark.engine

MIDDLE = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)


@pytest.fixture
def looks(footage):
    return footage.turned


@pytest.fixture
def made(looks, monkeypatch):
    """Pictures that were made, as lists of their labels."""
    pictures, make = [], TurnedLooks._make

    def noted(self, some):
        pictures.extend(list(picture.labels) for picture in some)
        make(self, some)

    monkeypatch.setattr(TurnedLooks, "_make", noted)
    return pictures


def quiet(share):
    pass


def test_half_a_turn_about_the_middle_looks_like_the_frame_upside_down(looks, footage, tiny_network):
    found = looks.windows([TurnedLabel(5, N_TURNS // 2, *MIDDLE)], quiet)
    (frame,) = footage.source.color(5, 6)
    size = tiny_network.config.frame_size(tiny_network.config.model_resolution)
    features = encode_frames(tiny_network, [np.ascontiguousarray(frame[::-1, ::-1])], size, footage.workers)
    at = torch.from_numpy(footage.to_feature_pixels(np.array([MIDDLE]))).float()
    expected = sample_windows(torch.from_numpy(features).float(), torch.zeros(1).long(), at, RADIUS)
    torch.testing.assert_close(found, expected, atol=2e-2, rtol=0)
    assert found.norm(dim=-1).min() > 0.5


def test_a_turn_goes_from_x_towards_y(looks, made):
    looks.windows([TurnedLabel(5, N_TURNS // 4, 60.0, 60.0), TurnedLabel(5, N_TURNS // 4, 80.0, 60.0)], quiet)
    (labels,) = made
    first, second = turned._Picture.around(labels, (WIDTH, HEIGHT)).places()
    np.testing.assert_allclose(second - first, (0.0, 20.0), atol=1e-9)
    np.testing.assert_allclose((first + second) / 2, MIDDLE)


def test_labels_of_one_frame_share_a_picture_where_it_shows_them_all(looks, made):
    near = [TurnedLabel(5, 4, x, 60.0) for x in (60.0, 80.0, 100.0)]
    looks.windows(near, quiet)
    assert len(made) == 1
    apart = [TurnedLabel(6, 4, x, 60.0) for x in (2.0, 4.0, 155.0, 157.0)]
    looks.windows(apart, quiet)
    for labels in made[1:]:
        places = turned._Picture.around(labels, (WIDTH, HEIGHT)).places()
        assert ((places >= 0) & (places <= np.array([WIDTH - 1, HEIGHT - 1]))).all()
    assert sorted(label.x for labels in made[1:] for label in labels) == [2.0, 4.0, 155.0, 157.0]


def test_what_is_known_is_not_made_again(looks, made):
    labels = [TurnedLabel(5, 4, 60.0, 60.0), TurnedLabel(5, 3, 60.0, 60.0)]
    first = looks.windows(labels, quiet)
    again = looks.windows([*labels, TurnedLabel(6, 4, 60.0, 60.0)], quiet)
    assert len(made) == 3
    torch.testing.assert_close(again[:2], first)


def test_only_so_much_is_kept(looks, made, monkeypatch):
    monkeypatch.setattr(turned, "_MAX_KEPT", 2)
    labels = [TurnedLabel(5, turn, 60.0, 60.0) for turn in (1, 2, 3)]
    assert len(looks.windows(labels, quiet)) == 3
    looks.windows(labels[1:], quiet)
    assert len(made) == 3
    looks.windows(labels[:1], quiet)
    assert len(made) == 4


def test_nothing_wanted_nothing_made(looks, made):
    assert looks.windows([], quiet).shape[0] == 0
    assert made == []


def test_it_can_be_stopped(looks, monkeypatch):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        looks.windows([TurnedLabel(5, 4, 60.0, 60.0)], stop)
