"""Writes the bills of material (CycloneDX JSON) of what a practice runs.

    python tools/sbom.py [FOLDER]        default: dist/

sbom-python.cdx.json lists the server's Python packages as locked, sbom-client.cdx.json what is
built into the client; tools that only build or test are in neither.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cyclonedx.schema import SchemaVersion

from tools import setup
from tools.console import Failure, failures_explained

ROOT = Path(__file__).parents[1]


def python_bill() -> str:
    """Bill of the Python packages; every component carries the hashes of its lock."""
    program = [str(setup.BIN / "cyclonedx-py"), "requirements", "--short-PURLs"]
    options = ["--spec-version", "1.6", "--output-reproducible", "--of", "JSON"]
    sources = ["--pyproject", "pyproject.toml", "requirements/server.lock"]
    return _output([*program, *options, *sources], ROOT)


def client_bill() -> str:
    """Bill of the packages that the client is built from.

    `npm sbom --omit dev` also drops packages that a tool needs beside the client (React), so the
    whole bill is taken and what the lock marks as for development is left out here.
    """
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    tools = {
        f"{path.rpartition('node_modules/')[2]}@{entry['version']}"
        for path, entry in lock.items()
        if entry.get("dev") or entry.get("devOptional")
    }
    options = ["--sbom-format", "cyclonedx", "--package-lock-only"]
    bill = json.loads(_output([*setup.npm_command(), "sbom", *options], ROOT / "web"))
    bill["components"] = [c for c in bill["components"] if c["bom-ref"] not in tools]
    kept = {component["bom-ref"] for component in bill["components"]}
    root = bill["metadata"]["component"]["bom-ref"]
    bill["dependencies"] = [
        entry | {"dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in kept]}
        for entry in bill["dependencies"]
        if entry["ref"] in kept | {root}
    ]
    return json.dumps(bill, indent=1)


def _output(command: list[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise Failure(f"{command[0]} failed:\n{result.stderr}")
    return result.stdout


def fault(bill: str, version: SchemaVersion) -> str | None:
    """Why a bill does not fit CycloneDX's own schema; None when it does."""
    # Three seconds to import: whoever only reads this module need not wait for it.
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(version).validate_str(bill)
    return None if error is None else str(error)


def write(folder: Path) -> list[Path]:
    """Write both bills; raises Failure when one does not fit the schema."""
    folder.mkdir(parents=True, exist_ok=True)
    bills = {
        "sbom-python.cdx.json": (python_bill(), SchemaVersion.V1_6),
        "sbom-client.cdx.json": (client_bill(), SchemaVersion.V1_5),
    }
    for name, (bill, version) in bills.items():
        if error := fault(bill, version):
            raise Failure(f"{name} does not fit CycloneDX {version.to_version()}: {error}")
        (folder / name).write_text(bill, encoding="utf-8")
    return [folder / name for name in bills]


def main() -> None:
    with failures_explained():
        for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"):
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
