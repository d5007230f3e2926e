from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.incoming import FileContent, IncomingLabel, check_frames, check_size, plan_import
from talpose_app.model.edits import ChangeIndividuals, ChangeSkeleton
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual
from talpose_app.model.skeleton import PALETTE
from tests.fixtures.projects import NOSE

FILE = Path("labels.file")


def plan(content, project, **options):
    return plan_import(FILE, content, project, ImportOptions(**options))


def content(*labels, **fields):
    keypoints = {label.keypoint: None for label in labels}
    individuals = list(dict.fromkeys(label.individual for label in labels if label.individual))
    return FileContent(list(labels), **({"keypoints": keypoints, "individuals": individuals} | fields))


def test_only_what_the_project_lacks_is_added(labeled_project):
    file = content(
        IncomingLabel(None, "nose", 3, 1.0, 2.0),
        keypoints={"ear": "#102030", "nose": "#FFFFFF", "eye": None},
        edges=[("tail, tip", "nose"), ("nose", "ear")],
        symmetries=[("ear", "eye")],
    )
    changed, _ = plan(file, labeled_project).edit.apply(labeled_project)
    skeleton = changed.skeleton
    assert [(k.name, k.color) for k in skeleton.keypoints] == [
        ("nose", PALETTE[0]), ("tail, tip", PALETTE[1]), ("ear", "#102030"), ("eye", PALETTE[3]),
    ]  # fmt: skip
    assert skeleton.edges == ((1, 2), (1, 3))
    assert skeleton.symmetries == ((3, 4),)
    assert changed.labels[NOSE][3] == Label(NOSE, 3, 1.0, 2.0)


def test_one_step_leads_back(bare_project):
    file = content(IncomingLabel("cub", "nose", 0, 1.0, 2.0), IncomingLabel("vixen", "nose", 0, 3.0, 4.0))
    result = plan(file, bare_project)
    assert len(result.edit.edits) == 3
    changed, inverse = result.edit.apply(bare_project)
    assert len(changed.labels) == 2
    assert inverse.apply(changed)[0] == bare_project


def test_the_individual_of_a_new_project_takes_the_files_first_name(bare_project):
    file = content(IncomingLabel("vixen", "nose", 0, 1.0, 2.0), IncomingLabel("cub", "nose", 0, 3.0, 4.0))
    changed, _ = plan(file, bare_project).edit.apply(bare_project)
    assert changed.individuals == (Individual(1, "vixen"), Individual(2, "cub"))


@pytest.mark.parametrize("names", [["\n"], ["vixen", "c" * 121], ["cub\u2028"]])
def test_individuals_are_named_as_people_may_name_them(bare_project, labeled_project, names):
    file = content(IncomingLabel(names[-1], "nose", 3, 1.0, 2.0), individuals=names)
    for project in (bare_project, labeled_project):
        with pytest.raises(FormatError, match="name"):
            plan(file, project)


def test_an_individual_in_use_keeps_its_name(labeled_project):
    file = content(IncomingLabel("vixen", "nose", 2, 1.0, 2.0))
    changed, _ = plan(file, labeled_project).edit.apply(labeled_project)
    assert changed.individuals == (Individual(1, "individual_1"), Individual(2, "vixen"))
    assert changed.labels[NOSE] == labeled_project.labels[NOSE]
    assert changed.labels[PointId(2, 1)][2].x == 1.0


def test_one_named_individual_goes_where_it_is_sent(labeled_project):
    file = content(IncomingLabel("vixen", "nose", 3, 1.0, 2.0))
    result = plan(file, labeled_project, individual_id=1)
    assert not any(isinstance(edit, ChangeIndividuals) for edit in result.edit.edits)
    assert result.edit.apply(labeled_project)[0].labels[NOSE][3].x == 1.0


def test_several_individuals_are_not_sent_to_one(bare_project):
    file = content(IncomingLabel("a", "nose", 0, 1.0, 2.0), IncomingLabel("b", "nose", 0, 3.0, 4.0))
    with pytest.raises(FormatError, match="several individuals"):
        plan(file, bare_project, individual_id=1)


def test_the_videos_own_time_counts_before_the_files(bare_project):
    file = content(IncomingLabel(None, "nose", 2, 1.0, 2.0, Visibility.VISIBLE, 9.0))

    def time_of_label(**options):
        changed, _ = plan(file, bare_project, **options).edit.apply(bare_project)
        return changed.label(NOSE, 2).time_s

    assert time_of_label() == 9.0
    assert time_of_label(time_of=lambda frame_idx: frame_idx / 25) == 2 / 25


def test_a_point_that_is_there_twice_is_refused(bare_project):
    file = content(IncomingLabel(None, "nose", 2, 1.0, 2.0), IncomingLabel(None, "nose", 2, 1.0, 2.0))
    with pytest.raises(FormatError, match="twice"):
        plan(file, bare_project)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (content(IncomingLabel(None, "nose", 20, 1.0, 2.0)), "frame 20"),
        (content(IncomingLabel(None, "nose", 2, nan, 2.0)), "'nose' at frame 2"),
        (content(IncomingLabel(None, "nose", 2, 1.0, 2.0, Visibility.ABSENT)), "cannot be absent"),
        (content(keypoints={" ": None}), "needs a name"),
    ],
)
def test_what_is_no_label_of_the_video_is_refused(bare_project, file, says):
    with pytest.raises(FormatError, match=says):
        plan(file, bare_project)


def test_a_bad_label_is_refused_even_if_it_is_not_asked_for(bare_project):
    file = content(IncomingLabel(None, "nose", 0, 1.0, 2.0), IncomingLabel(None, "nose", 3, nan, 2.0))
    with pytest.raises(FormatError):
        plan(file, bare_project, every=2)


def test_notes_come_first_in_the_report(labeled_project):
    file = content(IncomingLabel(None, "nose", 2, 1.0, 2.0), notes=["Look out."])
    report = plan(file, labeled_project).report
    assert report[0] == "Look out."
    assert "nose at frame 2" in report[1]


def test_kept_labels_of_several_individuals_are_told_with_their_owner(labeled_project):
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    report = plan(content(IncomingLabel("vixen", "nose", 2, 1.0, 2.0)), pair).report
    assert "nose of vixen at frame 2" in report[0]


def test_nothing_new_is_no_edit(labeled_project):
    mine = labeled_project.labels[NOSE][2]
    result = plan(content(IncomingLabel("individual_1", "nose", 2, mine.x, mine.y)), labeled_project)
    assert (result.n_same, result.edit.edits) == (1, ())


def test_an_absent_label_is_not_outside_the_picture(bare_project):
    absent = IncomingLabel(None, "nose", 2, nan, nan, Visibility.ABSENT)
    assert plan(content(absent), bare_project).report == []
    outside = plan(content(IncomingLabel(None, "nose", 2, -3.0, 2.0)), bare_project)
    assert outside.report == ["1 label lies outside the picture; it was taken as it is."]


def test_size_and_length_must_fit(bare_project):
    check_size(FILE, (320, 240), bare_project)
    check_frames(FILE, (), bare_project)
    with pytest.raises(FormatError, match="240x320"):
        check_size(FILE, (240, 320), bare_project)
    with pytest.raises(FormatError, match="frame 20"):
        check_frames(FILE, (3, 20), bare_project)


def test_a_file_without_anything_new_leaves_the_skeleton(labeled_project):
    result = plan(content(keypoints={"nose": "#000000"}), labeled_project)
    assert not any(isinstance(edit, ChangeSkeleton) for edit in result.edit.edits)
