import math
from dataclasses import replace

import numpy as np
import pytest
import sleap_io as sio
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_file import SlpVideo, load_slp
from talpose_app.formats.sleap_import import SleapImporter, choose_video
from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info
from tests.fixtures.slp_files import placed, predicted, save_slp, slp_skeleton, slp_video

SKELETON = slp_skeleton("nose", "ear", "tail")
POINTS = ((1.5, 2.5, True), (3.5, 4.5, False), (math.nan, math.nan, False))


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """A process for each file would take a second each; tests/unit/formats/test_sleap_reader.py has them."""
    monkeypatch.setattr("talpose_app.formats.sleap_import.read_slp", lambda path: load_slp(str(path)))


def read(path, project, **options):
    return SleapImporter().read(path, project, ImportOptions(**options))


def applied(path, project, **options):
    return read(path, project, **options).edit.apply(project)[0]


def test_points_of_persons_become_labels(bare_project, tmp_path):
    track = sio.Track("vixen")
    instances = [
        placed(SKELETON, *POINTS, track=track),
        predicted(SKELETON, *([(9.0, 9.0)] * 3), track=track),
    ]
    path = save_slp(tmp_path / "a.slp", [(slp_video(), 3, instances)])
    project = applied(path, bare_project)
    assert [k.name for k in project.skeleton.keypoints] == ["nose", "ear", "tail"]
    assert (project.skeleton.edges, project.skeleton.symmetries) == (((1, 2),), ((1, 2),))
    assert project.individuals == (Individual(1, "vixen"),)
    assert list(project.all_labels()) == [
        Label(NOSE, 3, 1.5, 2.5), Label(TAIL, 3, 3.5, 4.5, Visibility.OCCLUDED)
    ]  # fmt: skip
    assert read(path, bare_project).report == [
        "1 predicted instance not read: predictions are not labels.",
        "1 point not visible became occluded: SLEAP does not ask where such points are, so look at them.",
    ]


