"""Writes requirements/*.lock: every package that can be installed, pinned and with its hashes.

    python tools/lock.py [--upgrade]

One resolution serves every platform and Python >= 3.11. Each smaller lock is held to the versions
of the largest, so that tests see what a practice runs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = {
    "dev": ["--extra", "server", "--group", "dev", "--group", "build"],
    "server": ["--extra", "server"],
    "engines": [],
    "build": ["--only-group", "build"],
    "node": ["--only-group", "node"],
}


def compile_lock(name: str, *, constraint: str | None, upgrade: bool) -> None:
    """Resolve one lock from pyproject.toml; fails when it cannot be resolved."""
    target = f"requirements/{name}.lock"
    selection = LOCKS[name]
    source = ["pyproject.toml"]
    if selection[:1] == ["--only-group"]:
        source, selection = [], ["--group", selection[1]]
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", *source, *selection),
        *("--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"),
        *("--no-config", "--quiet", "--custom-compile-command", "make locks"),
        *("--output-file", target),
    ]
    if constraint:
        command += ["--constraint", constraint, "--no-annotate"]
    if upgrade:
        command.append("--upgrade")
    subprocess.run(command, cwd=ROOT, check=True)
    print(f"wrote {target}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest allowed versions")
    upgrade = parser.parse_args().upgrade
    compile_lock("dev", constraint=None, upgrade=upgrade)
    for name in ("server", "engines", "build"):
        compile_lock(name, constraint="requirements/dev.lock", upgrade=upgrade)
    compile_lock("node", constraint=None, upgrade=upgrade)


if __name__ == "__main__":
    main()
