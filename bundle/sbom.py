"""The bill of materials in CycloneDX: made by cyclonedx-py, cut down to the bundle, checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from bundle.native import system_packages
from bundle.packages import runtime_packages


def write_sbom(target: Path, library_names: list[str]) -> None:
    """Write the bill of materials of this environment's run-time packages.

    Args:
        target: The file, by custom ``*.cdx.json``.
        library_names: Names of system libraries in the bundle; none for a wheel.

    Raises:
        RuntimeError: The result does not follow the standard.
        subprocess.CalledProcessError: cyclonedx-py failed.
    """
    command = [
        sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "--sv",
        "1.6",
        "--pyproject", "pyproject.toml", sys.executable,
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    bill = cut_down(json.loads(made.stdout), {package.name for package in runtime_packages()})
    bill["components"] += [
        {
            "type": "library",
            "bom-ref": f"deb/{package.name}",
            "name": package.name,
            "version": package.version,
            "purl": f"pkg:deb/debian/{package.name}@{package.version}",
        }
        for package in system_packages(library_names)[0]
    ]
    text = json.dumps(bill, indent=1, sort_keys=True)
    _check(text)
    target.write_text(text + "\n", encoding="utf-8")


def cut_down(bill: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Keep the components of these names, and what depends on what among them.

    Args:
        bill: A CycloneDX document.
        names: Of packages.
    """
    components = cast("list[dict[str, Any]]", bill.get("components", []))
    kept = [component for component in components if component["name"] in names]
    refs = {component["bom-ref"] for component in kept} | {
        bill.get("metadata", {}).get("component", {}).get("bom-ref")
    }
    dependencies = [
        {**entry, "dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in refs]}
        for entry in bill.get("dependencies", [])
        if entry["ref"] in refs
    ]
    return {**bill, "components": kept, "dependencies": dependencies}


def _check(text: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise RuntimeError(f"The bill of materials does not follow CycloneDX: {error}")
