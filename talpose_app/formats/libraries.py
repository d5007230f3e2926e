"""The libraries behind some formats: extras of their own, loaded by the first file that needs them.

They bring a hundred megabytes and more of other packages, so a plain install and the standalone executable
go without.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from types import ModuleType

from talpose_app.errors import FormatError
from talpose_app.paths import is_frozen


@dataclass(frozen=True)
class Library:
    """A library that not every installation has.

    Attributes:
        package: As it is called where packages are found.
        module: As it is imported.
        extra: Name of our extra that brings it.
        files: What needs it, as the beginning of a sentence.
    """

    package: str
    module: str
    extra: str
    files: str

    @property
    def install(self) -> str:
        """What gets it."""
        return f'pip install "talpose[{self.extra}]"'

    def is_installed(self) -> bool:
        """Whether its files can be read and written here; it is not loaded for this."""
        return not is_frozen() and importlib.util.find_spec(self.module) is not None

    def check_installed(self) -> None:
        """Refuse to go on without it.

        Raises:
            FormatError: It is not installed; says what to do.
        """
        if not self.is_installed():
            way_out = (
                f"The executable goes without it; use {self.install}"
                if is_frozen()
                else f"Get it with: {self.install}"
            )
            raise FormatError(f"{self.files} need the library {self.package}.", hint=way_out)

    def load(self) -> ModuleType:
        """Load it.

        Raises:
            FormatError: It is not installed; says what to do.
        """
        self.check_installed()
        return importlib.import_module(self.module)

    def offer(self, text: str) -> str:
        """What a format is for, and what it needs where the library is missing."""
        return text if self.is_installed() else f"{text} Needs: {self.install}."


SLEAP_IO = Library("sleap-io", "sleap_io", "sleap", "SLEAP's files")

#: It brings pynwb, which reads and writes the files themselves.
NDX_POSE = Library("ndx-pose", "ndx_pose", "nwb", "NWB files")


def reason(error: BaseException) -> str:
    """What a library says, in one line without its own full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
