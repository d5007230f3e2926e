import pytest

from talpose_app.errors import UsageError
from talpose_app.formats.registry import EXPORTERS, IMPORTERS, exporter, importer


def test_formats_are_found_by_name():
    assert [exporter(e.name) for e in EXPORTERS] == list(EXPORTERS)
    assert [importer(i.name) for i in IMPORTERS] == list(IMPORTERS)
    assert [e.name for e in EXPORTERS] == [
        "json", "csv", "talpose-labels", "deeplabcut", "deeplabcut-predictions", "lightning-pose",
        "coco", "sleap", "nwb",
    ]  # fmt: skip
    assert [i.name for i in IMPORTERS] == ["json", "talpose-labels", "deeplabcut", "coco", "sleap"]


@pytest.mark.parametrize("find", [exporter, importer])
def test_an_unknown_format_names_the_known_ones(find):
    with pytest.raises(UsageError, match="talpose-labels"):
        find("abacus")


@pytest.mark.parametrize("fmt", EXPORTERS, ids=lambda fmt: fmt.name)
def test_every_exporter_writes_a_file(fmt, labeled_project, tmp_path):
    path = tmp_path / f"out{fmt.extension}"
    fmt.export(labeled_project, path)
    assert path.stat().st_size > 0


@pytest.mark.parametrize("fmt", [*EXPORTERS, *IMPORTERS], ids=lambda fmt: f"{type(fmt).__name__}")
def test_every_format_says_what_it_is_for(fmt):
    assert fmt.title
    assert fmt.text.endswith(".")
    assert "\n" not in fmt.text


def test_exports_of_one_project_do_not_replace_each_other():
    """Their suggested names differ by the ending; ``json`` and ``csv`` alone have the plain ones."""
    assert len({fmt.extension for fmt in EXPORTERS}) == len(EXPORTERS)
