"""The people of a story, each at a browser of their own, and the one clock they share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request

from tests.e2e.operators import Mouse, Operator
from tests.e2e.replicas import Cluster, Replicated
from tests.e2e.server import Server, free_port
from tests.e2e.totp import Authenticator
from tools.system_packages import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BERLIN = ZoneInfo("Europe/Berlin")
PHONE: dict[str, int] = {"width": 390, "height": 844}
DESK: dict[str, int] = {"width": 1440, "height": 900}

#: Doubles every size that is given in rem, as a browser's text size does.
LARGE_TEXT = """
  new MutationObserver((_, seen) => {
    if (document.documentElement === null) return;
    document.documentElement.style.fontSize = "200%";
    seen.disconnect();
  }).observe(document, { childList: true });
  if (document.documentElement) document.documentElement.style.fontSize = "200%";
"""


def berlin(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


@dataclass
class Seat:
    """One person at one browser: where they are, what they know, and what went wrong there."""

    name: str
    login: str
    context: BrowserContext
    page: Page
    does: Operator
    password: str = ""
    authenticator: Authenticator | None = None
    recovery_code: str = ""
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def api(
        self, method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"], path: str, body: Any = None
    ) -> Any:
        """A call with this person's session: (status, JSON or None)."""
        return self._fetch(method, f"/api/v1{path}", body)

    def post(self, path: str, body: Any) -> Any:
        """The same by a whole path, for what is no part of this API."""
        return self._fetch("POST", path, body)

    def _fetch(self, method: str, path: str, body: Any) -> Any:
        cookies = {each.get("name"): each.get("value") for each in self.context.cookies()}
        answer = self.context.request.fetch(
            path,
            method=method,
            data=body,
            headers={"X-CSRFToken": cookies.get("csrftoken") or ""},
        )
        return answer.status, answer.json() if answer.text() else None


#: What Chromium writes to the console where a policy, Trusted Types or a file's hash refuses.
REFUSALS = ("Content Security Policy", "TrustedHTML", "TrustedScript", "integrity")


def listen(page: Page, complaints: list[str]) -> None:
    """Collect what a person would never see and a developer must: script errors, server faults,
    what a policy refused, and every request to anybody but this server."""
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on(
        "console",
        lambda said: (
            complaints.append(f"refused: {said.text}")
            if any(word in said.text for word in REFUSALS)
            else None
        ),
    )
    page.on(
        "requestfailed",
        lambda asked: (
            complaints.append(f"refused: {asked.url}: {asked.failure}")
            if is_refused(asked)
            else None
        ),
    )
    page.on(
        "request",
        lambda asked: (
            complaints.append(f"a third party was asked: {asked.url}")
            if is_foreign(asked.url)
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            complaints.append(f"{answer.status} {answer.request.method} {answer.url}")
            if answer.status >= 500
            else None
        ),
    )


def is_refused(asked: Request) -> bool:
    """Whether the browser itself would not have the file, by a policy or a hash.

    What the network did has a name of its own kind, `net::…`.
    """
    return not (asked.failure or "net::").startswith("net::")


def is_foreign(url: str) -> bool:
    """Whether a request leaves this machine's own server; `blob:` and `data:` go nowhere."""
    parts = urlsplit(url)
    return parts.scheme not in {"blob", "data", "about"} and parts.hostname != "localhost"


@dataclass
class World:
    """A server, a browser, and everybody who takes part."""

    server: Server
    browser: Browser
    operator: Callable[[Page], Operator]
    large_text: bool = False
    seats: dict[str, Seat] = field(default_factory=dict)
    now: datetime | None = None

    def seat(
        self, name: str, login: str, *, viewport: dict[str, int] = DESK, installs: bool = False
    ) -> Seat:
        """A fresh browser (no cookies, nothing stored) for somebody.

        `installs`: with the service worker, for who goes offline or is told by push. It fetches the
        whole app, which takes longer than the page itself.
        """
        context = self.browser.new_context(
            **self.options(viewport), service_workers="allow" if installs else "block"
        )
        return self.take(name, login, context, context.new_page())

    def options(self, viewport: dict[str, int]) -> dict[str, Any]:
        return {
            "base_url": self.server.origin,
            "viewport": viewport,
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
        }

    def take(self, name: str, login: str, context: BrowserContext, page: Page) -> Seat:
        context.set_default_timeout(20_000)
        if self.large_text:
            context.add_init_script(LARGE_TEXT)
        if self.now is not None:
            context.clock.set_system_time(self.now)
        found = Seat(name, login, context, page, self.operator(page))
        listen(page, found.complaints)
        self.seats[login] = found
        return found

    def travel(self, instant: datetime) -> None:
        """It is now `instant`, for the server, its worker and every browser."""
        self.now = instant
        self.server.set_clock(instant)
        for each in self.seats.values():
            each.context.clock.set_system_time(instant)

    def pass_time(self, length: timedelta) -> None:
        assert self.now is not None
        self.travel(self.now + length)

    def close(self) -> None:
        for each in self.seats.values():
            each.context.close()
        self.server.stop()

    def complaints(self) -> list[str]:
        return [f"{each.name}: {what}" for each in self.seats.values() for what in each.complaints]


@dataclass
class Worlds:
    """Makes worlds. One whose practice went live is kept for the stories that go on from there."""

    playwright: Playwright
    browser: Browser
    folder: Path
    #: Two machines for each practice, where tests are run so.
    shared: Cluster | None = None
    count: int = 0
    made: list[World] = field(default_factory=list)
    live: dict[str, World] = field(default_factory=dict)
    demos: list[World] = field(default_factory=list)
    latest: World | None = None

    def demo(
        self,
        at: datetime | None = None,
        *,
        environment: dict[str, str] | None = None,
        talking: bool = False,
    ) -> World:
        """A world of its own with the demo practice in it, as `make run` serves it.

        `talking`: the companion answers in it. Its records end on the day it is made: one of
        another day is made anew, others are copied.
        """
        world = self.fresh(Mouse)
        world.server.more |= environment or {}
        world.server.live_port = free_port() if talking else 0
        if at is not None:
            world.travel(at)
            world.server.start("--demo")
            return world
        seeded = self.folder / "seeded"
        if seeded.exists():
            shutil.copytree(seeded, world.server.data)
        world.server.start("--demo")
        if not seeded.exists():
            world.server.copy_data(seeded)
        if environment is None:
            self.demos.append(world)
        return world

    def any_demo(self) -> World:
        """A demo that others may live in: for whoever looks at the page and logs nobody in."""
        return self.demos[0] if self.demos else self.demo()

    def fresh(self, operator: Callable[[Page], Operator], *, large_text: bool = False) -> World:
        self.count += 1
        folder = self.folder / f"world-{self.count}"
        server = Replicated.within(folder, self.shared) if self.shared else Server.fresh(folder)
        self.latest = World(server, self.browser, operator, large_text=large_text)
        self.made.append(self.latest)
        return self.latest

    def end_those_of_a_file(self) -> None:
        """All but those whose practice went live."""
        kept = list(self.live.values())
        for world in self.made:
            if not any(world is one for one in kept):
                world.close()
        self.made, self.demos, self.latest = kept, [], None

    def close(self) -> None:
        for world in self.made:
            world.close()
