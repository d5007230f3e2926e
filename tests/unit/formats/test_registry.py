import pytest

from talpose_app.errors import UsageError
from talpose_app.formats.registry import EXPORTERS, IMPORTERS, exporter, importer


def test_formats_are_found_by_name():
    assert [exporter(e.name) for e in EXPORTERS] == list(EXPORTERS)
    assert [importer(i.name) for i in IMPORTERS] == list(IMPORTERS)
    assert {"json", "csv", "talpose-labels"} == {e.name for e in EXPORTERS}


@pytest.mark.parametrize("find", [exporter, importer])
def test_an_unknown_format_names_the_known_ones(find):
    with pytest.raises(UsageError, match="talpose-labels"):
        find("abacus")


@pytest.mark.parametrize("fmt", EXPORTERS, ids=lambda fmt: fmt.name)
def test_every_exporter_writes_a_file(fmt, labeled_project, tmp_path):
    path = tmp_path / f"out{fmt.extension}"
    fmt.export(labeled_project, path)
    assert path.stat().st_size > 0
    assert fmt.title
