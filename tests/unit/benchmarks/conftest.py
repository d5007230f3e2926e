"""Clips with truth for the benchmarks' tests."""

import json
import shutil

import pytest

from tests.fixtures.moving import HEIGHT, WIDTH, truth


@pytest.fixture(scope="module")
def clips(tmp_path_factory, moving_video):
    """A folder with one clip, every frame labeled exactly."""
    folder = tmp_path_factory.mktemp("clips") / "animal_moving"
    folder.mkdir()
    shutil.copy(moving_video, folder / "video.mp4")
    names = ["a", "b", "c"]
    frames = {
        str(t): {name: [float(x), float(y), 1] for name, (x, y) in zip(names, points, strict=True)}
        for t, points in enumerate(truth())
    }
    labels = {"video": "video.mp4", "width": WIDTH, "height": HEIGHT, "keypoints": names, "frames": frames}
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder.parent
