"""What is written, read with pynwb itself; nothing of the writer is used to read."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pynwb
import pytest
import sleap_io as sio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from talpose_app.errors import FormatError
from talpose_app.formats.dense import Status
from talpose_app.formats.nwb import CONTROL_DESCRIPTION, NwbExporter
from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.run import RunKind
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Provenance, Track
from talpose_app.video.reader import VideoReader
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info

X = 100.1 + 1 / 3

DOCS = Path(__file__).resolve().parents[3] / "docs" / "formats.md"


@pytest.fixture
def exported(tmp_path):
    """Exports a project and opens the file, which stays open until the test is over."""
    opened = []

    def export(project, name="out.nwb"):
        path = tmp_path / name
        report = NwbExporter().export(project, path)
        opened.append(pynwb.NWBHDF5IO(path, "r"))
        return opened[-1].read(), report

    yield export
    for one in opened:
        one.close()


def behavior(file):
    return file.processing["behavior"]


def series_of(file, keypoint, container="PoseEstimation"):
    return behavior(file)[container][keypoint]


def instances(file, frame_idx):
    """The instances of a training frame by individual."""
    frames = behavior(file)["PoseTraining"].training_frames.training_frames.values()
    (frame,) = [frame for frame in frames if frame.source_video_frame_index == frame_idx]
    return frame.skeleton_instances.skeleton_instances


def bits(positions):
    return [(x.hex(), y.hex()) for x, y in np.asarray(positions, float).tolist()]


def of_video(path, **changes):
    """A project of a real video."""
    with VideoReader.open(path) as reader:
        return Project(reader.info, Skeleton().with_keypoint("nose"), **changes)


def pair(project):
    """The project with the labels of a second individual."""
    cub = PointId(2, 1)
    labels = {NOSE: project.labels[NOSE], cub: {2: Label(cub, 2, 1.0, 2.0)}}
    names = (Individual(1, "vix/en"), Individual(2, "cub"))
    return replace(project, labels=labels, individuals=names)


@pytest.mark.parametrize("change", [lambda project: project, pair, lambda project: Project(project.video)])
def test_the_file_is_valid(change, labeled_project, tmp_path):
    path = tmp_path / "out.nwb"
    NwbExporter().export(change(labeled_project), path)
    assert pynwb.validate(path=str(path)) == []


def test_the_series_is_the_track_with_labels_in_their_places(exported, labeled_project):
    file, _ = exported(labeled_project)
    nose, track = series_of(file, "nose"), labeled_project.tracks[NOSE]
    data, confidence = nose.data[:], nose.confidence[:]
    assert data.dtype == confidence.dtype == np.float32
    assert data[2].tolist() == [np.float32(X), 50.0]
    assert data[5].tolist() == [7.0, 8.25]
    assert data[4].tolist() == track.positions[4].tolist()
    assert confidence[4] == track.confidence[4]
    assert confidence[[2, 5]].tolist() == [1, 1]
    holes = [0, *range(8, 20)]
    assert np.isnan(data[:, 0]).nonzero()[0].tolist() == holes
    assert confidence[holes].tolist() == [0] * len(holes)


def test_control_tells_people_from_trackers(exported, labeled_project):
    nose = series_of(exported(labeled_project)[0], "nose")
    words = [nose.control_description[number] for number in nose.control[:]]
    assert words[0] == words[10] == "neither labeled nor predicted"
    assert words[1:10] == [
        "predicted, visible", "label, visible", "predicted, visible", "predicted, visible", "label, occluded",
        "predicted, visible", "predicted, visible", "neither labeled nor predicted", "label, absent",
    ]  # fmt: skip


def test_every_status_has_its_description():
    assert len(CONTROL_DESCRIPTION) == len(Status)
    assert CONTROL_DESCRIPTION.index("predicted, hidden") == Status.PREDICTED_HIDDEN
    assert CONTROL_DESCRIPTION.index("label, absent") == Status.LABELED_ABSENT


def test_units_and_origin_are_told(exported, labeled_project):
    nose = series_of(exported(labeled_project)[0], "nose")
    assert nose.unit == "pixels"
    assert (nose.conversion, nose.offset) == (1.0, 0.0)
    assert "center of the top-left pixel" in nose.reference_frame
    assert nose.confidence_definition


def test_labels_are_training_frames_bit_for_bit(exported, labeled_project):
    instance = instances(exported(labeled_project)[0], 2)["individual_1"]
    assert bits(instance.node_locations[:]) == [(X.hex(), (50.0).hex()), ((-0.0).hex(), (1e-300).hex())]
    assert instance.node_visibility[:].tolist() == [True, True]
    assert instance.id == 1
    assert list(instance.skeleton.nodes) == ["nose", "tail, tip"]


def test_occluded_labels_keep_their_position_and_absent_ones_have_none(exported, labeled_project):
    file, report = exported(labeled_project)
    hidden, absent = instances(file, 5)["individual_1"], instances(file, 9)["individual_1"]
    assert hidden.node_locations[0].tolist() == [7.0, 8.25]
    assert np.isnan(hidden.node_locations[1]).all()
    assert np.isnan(absent.node_locations[:]).all()
    for instance in (hidden, absent):
        assert instance.node_visibility[:].tolist() == [False, False]
    assert (
        "1 label of absent points without a position in PoseTraining, as if not labeled; control of the "
        "series tells."
    ) in report


def test_training_frames_hold_what_people_placed_and_nothing_else(exported, labeled_project):
    made = {NOSE: straight_track(20, 0, 20), TAIL: straight_track(20, 0, 20)}
    file, _ = exported(replace(labeled_project, made=made))
    frames = behavior(file)["PoseTraining"].training_frames.training_frames
    assert [int(frame.source_video_frame_index) for frame in frames.values()] == [2, 5, 9]
    assert np.isnan(instances(file, 5)["individual_1"].node_locations[1]).all()
    unlabeled = behavior(exported(replace(labeled_project, labels={}), "c.nwb")[0])
    assert "PoseTraining" not in unlabeled.data_interfaces


@settings(max_examples=20, deadline=None)
@given(
    positions=hnp.arrays(np.float64, (6, 2), elements=st.floats(allow_nan=False, allow_infinity=False)),
    tracked=hnp.arrays(np.float32, (6, 2), elements=st.floats(-1e6, 1e6, width=32)),
    confidence=hnp.arrays(np.float32, 6, elements=st.floats(0, 1, width=32)),
    visibility=st.lists(st.sampled_from(Visibility), min_size=6, max_size=6),
)
def test_every_number_comes_back(tmp_path_factory, positions, tracked, confidence, visibility):
    """Labels as float64, tracks as float32; the tail is tracked, the nose is labeled."""
    labels = {
        i: absent_label(NOSE, i) if seen is Visibility.ABSENT else Label(NOSE, i, *positions[i], seen)
        for i, seen in enumerate(visibility)
    }
    track = Track(tracked, np.ones(6, bool), confidence, (Provenance(0, 6, 1),))
    skeleton = Skeleton().with_keypoint("nose").with_keypoint("tail")
    project = Project(video_info(6), skeleton, labels={NOSE: labels}, made={TAIL: track})
    path = tmp_path_factory.mktemp("nwb") / "out.nwb"
    NwbExporter().export(project, path)
    with pynwb.NWBHDF5IO(path, "r") as source:
        file = source.read()
        tail = series_of(file, "tail")
        assert tail.data[:].tobytes() == tracked.tobytes()
        assert tail.confidence[:].tobytes() == confidence.tobytes()
        for i, label in labels.items():
            instance = instances(file, i)["individual_1"]
            assert bits([instance.node_locations[0]]) == bits([(label.x, label.y)])
            assert instance.node_visibility[0] == (label.visibility is Visibility.VISIBLE)


@pytest.mark.parametrize("recipe", ["h264_mp4", "h264_vfr_mkv"])
def test_times_are_the_video_s_own(exported, clips, recipe):
    clip = clips.get(recipe)
    n_frames = len(clip.codes)
    file, report = exported(of_video(clip.path, made={NOSE: straight_track(n_frames, 0, n_frames)}))
    times = series_of(file, "nose").timestamps[:]
    assert times.tolist() == pytest.approx(clip.times_s, abs=1e-9)
    assert file.acquisition["video"].timestamps[:].tolist() == times.tolist()
    assert not any("average" in sentence for sentence in report)


def test_times_without_the_video_are_said_to_be_counted(exported, labeled_project):
    file, report = exported(labeled_project)
    assert series_of(file, "nose").timestamps[:].tolist() == [i / 25 for i in range(20)]
    assert "average frame rate" in file.acquisition["video"].description
    assert "fox.mp4 could not be read: the times are counted from its average frame rate." in report


def test_uneven_frames_without_their_video_are_refused(labeled_project, tmp_path):
    uneven = replace(labeled_project, video=replace(labeled_project.video, is_variable_rate=True))
    with pytest.raises(FormatError, match="not evenly spaced"):
        NwbExporter().export(uneven, tmp_path / "out.nwb")
    assert list(tmp_path.iterdir()) == []


def test_the_video_is_linked_by_a_name_that_travels(exported, clips, tmp_path):
    """Beside the file or in a folder below it, as seen from there; never with folders that stay behind."""
    clip = clips.get("h264_mp4").path
    beside = Path(shutil.copy(clip, tmp_path / "fox.mp4"))
    file, report = exported(of_video(beside))
    video = file.acquisition["video"]
    assert list(video.external_file) == ["fox.mp4"]
    assert list(video.dimension) == [96, 64]
    assert behavior(file)["PoseEstimation"].source_video is video
    assert len(report) == 1  # Only that nobody knows when it was recorded.
    (tmp_path / "videos").mkdir()
    below = Path(shutil.copy(clip, tmp_path / "videos"))
    file, report = exported(of_video(below), "below.nwb")
    assert list(file.acquisition["video"].external_file) == ["videos/h264_mp4.mp4"]
    assert len(report) == 1
    file, report = exported(of_video(clip), "elsewhere.nwb")
    assert list(file.acquisition["video"].external_file) == ["h264_mp4.mp4"]
    assert report[-1] == "The file looks for h264_mp4.mp4 in its own folder: keep the two together."


def test_no_folder_of_this_computer_is_in_the_file(clips, tmp_path):
    path = tmp_path / "out.nwb"
    clip = clips.get("h264_mp4").path
    NwbExporter().export(of_video(clip), path)
    content = path.read_bytes()
    assert str(clip.parent).encode() not in content
    assert str(tmp_path).encode() not in content


def test_when_it_was_recorded_is_not_made_up(exported, clips, tmp_path, monkeypatch):
    video = Path(shutil.copy(clips.get("h264_mp4").path, tmp_path))
    file, report = exported(of_video(video))
    changed = datetime.fromtimestamp(video.stat().st_mtime, UTC)
    assert file.session_start_time == file.timestamps_reference_time == changed
    assert "session_start_time is when the video's file was last changed" in file.session_description
    assert any(f"{changed:%Y-%m-%d %H:%M} UTC" in sentence for sentence in report)
    said = datetime(2024, 5, 6, tzinfo=UTC)
    monkeypatch.setattr("talpose_app.formats.frame_times.recorded_at", lambda path: said)
    file, report = exported(of_video(video), "said.nwb")
    assert file.session_start_time == said
    assert "session_start_time is when the video says it was recorded" in file.session_description
    assert report == []


def test_one_individual_is_the_subject(exported, labeled_project):
    file, _ = exported(labeled_project)
    assert file.subject.subject_id == "individual_1"
    assert file.identifier.startswith("fox-")
    again, _ = exported(labeled_project, "again.nwb")
    assert again.identifier != file.identifier


def test_each_individual_has_a_container_of_its_own(exported, labeled_project):
    file, report = exported(pair(labeled_project))
    assert set(behavior(file).data_interfaces) == {
        "PoseEstimation_vix_en", "PoseEstimation_cub", "PoseTraining", "Skeletons",
    }  # fmt: skip
    assert series_of(file, "nose", "PoseEstimation_cub").data[2].tolist() == [1.0, 2.0]
    assert series_of(file, "nose", "PoseEstimation_vix_en").description == "nose of vix/en"
    assert {name: int(one.id) for name, one in instances(file, 2).items()} == {"vix_en": 1, "cub": 2}
    assert list(instances(file, 5)) == ["vix_en"]
    assert file.subject is None
    assert report[0] == "Names that NWB does not take: 'vix/en' is 'vix_en'."


def test_skeleton_and_makers_are_told(exported, labeled_project):
    skeleton = replace(labeled_project.skeleton.with_keypoint("ohr"), symmetries=((1, 3),))
    refine = replace(labeled_project.runs[0], run_id=2, kind=RunKind.REFINE, tracker="of no track here")
    runs = (*labeled_project.runs, refine)
    file, report = exported(replace(labeled_project, skeleton=skeleton, runs=runs))
    pose = behavior(file)["PoseEstimation"]
    assert list(pose.skeleton.nodes) == ["nose", "tail, tip", "ohr"]
    assert pose.skeleton.edges[:].tolist() == [[0, 1]]
    assert (pose.scorer, pose.source_software) == ("fake", "TALPose")
    assert pose.source_software_version
    assert "Which keypoints mirror each other is not in the file." in report


def test_names_of_nwb_s_own_fields_can_be_keypoints(exported):
    names = ["skeleton", "description", "device", "nose/tip", "nose:tip", ".", "..", "data", "Größe 耳"]
    skeleton = Skeleton()
    for name in names:
        skeleton = skeleton.with_keypoint(name)
    labels = {PointId(1, i): {3: Label(PointId(1, i), 3, i, 0.5)} for i in range(1, len(names) + 1)}
    file, _ = exported(Project(video_info(), skeleton, labels=labels))
    pose = behavior(file)["PoseEstimation"]
    fit = list(pose.skeleton.nodes)
    assert [float(pose[name].data[3, 0]) for name in fit] == list(range(1, len(names) + 1))
    assert pose["nose_tip (2)"].description == "nose:tip of individual_1"


def test_edges_of_more_keypoints_than_a_byte_counts(exported):
    """Where the format's own type is a byte."""
    skeleton = Skeleton()
    for idx in range(258):
        skeleton = skeleton.with_keypoint(f"k{idx}")
    file, _ = exported(Project(video_info(2), skeleton.with_edges(((1, 258), (256, 257)))))
    assert behavior(file)["PoseEstimation"].skeleton.edges[:].tolist() == [[0, 257], [255, 256]]