def test_points_that_sleap_took_from_a_prediction_are_labels(bare_project, tmp_path):
    """Its user kept them, and it trains on them."""
    found = predicted(SKELETON, (1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    kept = placed(SKELETON, (1.0, 2.0, True), (3.0, 4.0, True), (5.0, 6.0, True))
    kept.from_predicted = found
    assert read(save_slp(tmp_path / "a.slp", [(slp_video(), 3, [kept, found])]), bare_project).n_new == 3


def test_a_single_animal_needs_no_track(bare_project, labeled_project, tmp_path):
    fox = slp_video()
    path = save_slp(tmp_path / "a.slp", [(fox, i, [placed(SKELETON, *POINTS)]) for i in (3, 4)])
    assert applied(path, bare_project).individuals == bare_project.individuals
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    assert applied(path, pair, individual_id=2).label(PointId(2, 1), 3) is not None


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=8).filter(
    str.strip
)
COORDINATES = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def projects(draw):
    """Two individuals, labels of every kind, tracks or none."""
    names = draw(st.lists(NAMES, min_size=3, max_size=3, unique=True))
    skeleton = Skeleton()
    for name in names:
        skeleton = skeleton.with_keypoint(name)
    pairs = st.lists(st.sampled_from([(1, 2), (2, 3), (3, 1)]), unique=True)
    skeleton = replace(skeleton, edges=tuple(draw(pairs)), symmetries=tuple(draw(pairs)))
    labels = {}
    for point in [PointId(i, k) for i in (1, 2) for k in (1, 2, 3)]:
        for frame_idx in draw(st.sets(st.sampled_from((0, 7, 19)))):
            visibility = draw(st.sampled_from(Visibility))
            label = (
                absent_label(point, frame_idx)
                if visibility is Visibility.ABSENT
                else Label(point, frame_idx, draw(COORDINATES), draw(COORDINATES), visibility)
            )
            labels.setdefault(point, {})[frame_idx] = label
    made = {
        point: straight_track(20, 2, 15) for point in draw(st.sets(st.sampled_from(sorted(labels) or [NOSE])))
    }
    individuals = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    whose = tuple(Individual(i, name) for i, name in enumerate(individuals, 1))
    return Project(video_info(), skeleton, whose, labels=labels, made=made)


@settings(max_examples=40, deadline=None)
@given(project=projects())
def test_what_is_written_comes_back_bit_for_bit(project, tmp_path_factory):
    path = tmp_path_factory.mktemp("sleap") / "out.slp"
    SleapExporter().export(project, path)
    again = read(path, project)
    assert (again.n_same, again.edit.edits) == (sum(map(len, project.labels.values())), ())
    back = applied(path, Project(video_info()))
    assert _by_name(back) == _by_name(project)
    assert [k.name for k in back.skeleton.keypoints] == [k.name for k in project.skeleton.keypoints]
    assert back.skeleton.edges == project.skeleton.edges
    assert set(map(frozenset, back.skeleton.symmetries)) == set(map(frozenset, project.skeleton.symmetries))


def _by_name(project):
    names = {i.individual_id: i.name for i in project.individuals}
    return {
        (names[x.point.individual_id], x.point.keypoint_id, x.frame_idx): (x.x.hex(), x.y.hex(), x.visibility)
        for x in project.all_labels()
    }


def test_predictions_that_filled_an_instance_do_not_become_labels(labeled_project, tmp_path):
    path = tmp_path / "out.slp"
    made = {NOSE: straight_track(20, 0, 20), TAIL: straight_track(20, 0, 20)}
    SleapExporter().export(replace(labeled_project, made=made), path)
    result = read(path, labeled_project)
    assert (result.n_new, result.n_same) == (0, 4)
    assert result.report == [
        "20 predicted instances not read: predictions are not labels.",
        "2 points of labeled instances not read: TALPose wrote the file, and fills in points that nobody "
        'placed without marking them as "complete".',
    ]


def test_points_placed_in_sleap_since_are_labels(labeled_project, tmp_path):
    path = tmp_path / "out.slp"
    made = {NOSE: straight_track(20, 0, 20), TAIL: straight_track(20, 0, 20)}
    SleapExporter().export(replace(labeled_project, made=made), path)
    labels = sio.load_slp(str(path), open_videos=False)
    (user,) = next(frame for frame in labels if frame.frame_idx == 5).user_instances
    user.points["xy"][1], user.points["complete"][1] = (33.0, 44.0), True
    frame = next(frame for frame in labels if frame.frame_idx == 6)
    found = frame.predicted_instances[0]
    corrected = placed(labels.skeleton, (1.0, 2.0, True), (math.nan, math.nan, False), track=found.track)
    corrected.from_predicted = found
    frame.instances.append(corrected)
    sio.save_slp(labels, str(path), verbose=False)
    project = applied(path, labeled_project)
    assert project.label(TAIL, 5) == Label(TAIL, 5, 33.0, 44.0)
    assert project.label(NOSE, 6) == Label(NOSE, 6, 1.0, 2.0)
    assert project.label(TAIL, 6) is None


def test_different_labels_are_kept_unless_overwritten(labeled_project, tmp_path):
    skeleton = sio.Skeleton(["nose", "tail, tip"])
    user = placed(skeleton, (1.5, 2.5, True), (-0.0, 1e-300, True))
    path = save_slp(tmp_path / "a.slp", [(slp_video(), 2, [user])])
    result = read(path, labeled_project)
    assert (result.n_kept, result.n_same, result.edit.edits) == (1, 1, ())
    assert applied(path, labeled_project, overwrite=True).labels[NOSE][2].x == 1.5


def test_frames_of_other_videos_are_left_out(bare_project, tmp_path):
    fox, hen = slp_video(), slp_video("/data/hen.mp4", (900, 10, 10, 1))
    frames = [(hen, 800, [placed(SKELETON, *POINTS)] * 2), (fox, 3, [placed(SKELETON, *POINTS)])]
    result = read(save_slp(tmp_path / "a.slp", frames), bare_project)
    assert result.n_new == 2
    assert "2 labeled instances of other videos not read." in result.report


def video(name, size=(320, 240), n_frames=20, *, is_cropped=False):
    return SlpVideo(name, size, n_frames, is_cropped)


@pytest.mark.parametrize(
    ("videos", "chosen", "says"),
    [
        ([video("fox.mp4")], 0, ""),
        ([video("fox.avi", None, None)], 0, ""),
        ([video("hen.mp4")], 0, "are of a video hen.mp4, this one is fox.mp4: look"),
        ([video("fox.mp4", n_frames=1)], 0, "are of 1 frame, this video has 20: look"),
        ([video("hen.mp4"), video("fox.mp4")], 1, ""),
        ([video("fox.mp4", (10, 10)), video("fox.mp4")], 1, ""),
        ([video("fox.mp4", n_frames=7), video("fox.mp4")], 1, ""),
        ([video("fox.mp4", (10, 10)), video("fox.mp4", None, None)], 1, ""),
        ([video("b.mp4", n_frames=21)], 0, "are of a video b.mp4, this one is fox.mp4, and are of 21"),
    ],
)
def test_the_video_is_found_by_name_and_size(tmp_path, videos, chosen, says):
    idx, notes = choose_video(tmp_path, videos, video_info())
    assert idx == chosen
    assert says in " ".join(notes)
    assert bool(notes) == bool(says)


@pytest.mark.parametrize(
    ("videos", "says"),
    [
        ([], "knows no video"),
        (
            [video("a.mp4", None), video("b.mp4", (10, 10))],
            "videos a.mp4, b.mp4, and none of them fits fox.mp4",
        ),
        ([video("a.mp4", (10, 10)), video("b.mp4")], "none of them fits fox.mp4"),
        ([video("fox.mp4"), video("fox.mp4")], "more than one"),
        ([video(f"{i}.mp4") for i in range(12)], "9.mp4 and 2 more, and"),
        ([video("fox.mp4", is_cropped=True)], "corner of a crop"),
    ],
)
def test_a_video_that_cannot_be_told_is_refused(tmp_path, videos, says):
    with pytest.raises(FormatError, match=says):
        choose_video(tmp_path, videos, video_info())


def frames_of(*instances, frame_idx=3, shape=(20, 240, 320, 1)):
    return [(slp_video(shape=shape), frame_idx, list(instances))]


VIXEN, TWIN = sio.Track("vixen"), sio.Track("vixen")


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (frames_of(placed(SKELETON, *POINTS), frame_idx=20), "up to frame 20"),
        (frames_of(placed(SKELETON, *POINTS), shape=(20, 240, 640, 1)), "640x240"),
        (frames_of(placed(SKELETON, *POINTS), placed(SKELETON, *POINTS)), "which individual"),
        (frames_of(placed(SKELETON, *POINTS, track=VIXEN), placed(SKELETON, *POINTS)), "which individual"),
        (frames_of(*[placed(SKELETON, *POINTS, track=t) for t in (VIXEN, TWIN)]), "2 tracks named 'vixen'"),
        (frames_of(*[placed(SKELETON, *POINTS, track=VIXEN) for _ in range(2)]), "'nose' at frame 3 twice"),
        (frames_of(placed(SKELETON, *POINTS, track=sio.Track(""))), "needs a name"),
        (frames_of(placed(slp_skeleton("", "ear", "tail"), *POINTS)), "needs a name"),
        (frames_of(placed(SKELETON, (1.0, np.inf, True), *POINTS[1:])), "'nose' at frame 3"),
        (frames_of(placed(SKELETON, (math.nan, 1.0, True), *POINTS[1:])), "'nose' at frame 3"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(bare_project, tmp_path, frames, says):
    with pytest.raises(FormatError, match=says):
        read(save_slp(tmp_path / "a.slp", frames), bare_project)


def test_videos_that_the_library_mixes_up_are_refused(bare_project, tmp_path, monkeypatch):
    path = save_slp(tmp_path / "a.slp", frames_of(placed(SKELETON, *POINTS)))
    mixed_up = replace(load_slp(str(path)), is_mixed_up=True)
    monkeypatch.setattr("talpose_app.formats.sleap_import.read_slp", lambda path: mixed_up)
    with pytest.raises(FormatError, match="numbered with gaps"):
        read(path, bare_project)
