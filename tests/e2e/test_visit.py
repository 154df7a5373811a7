"""A visit by video: waited for, let in, broken off, found again, finished, and its note signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.e2e import calls, relay
from tests.e2e.calls import together
from tests.e2e.server import free_port
from tests.e2e.world import Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys


@pytest.fixture(scope="module")
def media(playwright: Playwright) -> Iterator[Browser]:
    started = calls.launch_with_media(playwright)
    yield started
    started.close()


def make_demo(worlds: Worlds, media: Browser, **environment: str) -> World:
    topics = {"HOLDFAST_TOPICS_PORT": str(free_port())}
    world = worlds.demo(environment=topics | environment)
    world.browser = media
    return world


def open_keys(seat: Seat) -> None:
    seat.does.fill("Your password", seat.password)
    seat.does.press("Open")
    expect(seat.page.get_by_label("Your password")).to_be_hidden(timeout=WAIT)


def test_a_visit_from_the_waiting_room_to_the_signed_note(worlds: Worlds, media: Browser) -> None:
    demo = make_demo(worlds, media)
    robin, dana = calls.pair(demo)
    for seat in (robin, dana):
        give_code_and_keys(seat)
    visit = calls.plan(dana, robin)

    robin.go("/today")
    robin.page.get_by_role("link", name="Join").click()
    open_keys(robin)
    calls.come(robin)
    dana.go(visit)
    open_keys(dana)
    # The clinician's coming lets nobody in.
    expect(robin.page.get_by_test_id("waiting-room")).to_be_visible()
    calls.let_in(dana)
    together(robin, dana)
    for seat in (robin, dana):
        calls.until(seat.page, calls.some)
        expect(seat.page.get_by_test_id("vouched")).to_have_attribute("data-trust", "signed")
    words = [seat.page.get_by_test_id("call-words").text_content() for seat in (robin, dana)]
    assert words[0] == words[1]

    # One page goes and comes back: to where it was, without asking anything.
    robin.page.reload()
    together(robin, dana)
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
    expect(calls.room(dana)).to_have_attribute("data-phase", "apart", timeout=WAIT)
    robin.page.get_by_role("link", name="Progress").click()
    banner = robin.page.get_by_test_id("visit-goes-on")
    banner.get_by_role("link", name="Go there").click()
    robin.page.get_by_role("button", name="I am ready").click()
    together(robin, dana)

    dana.page.get_by_role("button", name="Begin a note").click()
    dana.page.get_by_label("Subjective").fill("We spoke by video.")
    dana.page.get_by_role("button", name="Finish the visit").click()
    dana.page.get_by_role("button", name="Yes, it is over").click()
    expect(robin.page.get_by_test_id("over")).to_contain_text("You met with", timeout=WAIT)
    expect(dana.page.get_by_test_id("over")).to_contain_text("The visit is over", timeout=WAIT)
    note = dana.page.get_by_test_id("visit-notes")
    expect(note.get_by_label("Subjective")).to_have_value("We spoke by video.", timeout=WAIT)
    note.get_by_role("button", name="Sign", exact=True).click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Sign").click()
    expect(note.get_by_text("Signed.")).to_be_visible(timeout=WAIT)
    assert demo.complaints() == []


@pytest.mark.exhaustive
def test_a_visit_goes_over_the_relay_alone_where_the_practice_says_so(
    worlds: Worlds, media: Browser, tmp_path: Path
) -> None:
    with relay.running(tmp_path) as settings:
        demo = make_demo(worlds, media, **settings)
        robin, dana = calls.pair(demo)
        visit = calls.plan(dana, robin)
        for seat in (robin, dana):
            seat.go(visit)
        calls.come(robin)
        calls.let_in(dana)
        together(robin, dana)
        for seat in (robin, dana):
            assert calls.until(seat.page, calls.some).relayed
            expect(seat.page.get_by_test_id("connection")).to_contain_text("relay")
        # Nobody has keys here: the screen says so, and there are words to compare.
        expect(dana.page.get_by_test_id("vouched")).to_have_attribute("data-trust", "bare")


@pytest.mark.exhaustive
def test_a_visit_in_writing_goes_from_one_device_to_the_other(
    worlds: Worlds, media: Browser
) -> None:
    demo = make_demo(worlds, media)
    robin, dana = calls.pair(demo)
    visit = calls.plan(dana, robin, medium="text")
    for seat in (robin, dana):
        seat.go(visit)
    calls.come(robin)
    calls.let_in(dana)
    together(robin, dana)
    robin.page.get_by_label("Write to Dana").fill("I am here.")
    robin.page.get_by_role("button", name="Send").click()
    expect(dana.page.get_by_test_id("lines")).to_contain_text("I am here.", timeout=WAIT)
