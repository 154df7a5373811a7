"""A person and their therapist write to each other: sealed, in order, and exactly once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_sharing import DEMO_PASSWORD
from tests.e2e.world import DESK, Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys, writer

FIRST = "I slept badly since the Quastenflosser."
ANSWER = "Tell me more on Thursday."
OFFLINE = ("Written in a tunnel.", "And one behind it.")


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.demo()


def clinician(world: World, name: str) -> Seat:
    seat = world.seat(name, name.lower(), viewport=DESK)
    seat.password = DEMO_PASSWORD
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{name.lower()}").click()
    expect(seat.page.locator(".hf-shell-nav")).to_be_visible(timeout=WAIT)
    return seat


def put_on_team(person: Seat, admin: Seat, name: str) -> str:
    """The path of the person's record, once this clinician is on their care team."""
    _, me = person.api("GET", "/me")
    membership = me["memberships"][0]
    practice = f"/practices/{membership['practice']['id']}"
    record = f"{practice}/clients/{membership['client_id']}"
    _, people = admin.api("GET", f"{practice}/people")
    staff = next(one["id"] for one in people["items"] if one["display_name"].startswith(name))
    body = {"membership_id": staff, "purpose": "treatment", "primary": True}
    status, answer = admin.api("POST", f"{record}/care-team", body)
    assert status == 201, answer
    return record


def said(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("message").locator(".hf-bubble")


def write(seat: Seat, text: str) -> None:
    seat.page.get_by_label("Your message").fill(text)
    seat.page.get_by_label("Your message").press("Control+Enter")


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


def test_they_write_to_each_other_and_what_was_written_offline_arrives_once(world: World) -> None:
    ines = writer(world, "Ines", "ines")
    dana, ada = clinician(world, "Dana"), clinician(world, "Ada")
    record = put_on_team(ines, ada, "Dana")
    give_code_and_keys(dana)
    practice = record.split("/clients/")[0]
    assert dana.api("PUT", f"{practice}/answering", {"within": "working-day"})[0] == 200

    ines.go("/messages")
    ines.does.press("Write to somebody")
    expect(ines.page.get_by_role("checkbox", name=re.compile("Dana"))).to_be_checked()
    look_closely(ines, "messages: whom to write to")
    ines.does.press("Begin")
    expect(ines.page.get_by_test_id("within")).to_contain_text("within a working day")
    write(ines, FIRST)
    expect(said(ines)).to_have_text([FIRST], timeout=WAIT)

    dana.go("/messages")
    dana.does.fill("Your password", dana.password)
    dana.does.press("Open")
    row = dana.page.get_by_role("link", name=re.compile("Ines.*1 new"))
    expect(row).to_be_visible(timeout=WAIT)
    look_closely(dana, "messages: inbox")
    dana.page.keyboard.press("j")
    dana.page.keyboard.press("Enter")
    expect(said(dana)).to_have_text([FIRST], timeout=WAIT)
    write(dana, ANSWER)
    expect(said(dana)).to_have_text([FIRST, ANSWER], timeout=WAIT)
    expect(said(ines)).to_have_text([FIRST, ANSWER], timeout=WAIT)
    expect(ines.page.get_by_test_id("message").first).to_contain_text("Read", timeout=WAIT)
    look_closely(ines, "messages: a thread")

    ines.context.set_offline(True)
    for text in OFFLINE:
        write(ines, text)
    waiting = ines.page.get_by_test_id("waiting")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("Waits on this device")
    write(ines, "Better not.")
    expect(waiting).to_have_count(3)
    waiting.nth(2).get_by_role("button", name="Withdraw").click()
    expect(waiting).to_have_count(2)
    ines.context.set_offline(False)
    expect(said(ines)).to_have_text([FIRST, ANSWER, *OFFLINE], timeout=WAIT)
    expect(waiting).to_have_count(0)
    dana.page.reload()
    expect(said(dana)).to_have_text([FIRST, ANSWER, *OFFLINE], timeout=WAIT)
    status, unseen = ines.api("GET", f"{practice}/threads")
    assert (status, unseen["items"][0]["last_seq"]) == (200, 4)
    assert FIRST not in world.server.log()


@pytest.mark.exhaustive
def test_what_the_team_writes_about_somebody_says_that_they_never_see_it(world: World) -> None:
    """Follows the story before."""
    dana, ines = world.seats["dana"], world.seats["ines"]
    _, me = ines.api("GET", "/me")
    client = me["memberships"][0]["client_id"]
    dana.go(f"/people/{client}")
    section = dana.page.locator("#messages")
    section.get_by_role("button", name="Write to the team").click()
    expect(section.get_by_role("button", name="Begin")).to_be_disabled()
    look_closely(dana, "messages: on the page of a person")
    assert world.complaints() == []
