"""Fail if the newest entry of the changelog is not the package's version."""

import re
import sys
from pathlib import Path

from talpose_app import __version__

top = re.search(r"^## \[?([^\]\s]+)", Path("CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
if top is None or top.group(1) != __version__:
    found = top.group(1) if top else "no version"
    sys.exit(f"CHANGELOG.md starts with {found}, the package is {__version__}")
print(f"changelog and package agree on {__version__}")
