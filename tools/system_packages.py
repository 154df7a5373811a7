"""Programs that tests need and that pip and npm cannot bring: databases, Chromium, fonts, calls.

    python tools/system_packages.py [postgresql] [chromium] [fonts] [redis] [coturn] [janus] [sipp]

As root on Debian or Ubuntu they are installed; elsewhere the one line to type is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.console import Failure, failures_explained, step
from tools.postgres import server_programs


def chromium() -> str | None:
    """Path of a Chromium: `HOLDFAST_CHROMIUM`, else the one on the PATH."""
    named = os.environ.get("HOLDFAST_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def arabic_font() -> str | None:
    """A font in which screenshots show Arabic script and not boxes."""
    if shutil.which("fc-list") is None:
        return None
    listed = subprocess.run(["fc-list", ":lang=ar", "file"], check=True, capture_output=True)
    return listed.stdout.decode().strip() or None


NEEDS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "postgresql": (server_programs, ["postgresql"]),
    "chromium": (chromium, ["chromium"]),
    "redis": (partial(shutil.which, "redis-server"), ["redis-server"]),
    "coturn": (partial(shutil.which, "turnserver"), ["coturn"]),
    "janus": (partial(shutil.which, "janus"), ["janus"]),
    "sipp": (partial(shutil.which, "sipp"), ["sip-tester"]),
    "fonts": (arabic_font, ["fontconfig", "fonts-liberation", "fonts-noto-core"]),
}


def ensure(names: Iterable[str]) -> None:
    """Have these on the machine; raises Failure with the line to type when it cannot."""
    missing = [name for name in names if not NEEDS[name][0]()]
    if not missing:
        return
    packages = [package for name in missing for package in NEEDS[name][1]]
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Failure(f"Missing on this machine: {', '.join(missing)}. Type: sudo sh -c '{line}'")
    with step(f"Installing system packages: {' '.join(packages)}"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        code = subprocess.run(["sh", "-c", line], check=False, env=environment).returncode
    still = [name for name in missing if not NEEDS[name][0]()]
    if code or still:
        raise Failure(f"apt-get did not bring {', '.join(still or missing)}. Type: {line}")


if __name__ == "__main__":
    with failures_explained():
        ensure(sys.argv[1:] or NEEDS)
