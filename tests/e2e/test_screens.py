"""Every screen on a phone in the light and on a desk in the dark: it renders, fits, is accessible.

With `HOLDFAST_WRITE_SCREENS=1` (`make screens`) its pictures in both sizes and both themes are made
anew in docs/screens as well.
"""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from tests.e2e.accessibility import STILL, assert_accessible, assert_fits
from tests.e2e.screens import SCREENS, Screen
from tests.e2e.server import ROOT
from tests.e2e.world import DESK, PHONE, World, Worlds

DOCS = ROOT / "docs/screens"
SIZES = {390: PHONE, 1440: DESK}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
#: Each size and each theme is looked at once; all four are pictured.
JUDGED: set[tuple[int, Theme]] = {(390, "light"), (1440, "dark")}
#: A picture is cut here: a long page goes on in the same way.
TALLEST = 3000
COLOURS = 64
#: The whole of docs/screens; a repository is cloned often.
MOST_BYTES = 18_000_000


#: Two frames, in which what has come is drawn and asks for what it needs.
DRAWN = """() => new Promise((drawn) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))"""
#: Of two frames each, until nothing is on its way any more.
MOST_LOOKS = 500


@dataclass
class Viewer:
    """Somebody at a browser in the demo practice, and what went wrong there."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: set[Request] = field(default_factory=set)

    def listen(self) -> None:
        self.page.on("request", self.ask)
        self.page.on("requestfinished", self.come)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("console", self.hear)
        self.page.on("response", self.answered)
        self.page.on("requestfailed", self.failed)

    def ask(self, request: Request) -> None:
        self.asked.add(request)

    def come(self, request: Request) -> None:
        self.asked.discard(request)

    def wait(self) -> None:
        """Until nothing is on its way: two looks a moment apart find all requests answered."""
        quiet = 0
        for _ in range(MOST_LOOKS):
            self.page.evaluate(DRAWN)
            quiet = 0 if self.asked else quiet + 1
            if quiet == 2:
                return
        raise AssertionError(f"unanswered: {[request.url for request in self.asked]}")

    def failed(self, request: Request) -> None:
        self.asked.discard(request)
        # Going on to the next screen ends what the last one was still asking for.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def hear(self, message: ConsoleMessage) -> None:
        # A refused request is judged by its status below, not by Chromium's line about it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def answered(self, response: Response) -> None:
        signed_out = response.status == 401 and response.url.endswith(("/me", "/session"))
        not_enrolled = response.status == 404 and response.url.endswith("/totp")
        if response.status >= 400 and not signed_out and not not_enrolled:
            self.wrong.append(f"{response.status} {response.request.method} {response.url}")


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    """The demo practice as `make run` serves it."""
    return worlds.demo(talking=True)


@pytest.fixture(scope="module")
def viewers(demo: World) -> Iterator[dict[str, Viewer]]:
    contexts: list[BrowserContext] = []
    found: dict[str, Viewer] = {}
    for who in ("visitor", "robin", "dana", "ada"):
        context = demo.browser.new_context(**demo.options(PHONE), reduced_motion="reduce")
        context.set_default_timeout(15_000)
        contexts.append(context)
        viewer = Viewer(context.new_page())
        if who != "visitor":
            viewer.page.goto("/login")
            viewer.page.get_by_test_id(f"demo-{who}").click()
            expect(viewer.page.locator(".hf-shell-nav")).to_be_visible()
        viewer.listen()
        found[who] = viewer
    yield found
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def gallery() -> Path | None:
    """Where pictures go, if they are wanted; emptied first: no picture outlives its screen."""
    if os.environ.get("HOLDFAST_WRITE_SCREENS") != "1":
        return None
    DOCS.mkdir(parents=True, exist_ok=True)
    for old in DOCS.glob("*.png"):
        old.unlink()
    return DOCS


def settle(page: Page) -> None:
    """What is there is drawn: fonts have come, and no colour is half way between two themes."""
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(STILL)
    page.evaluate("() => window.scrollTo(0, 0)")


def picture(page: Page, path: Path, size: dict[str, int], part: str) -> None:
    """The page at its full height, or a part of it, in few colours: sharp text, a small file."""
    height = page.evaluate("document.documentElement.scrollHeight")
    # A taller window, not a longer picture: what is fixed to the window's foot stays at the foot.
    whole = {"width": size["width"], "height": max(size["height"], min(height, TALLEST))}
    page.set_viewport_size({"width": whole["width"], "height": whole["height"]})
    page.mouse.move(0, 0)
    taken = page.locator(part) if part else page
    shot = taken.screenshot(animations="disabled", caret="hide")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def open_screen(viewer: Viewer, screen: Screen) -> None:
    page = viewer.page
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.emulate_media(color_scheme="light")
    if screen.path:
        page.goto(screen.path)
        expect(page.locator("main h1, main .hf-question").first).to_be_visible()
    screen.prepare(page)
    viewer.wait()
    expect(page.locator(".mantine-Loader-root")).to_have_count(0)


def look(page: Page, name: str, gallery: Path | None, part: str = "") -> None:
    """Look at what is open; axe sees each theme and each size once."""
    for width, theme in itertools.product(SIZES, THEMES):
        judged = (width, theme) in JUDGED
        if gallery is None and not judged:
            continue
        page.set_viewport_size({"width": SIZES[width]["width"], "height": SIZES[width]["height"]})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)
        settle(page)
        if judged:
            assert_fits(page, f"{name} at {width}")
            assert_accessible(page, f"{name} at {width}, {theme}", part)
        if gallery is not None:
            picture(page, gallery / f"{name}-{width}-{theme}.png", SIZES[width], part)


#: In Arabic, seen with every change; the others with `make everything`.
MIRRORED = {"welcome", "today-with-flag", "progress", "caseload", "flag", "me-private-writing"}


def looks() -> Iterator[Any]:
    """Each screen in English, then, where it is one of these, in Arabic: the order is a story."""
    for screen in SCREENS:
        yield pytest.param(screen, "en", id=screen.name)
        if screen.arabic:
            closer = () if screen.name in MIRRORED else pytest.mark.exhaustive
            yield pytest.param(screen, "ar", id=f"arabic-{screen.name}", marks=closer)


@pytest.mark.parametrize(("screen", "language"), list(looks()))
def test_screen(
    screen: Screen, language: str, viewers: dict[str, Viewer], gallery: Path | None
) -> None:
    """It comes up, fits and is accessible; in Arabic mirrored, and as sound as in English."""
    viewer = viewers[screen.who]
    viewer.wrong.clear()
    page = viewer.page
    mirrored = language == "ar"
    if mirrored:
        page.evaluate("localStorage.setItem('hf.language', 'ar')")
    try:
        if mirrored and not screen.path:
            page.reload()
        open_screen(viewer, screen)
        assert page.evaluate("document.documentElement.dir") == ("rtl" if mirrored else "ltr")
        assert page.evaluate("document.documentElement.lang") == language
        name = f"arabic-{screen.name}" if mirrored else screen.name
        look(page, name, gallery, screen.part)
        assert viewer.wrong == []
    finally:
        if mirrored:
            page.evaluate("localStorage.setItem('hf.language', 'en')")


def test_every_picture_is_listed_and_they_stay_small(gallery: Path | None) -> None:
    if gallery is not None:
        (gallery / "README.md").write_text(index(), encoding="utf-8")
    assert (DOCS / "README.md").read_text(encoding="utf-8") == index(), "run: make screens"
    pictures = sorted(DOCS.glob("*.png"))
    arabic = sum(1 for screen in SCREENS if screen.arabic)
    assert len(pictures) == 4 * (len(SCREENS) + arabic)
    assert arabic >= 12
    total = sum(path.stat().st_size for path in pictures)
    assert total < MOST_BYTES, f"{total / 1e6:.1f} MB of pictures"


def index() -> str:
    """docs/screens/README.md."""
    names = [screen.name for screen in SCREENS]
    names += [f"arabic-{screen.name}" for screen in SCREENS if screen.arabic]
    rows = [
        f"| {name} | "
        + " | ".join(
            f"[{theme}]({name}-{width}-{theme}.png)" for width in SIZES for theme in THEMES
        )
        + " |"
        for name in names
    ]
    head = (
        "# Every screen\n\n"
        "Made by `make screens` from the demo practice, at 390 × 844 (phone) and 1440 × 900 (desk);"
        " a long page\nis shown at its full height. `tests/e2e/test_screens.py` opens them all on"
        " every `make test`, and fails\nwhere one shows an error, scrolls sideways, cuts text off,"
        " or breaks WCAG 2.2 AA (axe).\n\n"
        "| screen | phone | phone | desk | desk |\n|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"