def test_a_project_with_nothing_in_it(exported, bare_project):
    file, _ = exported(bare_project)
    assert set(behavior(file).data_interfaces) == {"PoseEstimation", "Skeletons"}
    assert dict(behavior(file)["PoseEstimation"].pose_estimation_series) == {}


def test_sleap_io_reads_the_labels(exported, labeled_project, tmp_path):
    exported(labeled_project)
    labels = sio.load_nwb(str(tmp_path / "out.nwb"))
    assert [frame.frame_idx for frame in labels] == [2, 5, 9]
    assert bits(labels[0].instances[0].numpy())[0] == (X.hex(), (50.0).hex())
    assert labels.skeleton.edge_names == [("nose", "tail, tip")]


def test_movement_s_way_of_reading_finds_everything(exported, labeled_project):
    """As its ``from_nwb_file`` does: one container, series by name, the rate from the times."""
    file, _ = exported(labeled_project)
    pose = file.processing["behavior"]["PoseEstimation"]
    for keypoint, series in pose.pose_estimation_series.items():
        assert keypoint in {"nose", "tail, tip"}
        assert np.asarray(series.data).shape == (20, 2)
        assert np.asarray(series.confidence).shape == (20,)
        assert (series.rate or float(np.nanmedian(1 / np.diff(series.timestamps)))) == pytest.approx(25)
    assert pose.source_software == "TALPose"


