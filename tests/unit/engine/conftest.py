"""Real parts for the engine's tests: a tiny network on a small video of known motion."""

import numpy as np
import pytest

from tests.fixtures.moving import N_FRAMES, every, table


@pytest.fixture(autouse=True)
def nothing_kept():
    """Trackers keep what they found of a video for the next run on it; tests start with nothing."""
    from talpose_app.engine import trackers

    trackers._load.cache_clear()


@pytest.fixture(scope="session")
def tiny_network(tiny_checkpoint):
    """The network of the tiny checkpoint."""
    from talpose_app.engine.cotracker3.checkpoint import load_network

    return load_network(tiny_checkpoint)


@pytest.fixture
def footage(tiny_network, moving_video):
    """The moving video under the tiny network."""
    from talpose_app.engine.footage import Footage
    from talpose_app.engine.frames import FrameSource
    from talpose_app.engine.workers import Workers

    opened = Footage(FrameSource(str(moving_video)), "moving", tiny_network, "0" * 64, Workers(2))
    yield opened
    opened.close()


@pytest.fixture
def layout():
    """Labels every eight frames."""
    from talpose_app.tracking.anchors import Anchors

    return Anchors.from_labels(table(every(8)), (0, N_FRAMES))


@pytest.fixture
def templates(tiny_network, footage, layout):
    """The windows at these labels."""
    from talpose_app.engine.templates import sample_templates

    return sample_templates(tiny_network, footage, layout)


@pytest.fixture
def scene(tiny_network, footage, layout, templates):
    """Labels, paths and network together."""
    from talpose_app.engine.evidence import PathEvidence
    from talpose_app.engine.held_out_paths import HeldOutPaths
    from talpose_app.engine.scene import Scene

    (path,) = PathEvidence(footage).merged(layout, templates, lambda _: None)
    held_out = HeldOutPaths(tiny_network, footage).misses(layout, lambda _: None)
    return Scene(tiny_network, footage, layout, templates, path, held_out)


@pytest.fixture
def appearance_of(tiny_network, footage):
    """What points look like at labels, turned by orientations where there are any."""
    from talpose_app.engine.appearance import Appearance
    from talpose_app.engine.patches import Patches
    from talpose_app.engine.templates import sample_templates

    def look(anchors, orientation=None, video=footage):
        templates = sample_templates(tiny_network, video, anchors)
        turned = np.zeros((anchors.n_frames, anchors.n_points)) if orientation is None else orientation
        patches = Patches(video, anchors, templates, turned, lambda _: None)
        return Appearance(video, anchors, templates, patches)

    return look
