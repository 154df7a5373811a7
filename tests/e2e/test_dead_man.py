"""When the worker dies everybody sees it, and a push shows what a lock screen may show."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.server import Server
from tests.e2e.world import DESK, PHONE, Seat, World, Worlds

#: Two looks of the slowest client, and a machine that others load.
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def log_in(demo: World, login: str, viewport: dict[str, int]) -> Seat:
    seat = demo.seat(login.title(), login, viewport=viewport, installs=True)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page).not_to_have_url(re.compile("/login"))
    expect(seat.page.locator("main h1")).to_be_visible()
    return seat


@pytest.fixture(scope="module")
def dana(demo: World) -> Seat:
    return log_in(demo, "dana", DESK)


@pytest.fixture(scope="module")
def robin(demo: World) -> Seat:
    return log_in(demo, "robin", PHONE)


def worker_of(server: Server) -> int:
    """The process id of the worker that `holdfast serve` watches."""
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for pid in map(int, children.read_text(encoding="ascii").split()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"worker" in command:
            return pid
    raise AssertionError("holdfast serve watches no worker")


@pytest.fixture
def revive(demo: World) -> Iterator[Callable[[], None]]:
    """Lets `holdfast serve` start its worker again, at the latest when the test ends."""
    assert demo.server.process is not None
    supervisor = demo.server.process

    def go_on() -> None:
        supervisor.send_signal(signal.SIGCONT)

    yield go_on
    go_on()


def kill_worker(server: Server) -> None:
    """For good: whoever would start it again is held meanwhile."""
    assert server.process is not None
    worker = worker_of(server)
    server.process.send_signal(signal.SIGSTOP)
    os.kill(worker, signal.SIGKILL)


ESCALATING = "async () => (await (await fetch('/api/v1/system-status')).json()).escalating"


def wait_until(seat: Seat, condition: str, seconds: int = PATIENCE_MS // 1000) -> None:
    """Until what the asynchronous `condition` answers is true, asked in the page."""
    seat.page.evaluate(
        f"""async () => {{
          for (let turn = 0; turn < {seconds * 10}; turn += 1) {{
            if (await ({condition})()) return;
            await new Promise((go) => setTimeout(go, 100));
          }}
          throw new Error("waited in vain");
        }}"""
    )


def banner(seat: Seat) -> Any:
    return seat.page.get_by_test_id("escalation-stopped")


@pytest.mark.exhaustive
def test_the_dead_mans_switch_shows_while_the_worker_is_dead(
    demo: World, dana: Seat, robin: Seat, revive: Callable[[], None]
) -> None:
    wait_until(dana, ESCALATING)
    expect(banner(dana)).to_have_count(0)
    expect(banner(robin)).to_have_count(0)
    kill_worker(demo.server)
    demo.travel(datetime.now(UTC) + timedelta(seconds=70))

    expect(banner(dana)).to_be_visible(timeout=PATIENCE_MS)
    expect(dana.page.get_by_role("alert")).to_contain_text("Flags have stopped moving")
    expect(dana.page.get_by_role("alert").get_by_role("link")).to_have_attribute(
        "href", "/worklist"
    )
    assert_accessible(dana.page, "escalation stopped, staff")
    assert_fits(dana.page, "escalation stopped, staff")

    expect(banner(robin)).to_be_visible(timeout=PATIENCE_MS)
    expect(banner(robin)).to_have_attribute("role", "status")
    expect(banner(robin)).to_contain_text("Your answers are kept")
    expect(banner(robin).get_by_role("link", name="Help now")).to_have_attribute("href", "/help")
    assert_accessible(robin.page, "escalation stopped, person")
    assert_fits(robin.page, "escalation stopped, person")

    revive()
    expect(banner(dana)).to_have_count(0, timeout=PATIENCE_MS)
    expect(banner(robin)).to_have_count(0, timeout=PATIENCE_MS)
    assert demo.complaints() == []


def deliver_push(seat: Seat, content: dict[str, str]) -> None:
    """As the browser's push service would, by the developer tools' protocol."""
    session = seat.context.new_cdp_session(seat.page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not found:
        assert time.monotonic() < deadline, "the browser names no service worker"
        # Events arrive while the page is asked for something.
        seat.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": seat.page.evaluate("location.origin"),
            "registrationId": found[0],
            "data": json.dumps(content).ljust(512),
        },
    )
    session.detach()


COUNT = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length === 1"

SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  (each) => ({ title: each.title, body: each.body, lang: each.lang, icon: each.icon }))"""

TAP = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


def test_a_push_shows_a_discreet_notification_that_opens_the_app(demo: World, robin: Seat) -> None:
    robin.context.grant_permissions(["notifications"])
    robin.go("/me")
    robin.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    robin.page.reload()
    expect(robin.page.locator("main h1")).to_be_visible()
    title = "There is something new for you"
    content = {"title": title, "language": "en", "path": "/today", "tag": "1"}
    deliver_push(robin, content)
    try:
        wait_until(robin, COUNT, seconds=10)
    except Error:
        # A push service delivers again what no worker took; the same tag shows it once.
        deliver_push(robin, content)
        wait_until(robin, COUNT)
    shown = robin.page.evaluate(SHOWN)[0]
    assert (shown["title"], shown["body"], shown["lang"]) == (title, "", "en")
    assert shown["icon"].endswith("/icons/notes-192.png")
    robin.context.service_workers[0].evaluate(TAP)
    expect(robin.page).to_have_url(re.compile("/today$"))
    assert robin.page.evaluate(SHOWN) == []


def test_the_settings_say_what_is_sent_when_and_whether_it_arrived(
    demo: World, robin: Seat
) -> None:
    robin.go("/me/notifications")
    expect(robin.page.get_by_role("heading", level=1)).to_have_text("Notifications")
    expect(robin.page.get_by_test_id("device-state")).to_be_visible()
    robin.page.get_by_label("From", exact=True).fill("22:15")
    robin.page.get_by_label("Until", exact=True).fill("06:45")
    robin.does.press("Save")
    expect(robin.page.get_by_text("Saved", exact=True)).to_be_visible()
    robin.page.reload()
    expect(robin.page.get_by_label("From", exact=True)).to_have_value("22:15")
    robin.does.press("Send me a message")
    newest = robin.page.get_by_test_id("messages").locator("> li").first
    expect(newest).to_contain_text("A test message")
    expect(newest).to_contain_text("E-mail: not sent")
    assert_accessible(robin.page, "notifications")
    assert_fits(robin.page, "notifications")
    assert robin.complaints == []


@pytest.mark.exhaustive
def test_staff_have_the_same_settings_and_a_sound_of_their_own_wish(
    demo: World, dana: Seat
) -> None:
    dana.go("/security")
    dana.does.press("Notifications", role="link")
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Notifications")
    expect(dana.page.get_by_text("Flags always reach you")).to_be_visible()
    sound = dana.page.get_by_role("switch", name="Play a sound")
    expect(sound).not_to_be_checked()
    assert_accessible(dana.page, "notifications of staff")
    assert_fits(dana.page, "notifications of staff")
    assert dana.complaints == []
