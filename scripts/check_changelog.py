"""Fail if the newest version of the changelog is not the package's."""

import re
import sys
from pathlib import Path

from talpose_app import __version__

text = Path("CHANGELOG.md").read_text(encoding="utf-8")
top = re.search(r"^## \[?(?!Unreleased)([^\]\s]+)", text, re.MULTILINE)
if top is None or top.group(1) != __version__:
    found = top.group(1) if top else "no version"
    sys.exit(f"CHANGELOG.md starts with {found}, the package is {__version__}")
print(f"changelog and package agree on {__version__}")
