"""`make canary`: a browser session, and then a search of everything that the server has.

    python -m tests.canary

Prints every place with the bytes that were read there. Ends with 1 where the phrase, the password
or the recovery code was found, or where a phrase that was planted on purpose was not.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.canary.needles import Needle, marker
from tests.canary.search import Report, control_environment, search
from tests.canary.story import Secrets, live
from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.operators import Mouse
from tests.e2e.server import Server, free_port
from tests.e2e.world import World, launch
from tools.system_packages import ensure


def allow_core_files() -> None:
    """A process that crashes leaves its memory in a file, where the system allows that."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def run(folder: Path, browser_folder: Path) -> Report:
    control = Needle.of("what was planted", marker())
    server = Server.fresh(folder)
    server.live_port = free_port()
    server.more = {**control_environment(control), "PYTHONFAULTHANDLER": "1"}
    began = time.time()
    # The browser is the person's device: what it keeps in its own temporary folder may be words.
    os.environ["TMPDIR"] = str(browser_folder)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        world = World(server, launch(playwright), Mouse)
        try:
            server.start("--demo")
            told = live(world, Secrets.new())
            assert world.complaints() == []
            return search(
                server,
                told.needles,
                control,
                talked=told.talked,
                since=began,
                but=(folder, browser_folder),
            )
        finally:
            world.close()
            world.browser.close()


def main() -> int:
    ensure(["chromium"])
    allow_core_files()
    top = Path(tempfile.mkdtemp(prefix="holdfast-canary-"))
    try:
        (top / "browser").mkdir()
        report = run(top / "server", top / "browser")
    finally:
        shutil.rmtree(top, ignore_errors=True)
    for line in report.lines():
        sys.stdout.write(line + "\n")
    for leak in report.leaks:
        sys.stdout.write(f"FOUND  {leak}\n")
    for kind in report.blind:
        sys.stdout.write(f"BLIND  in {kind} the planted phrase was not found\n")
    kept = not report.leaks and not report.blind
    sys.stdout.write("Nothing was found.\n" if kept else "The canary is not well.\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
