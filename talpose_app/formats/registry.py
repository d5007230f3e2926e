"""Which formats there are. A format joins by an entry in one of the two lists."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from talpose_app.errors import UsageError
from talpose_app.formats.coco import CocoExporter
from talpose_app.formats.coco_import import CocoImporter
from talpose_app.formats.deeplabcut import DeepLabCutExporter, DeepLabCutImporter
from talpose_app.formats.deeplabcut_predictions import DeepLabCutPredictionsExporter
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.json_format import JsonExporter
from talpose_app.formats.json_import import JsonImporter
from talpose_app.formats.lightning_pose import LightningPoseExporter
from talpose_app.formats.nwb import NwbExporter
from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_import import SleapImporter
from talpose_app.formats.talpose_labels import TalposeLabelsExporter, TalposeLabelsImporter
from talpose_app.formats.tidy_csv import TidyCsvExporter
from talpose_app.model.project import Project


class Exporter(Protocol):
    """Writes a project in a format.

    Attributes:
        name: As typed on the command line.
        title: As shown to the user.
        text: What it is for, in one line, as shown to the user.
        extension: Ending of the file's name, with its dot.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  described above

    @property
    def title(self) -> str: ...  # noqa: D102  described above

    @property
    def text(self) -> str: ...  # noqa: D102  described above

    @property
    def extension(self) -> str: ...  # noqa: D102  described above

    def export(self, project: Project, path: Path) -> list[str]:
        """Write the file, whole or not at all.

        Returns:
            What the format could not hold, in sentences; empty when everything is in the file.

        Raises:
            FormatError: The file cannot be written there.
        """
        ...


class Importer(Protocol):
    """Reads labels from a format.

    Attributes:
        name: As typed on the command line.
        title: As shown to the user.
        text: What it is for, in one line, as shown to the user.
        extension: Ending of the file's name, with its dot.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  described above

    @property
    def title(self) -> str: ...  # noqa: D102  described above

    @property
    def text(self) -> str: ...  # noqa: D102  described above

    @property
    def extension(self) -> str: ...  # noqa: D102  described above

    def read(self, path: Path, project: Project, options: ImportOptions = ...) -> ImportResult:
        """Read the file and work out the one edit that brings it into the project; nothing is changed.

        Raises:
            FormatError: The file is not what the format asks for, or does not fit the video.
        """
        ...


EXPORTERS: tuple[Exporter, ...] = (
    JsonExporter(),
    TidyCsvExporter(),
    TalposeLabelsExporter(),
    DeepLabCutExporter(),
    DeepLabCutPredictionsExporter(),
    LightningPoseExporter(),
    CocoExporter(),
    SleapExporter(),
    NwbExporter(),
)
IMPORTERS: tuple[Importer, ...] = (
    JsonImporter(),
    TalposeLabelsImporter(),
    DeepLabCutImporter(),
    CocoImporter(),
    SleapImporter(),
)
#: Those whose library the standalone executable goes without.
NOT_IN_EXECUTABLE = frozenset({"sleap", "nwb"})


def exporter(name: str) -> Exporter:
    """Return the exporter of this name.

    Raises:
        UsageError: There is none.
    """
    for candidate in EXPORTERS:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in EXPORTERS)
    raise UsageError(f"There is no export format {name!r}.", hint=f"Choose one of: {known}.")


def importer(name: str) -> Importer:
    """Return the importer of this name.

    Raises:
        UsageError: There is none.
    """
    for candidate in IMPORTERS:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in IMPORTERS)
    raise UsageError(f"There is no import format {name!r}.", hint=f"Choose one of: {known}.")
