"""A thread of 100,000 messages in a browser.

A real Chromium opens one thread of one person on the real server. The vault is open on the device;
each run is counted from the reload to the first unread message on the screen, opened: the page, who
belongs, the keys of the epoch and one page of messages. Then it jumps to the thread's beginning.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.journal import MINUTES, ROOT, processor_time, timing_of
from bench.practice import served
from bench.report import Promise, Report, Row
from tools.system_packages import chromium

MESSAGES = 100_000
RELOADS = 5

#: Notes when the first words of a message stand on the screen.
WATCH = """() => {
  window.__first = null;
  const look = () => {
    const words = document.querySelector("[data-testid=message] .hf-bubble p");
    if (words !== null && window.__first === null) window.__first = performance.now();
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}"""


def run() -> list[Report]:
    """The thread's first screen, and its other end."""
    with _served() as (port, about), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        try:
            return [_screens(browser, port, about)]
        finally:
            browser.close()


@contextmanager
def _served() -> Iterator[tuple[int, dict[str, str]]]:
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    try:
        environment = served.environment_of(folder, None)
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, cwd=ROOT, check=True)
        fill = [sys.executable, "-m", "bench.practice.thread", str(MESSAGES)]
        made = subprocess.run(
            fill, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        with served.server(environment) as port:
            yield port, json.loads(made.stdout)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _screens(browser: Browser, port: int, about: dict[str, str]) -> Report:
    context = browser.new_context(locale="en-GB", service_workers="block")
    url = f"http://127.0.0.1:{port}"
    context.add_cookies([{"name": "sessionid", "value": about["session"], "url": url}])
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    page.goto(f"{url}/messages/{about['thread']}")
    page.get_by_label("Your password").first.fill(about["password"])
    page.get_by_role("button", name="Open", exact=True).click()
    _first(page)
    opened = timing_of([_reload(page) for _ in range(RELOADS)])
    jumped = timing_of([_beginning(page)])
    drawn = page.get_by_test_id("message").count()
    context.close()
    return Report(
        name="messages",
        title=f"A thread of {MESSAGES:,} messages in a browser",
        peer="none",
        rows=[
            Row("reload to the first unread message on the screen", MESSAGES, opened),
            Row("from the end to the thread's first message", MESSAGES, jumped),
        ],
        packages=["playwright"],
        promises=[
            Promise("100,000 messages: first screen under 1 s", 1.0, min(opened.seconds)),
            Promise("at most 60 messages drawn at once", 60, drawn),
        ],
    )


def _first(page: Page) -> float:
    page.wait_for_function("() => window.__first !== null", timeout=MINUTES)
    seen: float = page.evaluate("() => window.__first")
    return seen / 1000


def _reload(page: Page) -> tuple[float, float]:
    page.wait_for_timeout(2_000)  # what the page before was still doing is not this one's
    before = processor_time()
    page.reload(wait_until="commit")
    return _first(page), processor_time() - before


def _beginning(page: Page) -> tuple[float, float]:
    page.wait_for_timeout(2_000)
    before = processor_time()
    began: float = page.evaluate(
        """() => {
          const box = document.querySelector(".hf-window");
          box.dispatchEvent(new WheelEvent("wheel", { bubbles: true }));
          box.scrollTop = 0;
          return performance.now();
        }"""
    )
    page.get_by_text("Message 1. ").wait_for(timeout=MINUTES)
    ended: float = page.evaluate("() => performance.now()")
    return (ended - began) / 1000, processor_time() - before
