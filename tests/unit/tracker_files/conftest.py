"""A known checkpoint whose file is small and lies on a server of the test's own."""

import threading
from dataclasses import replace

import pytest

from talpose_app.tracker_files.download import Download, DownloadControl
from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS


@pytest.fixture
def server(file_server, small_official):
    return file_server(small_official.read_bytes())


@pytest.fixture
def known(server):
    """The offline checkpoint as if it were published on the test's server."""
    official = KNOWN_CHECKPOINTS[0]
    source = replace(official.source, url=server.url, n_bytes=len(server.content))
    return replace(official, source=source)


class Asked:
    """One attempt at a download."""

    def __init__(self, known):
        self.known = known
        self.reports = []
        self.control = DownloadControl(self.report, threading.Event())

    def report(self, n_done, n_bytes):
        self.reports.append((n_done, n_bytes))

    def run(self, **options):
        return Download(self.known, self.control, pause_s=0.001, **options).run()


@pytest.fixture
def asked(known):
    return Asked(known)
