"""What stays in the executable."""

import pytest

from bundle.prune import Entry, is_unused, prune

LINKS = {
    "a.abi3.so": {"libdirect.so.1", "libthrough.so.2"},
    "libqxcb.so": {"libxcb-x.so.0"},
    "QtWebEngineProcess": {"libengine.so.6"},
    "libsoftokn3.so": {"libnss.so"},
}


def needs(source):
    return LINKS.get(source.rpartition("/")[2], set())


def entry(place, kind="BINARY"):
    return Entry(place, f"/from/{place}", kind)


def test_what_something_links_to_stays_and_the_rest_goes():
    entries = [
        entry("a.abi3.so", "EXTENSION"),
        entry("libdirect.so.1"),
        entry("libthrough.so.2"),
        entry("libnobody.so.1"),
        entry("PySide6/Qt/plugins/platforms/libqxcb.so"),
        entry("libxcb-x.so.0"),
        entry("PySide6/Qt/libexec/QtWebEngineProcess"),
        entry("libengine.so.6"),
        entry("libsoftokn3.so"),
        entry("libnss.so"),
        entry("page.html", "DATA"),
    ]
    assert [kept.place for kept in prune(entries, needs)] == [
        each.place for each in entries if each.place != "libnobody.so.1"
    ]


def test_links_go_with_what_they_point_to():
    library = entry("q/lib/libdirect.so.1")
    good = Entry("libdirect.so.1", "q/lib/libdirect.so.1", "SYMLINK")
    bad = Entry("libnobody.so.1", "q/lib/libnobody.so.1", "SYMLINK")
    entries = [entry("a.abi3.so", "EXTENSION"), library, entry("q/lib/libnobody.so.1"), good, bad]
    assert prune(entries, needs) == [entries[0], library, good]


@pytest.mark.parametrize(
    "place",
    [
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "torch/bin/protoc",
        "torch/_inductor/codegen/cpp.py",
    ],
)
def test_what_nothing_reads_goes(place):
    assert is_unused(place)


@pytest.mark.parametrize(
    "place",
    [
        "torch/bin/torch_shm_manager",
        "PySide6/Qt/translations/qtwebengine_locales/en-US.pak",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "torch/_inductor/config.py",
        "torch/nn/functional.py",
        "talpose_app/web/main.js",
    ],
)
def test_what_is_read_stays(place):
    assert not is_unused(place)
