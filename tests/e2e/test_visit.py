"""A visit by video: waited for, let in, broken off and found again, finished, and its note signed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e import calls
from tests.e2e.server import free_port
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys


LET_IN = re.compile("^Let Robin.* in$")


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


@pytest.fixture
def demo(worlds: Worlds, media: Browser) -> World:
    world = worlds.demo(environment={"HOLDFAST_TOPICS_PORT": str(free_port())})
    world.browser = media
    return world


def plan(dana: Seat, robin: Seat, medium: str = "video") -> str:
    """A visit of the two in five minutes; its address."""
    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    client = own["client_id"]
    starts = datetime.now(UTC) + timedelta(minutes=5)
    body = {"starts_at": starts.isoformat(), "status": "planned", "medium": medium}
    path = f"/practices/{own['practice']['id']}/clients/{client}/encounters"
    status, made = dana.api("POST", path, body)
    assert status == 201, made
    return f"/visits/{client}/{made['id']}"


def open_keys(seat: Seat) -> None:
    seat.does.fill("Your password", seat.password)
    seat.does.press("Open")
    expect(seat.page.get_by_label("Your password")).to_be_hidden(timeout=WAIT)


def phase(seat: Seat) -> Any:
    return seat.page.get_by_test_id("room")


def together(*seats: Seat) -> None:
    for seat in seats:
        expect(phase(seat)).to_have_attribute("data-phase", "together", timeout=WAIT)


def pair(demo: World) -> tuple[Seat, Seat]:
    """Robin on a phone and Dana at a desk, logged in, with media."""
    robin = calls.with_media(demo_seat(demo, "Robin", "robin"))
    dana = calls.with_media(demo_seat(demo, "Dana", "dana"))
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    return robin, dana


def come_in(robin: Seat, dana: Seat, visit: str) -> None:
    """Robin waits, Dana opens the room and lets Robin in."""
    robin.page.get_by_role("button", name="I am ready").click()
    expect(robin.page.get_by_test_id("waiting-room")).to_contain_text("You are in", timeout=WAIT)
    dana.go(visit)


def let_in(dana: Seat) -> None:
    dana.page.get_by_role("button", name="Open the room").click()
    lobby = dana.page.get_by_test_id("lobby")
    expect(lobby).to_contain_text("has been waiting since", timeout=WAIT)
    lobby.get_by_role("button", name=LET_IN).click()


def test_a_visit_from_the_waiting_room_to_the_signed_note(demo: World) -> None:
    robin, dana = pair(demo)
    for seat in (robin, dana):
        give_code_and_keys(seat)
    visit = plan(dana, robin)

    robin.go("/today")
    robin.page.get_by_role("link", name="Join").click()
    open_keys(robin)
    come_in(robin, dana, visit)
    open_keys(dana)
    # The clinician's coming lets nobody in.
    expect(robin.page.get_by_test_id("waiting-room")).to_be_visible()
    assert calls.flowing(robin.page).made <= 1
    let_in(dana)
    together(robin, dana)
    for seat in (robin, dana):
        calls.until(seat.page, calls.some)
        expect(seat.page.get_by_test_id("vouched")).to_have_attribute("data-trust", "signed")
    words = [seat.page.get_by_test_id("call-words").inner_text() for seat in (robin, dana)]
    assert words[0] == words[1]
    print(f"admitted to first frame: {calls.admitted_to_first_frame(dana.page):.0f} ms")

    # One page goes and comes back: to where it was, without asking anything.
    robin.page.reload()
    began = time.monotonic()
    together(robin, dana)
    calls.until(robin.page, calls.some)
    print(f"reloaded to frames: {time.monotonic() - began:.1f} s")
    before = {seat.name: calls.until(seat.page, calls.some) for seat in (robin, dana)}

    # The server goes and comes back: the two notice nothing.
    demo.server.stop()
    for seat in (robin, dana):
        calls.until(seat.page, calls.more_than(before[seat.name]))
    demo.server.start("--demo")
    after = {seat.name: calls.flowing(seat.page) for seat in (robin, dana)}
    for seat in (robin, dana):
        now = calls.until(seat.page, calls.more_than(after[seat.name]))
        assert now.made == before[seat.name].made
    together(robin, dana)

    # Hanging up ends nothing, and the way back stands on every screen.
    robin.page.get_by_role("button", name="Hang up").click()
    expect(robin.page.get_by_test_id("left")).to_contain_text("The visit goes on")
    expect(phase(dana)).to_have_attribute("data-phase", "apart", timeout=WAIT)
    robin.go("/progress")
    banner = robin.page.get_by_test_id("visit-goes-on")
    banner.get_by_role("link", name="Go there").click()
    robin.page.get_by_role("button", name="I am ready").click()
    together(robin, dana)

    dana.page.get_by_role("button", name="Begin a note").click()
    dana.page.get_by_label("Subjective").fill("We spoke by video.")
    dana.page.get_by_role("button", name="Finish the visit").click()
    dana.page.get_by_role("button", name="Yes, it is over").click()
    expect(robin.page.get_by_test_id("over")).to_contain_text("You met with", timeout=WAIT)
    over = dana.page.get_by_test_id("over")
    expect(over).to_contain_text("The visit is over", timeout=WAIT)
    note = dana.page.get_by_test_id("visit-notes")
    expect(note.get_by_label("Subjective")).to_have_value("We spoke by video.", timeout=WAIT)
    note.get_by_role("button", name="Sign", exact=True).click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Sign").click()
    expect(note.get_by_text("Signed.")).to_be_visible(timeout=WAIT)
    assert demo.complaints() == []
