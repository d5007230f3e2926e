"""Project files somebody made to do harm: each refused in words, its file left as it was, or harmless."""

import json
import math
import os
import random

import pytest

from benchmarks.reliability.doors import make_doors
from talpose_app.errors import ProjectError, VideoError
from talpose_app.session.session import Session


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound project as plain data, without the seal that would give every change away."""
    plain = json.loads(make_doors(tmp_path_factory.mktemp("sound"), random.Random(1))["projects"].seeds[0])
    plain.pop("sha256")
    return plain


def _with(sound, path, value):
    """A copy with one value replaced."""
    changed = json.loads(json.dumps(sound))
    *way, last = path
    holder = changed
    for step in way:
        holder = holder[step]
    holder[last] = value
    return changed


X = ("labels", 0, "x")
REFUSED = {
    "a number without end": (X, "HUGE"),
    "a number beyond floats": (X, "1e999"),
    "NaN": (X, math.nan),
    "infinity": (X, -math.inf),
    "text as position": (X, "1.0"),
    "true as position": (X, True),
    "a frame beyond counting": (("labels", 0, "frame_idx"), 2**62),
    "a frame before the first": (("labels", 0, "frame_idx"), -1),
    "a keypoint that is none": (("labels", 0, "keypoint_id"), 99),
    "more frames than memory": (("video", "n_frames"), 2**62),
    "no frames": (("video", "n_frames"), 0),
    "a picture of a million rows": (("video", "height"), 2**40),
    "labels that are no list": (("labels",), {"a": 1}),
    "a skeleton that is script": (("skeleton",), "<script>alert(1)</script>"),
    "a view as deep as a well": (("view",), "DEEP"),
    "a later version": (("schema",), 10**9),
    "another program's file": (("format",), "deeplabcut"),
}
#: What JSON writers do not write.
RAW = {'"HUGE"': "9" * 5000, '"1e999"': "1e999", '"DEEP"': '{"a":' * 50_000 + "1" + "}" * 50_000}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_project_is_refused_in_words_and_left_as_it_was(name, sound, tmp_path):
    text = json.dumps(_with(sound, *REFUSED[name]))
    for placeholder, raw in RAW.items():
        text = text.replace(placeholder, raw)
    path = tmp_path / "hostile.talpose.json"
    path.write_text(text)
    with pytest.raises(ProjectError) as caught:
        Session.open(path, None)
    assert caught.value.message
    assert caught.value.hint
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["", "[" * 200_000, "null", '{"format": "talpose-project"}', "\ufeff{}"])
def test_a_file_that_is_hardly_one_is_refused_in_words(text, tmp_path):
    path = tmp_path / "hostile.talpose.json"
    path.write_text(text)
    with pytest.raises(ProjectError):
        Session.open(path, None)


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "/dev/zero", "pipe.mp4", "../" * 40 + "etc/passwd", "a" * 5000]
)
def test_a_project_that_points_elsewhere_shows_nothing_of_it(target, sound, tmp_path):
    """What it names must be a video of so many frames of that size; a device or pipe is not even opened."""
    os.mkfifo(tmp_path / "pipe.mp4")
    changed = _with(_with(sound, ("video", "path"), target), ("video", "absolute_path"), target)
    path = tmp_path / "hostile.talpose.json"
    path.write_text(json.dumps(changed))
    session = Session.open(path, None)
    try:
        with pytest.raises(VideoError):
            session.reader.frame(0)
    finally:
        session.close()


def test_script_in_names_stays_text(sound, tmp_path):
    """The page shows it as such: tests/e2e/test_hostile_names.py."""
    name = "<img src=x onerror=alert(1)>"
    path = tmp_path / "hostile.talpose.json"
    path.write_text(json.dumps(_with(sound, ("skeleton", "keypoints", 0, "name"), name)))
    session = Session.open(path, None)
    try:
        assert session.project.skeleton.keypoints[0].name == name
    finally:
        session.close()
