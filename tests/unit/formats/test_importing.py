import pytest

from talpose_app.formats.importing import ImportOptions, describe_kept, merge_labels
from talpose_app.model.label import Label, Visibility, absent_label
from tests.fixtures.projects import NOSE


def test_options_choose_frames_by_divisor_and_by_list():
    options = ImportOptions(every=10, frames=frozenset({0, 5, 20}))
    assert [i for i in range(31) if options.takes(i)] == [0, 20]
    assert all(ImportOptions().takes(i) for i in range(5))


def test_new_labels_are_set(labeled_project):
    merged = merge_labels(labeled_project, [Label(NOSE, 3, 1.0, 2.0)], overwrite=False)
    assert (merged.n_new, merged.n_same, merged.kept) == (1, 0, ())
    changed, _ = merged.edit.apply(labeled_project)
    assert changed.labels[NOSE][3] == Label(NOSE, 3, 1.0, 2.0)


def test_the_same_label_changes_nothing(labeled_project):
    again = [labeled_project.labels[NOSE][2], absent_label(NOSE, 9, time_s=0.36)]
    merged = merge_labels(labeled_project, again, overwrite=True)
    assert merged.n_same == 2
    assert merged.edit.changes == ()


@pytest.mark.parametrize(
    "other",
    [
        Label(NOSE, 2, 100.1 + 1 / 3 + 2e-14, 50.0),
        Label(NOSE, 2, 100.1 + 1 / 3, 50.0, Visibility.OCCLUDED),
        absent_label(NOSE, 2),
    ],
)
def test_a_different_label_is_kept_unless_overwritten(labeled_project, other):
    kept = merge_labels(labeled_project, [other], overwrite=False)
    assert kept.kept == (labeled_project.labels[NOSE][2],)
    assert kept.edit.changes == ()
    replaced = merge_labels(labeled_project, [other], overwrite=True)
    assert replaced.n_replaced == 1
    assert len(replaced.edit.changes) == 1


def test_kept_labels_are_named(labeled_project):
    mine = labeled_project.labels[NOSE][2]
    (sentence,) = describe_kept(labeled_project, (mine,))
    assert sentence.startswith("1 label differs")
    assert "nose at frame 2" in sentence
    (sentence,) = describe_kept(labeled_project, (mine,) * 5)
    assert "5 labels differ" in sentence
    assert "and 2 more" in sentence
    assert describe_kept(labeled_project, ()) == []
