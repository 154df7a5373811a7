"""A programme is made, joined under a name of one's choice, attended, talked in, and left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_messages import clinician, said, write
from tests.e2e.world import Seat, World, Worlds, berlin
from tests.e2e.writers import WAIT, give_code_and_keys, writer

TITLE = "Evenings against panic"
RULES = "What is said here stays here."
SAID = "It worked in the bus."


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.demo(berlin(2026, 11, 24, 17))


def looks_right(seat: Seat, name: str) -> None:
    """Axe, and nothing cut off; a picture where a developer asks for pictures."""
    assert_accessible(seat.page, name)
    assert_fits(seat.page, name)
    if folder := os.environ.get("HOLDFAST_LOOK_AT"):
        look(seat, Path(folder), name)


def look(seat: Seat, folder: Path, name: str) -> None:
    """Light and dark, narrow and wide; the last of them as it was."""
    page, before = seat.page, seat.page.viewport_size
    for width, scheme in ((390, "dark"), (1440, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)


def make(dana: Seat) -> str:
    """The path of a programme of two evenings, published."""
    dana.go("/groups")
    expect(dana.page.get_by_text("You lead no group yet")).to_be_visible(timeout=WAIT)
    dana.page.keyboard.press("n")
    form = dana.page.locator("form")
    form.get_by_role("textbox", name="Title", exact=True).fill(TITLE)
    form.get_by_label("What it is for").fill("For people whom panic visits.")
    form.get_by_label("Rules of the group").fill(RULES)
    form.get_by_label("First session").fill("2026-11-24T18:30")
    form.get_by_label("How you meet").select_option("in_person")
    form.get_by_label("Session 1: title").fill("Arriving")
    form.get_by_label("Session 1: for members to read").fill("Bring a cup.")
    form.get_by_role("button", name="Add a session").click()
    form.get_by_label("Session 2: title").fill("Breathing")
    looks_right(dana, "group-form")
    form.get_by_role("button", name="Save").click()
    expect(dana.page.get_by_text("Draft", exact=True)).to_be_visible(timeout=WAIT)
    dana.page.get_by_role("button", name="Publish").click()
    expect(dana.page.get_by_text("Running", exact=True)).to_be_visible(timeout=WAIT)
    return f"/groups/{dana.page.url.rsplit('/', 1)[1]}"


def asks(person: Seat, called: str) -> None:
    person.go("/programmes")
    looks_right(person, "groups-open")
    person.page.get_by_test_id("programme").get_by_role("link").click()
    ask = person.page.get_by_role("button", name="Ask to join")
    expect(ask).to_be_disabled(timeout=WAIT)
    person.page.get_by_label("What should the group call you?").fill(called)
    looks_right(person, "group-ask")
    ask.click()
    expect(person.page.get_by_text("You asked to join")).to_be_visible(timeout=WAIT)


def agrees(person: Seat) -> None:
    person.page.reload()
    expect(person.page.get_by_text(RULES)).to_be_visible(timeout=WAIT)
    person.page.get_by_label("I have read them").check()
    looks_right(person, "group-rules")
    person.page.get_by_role("button", name="I agree to these rules").click()
    expect(person.page.get_by_text("Who is in it")).to_be_visible(timeout=WAIT)


def opens(person: Seat) -> None:
    """The conversation, with the password where this page was not given it yet."""
    box, password = (person.page.get_by_label(f"Your {what}") for what in ("message", "password"))
    expect(box.or_(password).first).to_be_visible(timeout=WAIT)
    if password.is_visible():
        person.does.fill("Your password", person.password)
        person.does.press("Open")
    expect(box).to_be_visible(timeout=WAIT)


@pytest.mark.exhaustive
def test_from_making_a_programme_to_leaving_it(world: World) -> None:
    dana = clinician(world, "Dana")
    give_code_and_keys(dana)
    ines, jo = writer(world, "Ines", "ines"), writer(world, "Joan", "joan")
    group = make(dana)

    asks(ines, "Fox")
    asks(jo, "Bear")
    dana.page.reload()
    asking = dana.page.get_by_test_id("asking")
    expect(asking).to_contain_text("in the group: Fox", timeout=WAIT)
    looks_right(dana, "group-asking")
    for name in ("Ines", "Joan"):
        asking.get_by_role("button", name=f"Accept {name}").click()
        expect(asking.get_by_role("button", name=f"Accept {name}")).to_have_count(0, timeout=WAIT)
    agrees(ines)
    agrees(jo)
    expect(jo.page.locator("main")).to_contain_text("Fox")
    expect(jo.page.locator("main")).not_to_contain_text("Ines")
    looks_right(jo, "group-member")

    # The conversation, begun by who leads; everybody under the name that they chose.
    dana.page.reload()
    dana.does.fill("Your password", dana.password)
    dana.does.press("Open")
    dana.page.get_by_role("button", name="Begin the conversation").click()
    open_it = dana.page.get_by_role("link", name="Open the conversation")
    expect(open_it).to_be_visible(timeout=WAIT)
    ines.page.reload()
    ines.page.get_by_role("link", name="Open the conversation").click()
    expect(ines.page.get_by_role("heading", level=1)).to_have_text(TITLE, timeout=WAIT)
    opens(ines)
    write(ines, SAID)
    expect(said(ines)).to_have_text([SAID], timeout=WAIT)
    jo.page.reload()
    jo.page.get_by_role("link", name="Open the conversation").click()
    opens(jo)
    expect(said(jo)).to_have_text([SAID], timeout=WAIT)
    expect(jo.page.locator("main")).to_contain_text("Fox")
    expect(jo.page.locator("main")).not_to_contain_text("Ines")
    looks_right(jo, "group-thread")

    # Her first evening.
    world.travel(berlin(2026, 11, 24, 18, 40))
    dana.go(group)
    attendance = dana.page.get_by_label("Ines at session 1")
    attendance.select_option("present", timeout=WAIT)
    expect(attendance).to_have_value("present", timeout=WAIT)
    looks_right(dana, "group-roster")
    ines.go(group.replace("/groups", "/programmes"))
    expect(ines.page.get_by_text("You were there")).to_be_visible(timeout=WAIT)
    looks_right(ines, "group-attended")

    # Out, without a why.
    ines.page.get_by_role("button", name="Leave the group").click()
    ines.page.get_by_role("dialog").get_by_role("button", name="Leave the group").click()
    expect(ines.page).to_have_url("/programmes", timeout=WAIT)
    ines.go("/messages")
    expect(ines.page.get_by_text("No messages yet")).to_be_visible(timeout=WAIT)
    jo.page.reload()
    write(jo, "See you next week.")
    expect(said(jo)).to_have_text([SAID, "See you next week."], timeout=WAIT)
    dana.page.reload()
    dana.page.get_by_test_id("roster").get_by_text("Who left").click()
    expect(dana.page.get_by_test_id("roster")).to_contain_text("Ines")
    dana.go("/groups")
    expect(dana.page.get_by_test_id("groups")).to_contain_text("1 of 8 places taken", timeout=WAIT)
    looks_right(dana, "groups-led")
    assert SAID not in world.server.log()