def blocks_of_docs():
    section = DOCS.read_text().split("\n## nwb\n")[1].split("\n## ")[0]
    return [block.split("```")[0] for block in section.split("```python\n")[1:]]


def test_the_lines_of_the_docs_work(labeled_project, tmp_path, monkeypatch):
    NwbExporter().export(labeled_project, tmp_path / "fox.nwb")
    monkeypatch.chdir(tmp_path)
    dating, reading = blocks_of_docs()
    found = {}
    exec(reading, found)
    assert found["xy"].shape == (20, 2)
    assert found["time_s"][-1] == 19 / 25
    assert found["is_label"].nonzero()[0].tolist() == [2, 5, 9]
    exec(dating, {})
    assert pynwb.validate(path="fox.nwb") == []
    with pynwb.NWBHDF5IO("fox.nwb", "r") as source:
        file = source.read()
        assert file.session_start_time == file.timestamps_reference_time
        assert file.session_start_time.isoformat() == "2026-03-01T09:30:00+01:00"


def test_a_file_that_cannot_grow_leaves_the_old_one(labeled_project, tmp_path):
    """As on a full disk; HDF5 learns of it while it writes and while it closes."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "out.nwb"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with pytest.raises(FormatError, match="could not be written") as caught:
            NwbExporter().export(labeled_project, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value).split(" Check that")[0]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.nwb"]
    assert path.read_text() == "old"


def test_what_the_library_refuses_leaves_the_old_file(labeled_project, tmp_path, monkeypatch):
    def refuse(self, container):
        raise TypeError("unrecognized argument: 'source_video'")

    path = tmp_path / "out.nwb"
    path.write_text("old")
    monkeypatch.setattr(pynwb.NWBHDF5IO, "write", refuse)
    with pytest.raises(FormatError, match="could not be written: unrecognized argument"):
        NwbExporter().export(labeled_project, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.nwb"]
    assert path.read_text() == "old"


def test_a_project_is_never_written_over(labeled_project, tmp_path):
    with pytest.raises(FormatError, match="project"):
        NwbExporter().export(labeled_project, tmp_path / "fox.talpose.json")


def test_the_file_is_hdf5_of_the_namespace_it_names(labeled_project, tmp_path):
    path = tmp_path / "out.nwb"
    NwbExporter().export(labeled_project, path)
    with h5py.File(path) as file:
        assert file["processing/behavior/PoseEstimation"].attrs["namespace"] == "ndx-pose"
        assert "ndx-pose" in file["specifications"]
