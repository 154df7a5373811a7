"""A visit of two on the loopback interface: from let in to the first frame, and back again after a
reload and after one page was killed.

Two pages of a real browser on the real server, with Chromium's test pictures in the place of
cameras, which are open before. The first frame is the first that the video element presents.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.report import Promise, Report, Row, Timing
from tests.e2e import calls
from tests.e2e.server import free_port
from tests.e2e.world import Seat, Worlds

ROUNDS = 5
FIRST_FRAME_SECONDS = 1.0
RECONNECTED_SECONDS = 5.0


def _killed(robin: Seat, dana: Seat, visit: str) -> float:
    """Seconds from a new page's opening to sound and picture on both sides, the device's check
    with its one press among them.
    """
    calls.kill(robin)
    before = calls.flowing(dana.page)
    began = time.perf_counter()
    robin.go(visit)
    robin.page.get_by_role("button", name="I am ready").click()
    calls.until(robin.page, calls.some)
    calls.until(dana.page, lambda now: now.made > before.made and calls.some(now))
    return time.perf_counter() - began


def run() -> list[Report]:
    """Let in five times, in a visit each; reload one page each time, and kill it."""
    first: list[float] = []
    back: list[float] = []
    killed: list[float] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = calls.launch_with_media(playwright)
        worlds = Worlds(playwright, browser, Path(folder))
        try:
            demo = worlds.demo(environment={"HOLDFAST_TOPICS_PORT": str(free_port())})
            robin, dana = calls.pair(demo)
            for _ in range(ROUNDS):
                visit = calls.plan(dana, robin)
                for seat in (robin, dana):
                    seat.go(visit)
                calls.come(robin)
                calls.open_room(dana)
                calls.cameras_open(robin, dana)
                calls.admit(dana)
                calls.together(robin, dana)
                calls.until(dana.page, calls.some)
                first.append(calls.admitted_to_first_frame(dana.page) / 1000)
                began = time.perf_counter()
                robin.page.reload()
                calls.until(robin.page, calls.some)
                back.append(time.perf_counter() - began)
                killed.append(_killed(robin, dana, visit))
                dana.page.get_by_role("button", name="Finish the visit").click()
                dana.page.get_by_role("button", name="Yes, it is over").click()
        finally:
            worlds.close()
            browser.close()
    let_in, reloaded, found_again = (Timing(tuple(each)) for each in (first, back, killed))
    return [
        Report(
            name="visit",
            title="A visit of two by video, on the loopback interface",
            peer="none",
            rows=[
                Row("let in to the first frame, cameras open", ROUNDS, let_in),
                Row("a page reloaded, to sound and picture again", ROUNDS, reloaded),
                Row("a page killed and opened anew, the same of both", ROUNDS, found_again),
            ],
            packages=["playwright"],
            promises=[
                Promise("let in to the first frame, seconds", FIRST_FRAME_SECONDS, let_in.median),
                Promise("reloaded to media again, seconds", RECONNECTED_SECONDS, reloaded.median),
                Promise("killed to media again, seconds", RECONNECTED_SECONDS, found_again.median),
            ],
        )
    ]
