"""Every screen renders, fits and is accessible: on a phone or a desk, in the light or in the dark.

Each is looked at once with every change, and as closely as `LOOKS` says with `make everything`.
With `HOLDFAST_WRITE_SCREENS=1` (`make screens`) its pictures are made anew in docs/screens as well.
"""

from __future__ import annotations

import io
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


@dataclass(frozen=True)
class Look:
    """A size and a theme in which a screen is looked at and pictured."""

    width: int
    theme: Theme

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"


#: Both sizes and both themes in each language, and all four over both languages.
LOOKS = {
    "en": (Look(390, "dark"), Look(1440, "light")),
    "ar": (Look(390, "light"), Look(1440, "dark")),
}
#: A picture is cut here: a long page goes on in the same way.
TALLEST = 3000
COLOURS = 64
#: The whole of docs/screens; a repository is cloned often.
MOST_BYTES = 12_000_000


#: Two frames, in which what has come is drawn and asks for what it needs.
DRAWN = """() => new Promise((drawn) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn))))"""
#: Of two frames each, until nothing is on its way any more.
MOST_LOOKS = 500


@dataclass
class Viewer:
    """Somebody at a browser in the demo practice, and what went wrong there."""

    page: Page
    #: The screen and the language that the page shows, and the language that it keeps.
    shows: tuple[str, str] = ("", "")
    language: str = "en"
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
        context = demo.browser.new_context(
            **demo.options(PHONE), reduced_motion="reduce", service_workers="block"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        viewer = Viewer(context.new_page())
        viewer.page.goto("/login")
        if who != "visitor":
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


def look(page: Page, name: str, at: Look, gallery: Path | None, part: str = "") -> None:
    """Look at what is open, in one size and one theme."""
    size = SIZES[at.width]
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.emulate_media(color_scheme=at.theme)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", at.theme)
    settle(page)
    assert_fits(page, f"{name} at {at.width}")
    assert_accessible(page, f"{name} at {at.width}, {at.theme}", part)
    if gallery is not None:
        picture(page, gallery / f"{name}-{at}.png", size, part)


#: In Arabic, seen with every change; the others with `make everything`.
MIRRORED = {"welcome", "today-with-flag", "progress", "caseload", "flag", "me-private-writing"}


def file_name(screen: Screen, language: str) -> str:
    return f"arabic-{screen.name}" if language == "ar" else screen.name


def looks() -> Iterator[Any]:
    """Each screen in English, then, where it is one of these, in Arabic: the order is a story.

    With every change one look at each, in turn the one and the other.
    """
    for number, screen in enumerate(SCREENS):
        for language in ("en", "ar") if screen.arabic else ("en",):
            first, second = LOOKS[language] if number % 2 else reversed(LOOKS[language])
            name = file_name(screen, language)
            seen = screen.always and (language == "en" or screen.name in MIRRORED)
            closer = () if seen else pytest.mark.exhaustive
            yield pytest.param(screen, language, first, id=f"{name}-{first}", marks=closer)
            yield pytest.param(
                screen, language, second, id=f"{name}-{second}", marks=pytest.mark.exhaustive
            )


@pytest.mark.parametrize(("screen", "language", "at"), list(looks()))
def test_screen(
    screen: Screen, language: str, at: Look, viewers: dict[str, Viewer], gallery: Path | None
) -> None:
    """It comes up, fits and is accessible; in Arabic mirrored, and as sound as in English."""
    viewer = viewers[screen.who]
    if viewer.shows != (screen.name, language):
        viewer.wrong.clear()
        viewer.shows = ("", "")
        bring_up(viewer, screen, language)
        viewer.shows = (screen.name, language)
    mirrored = language == "ar"
    assert viewer.page.evaluate("document.documentElement.dir") == ("rtl" if mirrored else "ltr")
    assert viewer.page.evaluate("document.documentElement.lang") == language
    look(viewer.page, file_name(screen, language), at, gallery, screen.part)
    assert viewer.wrong == []


def bring_up(viewer: Viewer, screen: Screen, language: str) -> None:
    """The screen, in a language that the page keeps from here on."""
    if language != viewer.language:
        viewer.page.evaluate(f"localStorage.setItem('hf.language', '{language}')")
        viewer.language = language
        if not screen.path:
            viewer.page.reload()
    open_screen(viewer, screen)


def test_every_picture_is_listed_and_they_stay_small(gallery: Path | None) -> None:
    if gallery is not None:
        (gallery / "README.md").write_text(index(), encoding="utf-8")
    assert (DOCS / "README.md").read_text(encoding="utf-8") == index(), "run: make screens"
    pictures = sorted(DOCS.glob("*.png"))
    assert {path.name for path in pictures} == {
        f"{name}-{at}.png" for name, language in pictured() for at in LOOKS[language]
    }
    assert sum(1 for screen in SCREENS if screen.arabic) >= 12
    total = sum(path.stat().st_size for path in pictures)
    assert total < MOST_BYTES, f"{total / 1e6:.1f} MB of pictures"


def pictured() -> list[tuple[str, str]]:
    """The name of each picture of a screen, and its language."""
    english = [(file_name(screen, "en"), "en") for screen in SCREENS]
    return english + [(file_name(screen, "ar"), "ar") for screen in SCREENS if screen.arabic]


def index() -> str:
    """docs/screens/README.md."""
    rows = [
        f"| {name} | " + " | ".join(f"[{at.theme}]({name}-{at}.png)" for at in LOOKS[lang]) + " |"
        for name, lang in pictured()
    ]
    head = (
        "# Every screen\n\n"
        "Made by `make screens` from the demo practice, at 390 × 844 (phone) and 1440 × 900 (desk);"
        " a long page\nis shown at its full height. `tests/e2e/test_screens.py` opens each on"
        " every `make test`, in one of these\nlooks, and on `make everything` in all of them; it"
        " fails where one shows an error, scrolls sideways, cuts\ntext off, or breaks WCAG 2.2 AA"
        " (axe).\n\n"
        "| screen | phone | desk |\n|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"
