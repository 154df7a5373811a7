"""The companion: begun on one device and finished on another, read by whom one chooses, and a human
when it matters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_sharing import demo_seat
from tests.e2e.test_vault import sign_in
from tests.e2e.world import Seat, World, Worlds, berlin
from tests.e2e.writers import WAIT, give_code_and_keys, writer

SITUATION = "My sister did not call back on Sunday"
THOUGHT = "She is tired of me"
FAIRER = "She works nights, and she called on Friday"
CRISIS = "I am going to kill myself tonight. I have the pills in front of me."


@dataclass
class Talks:
    """A person with private writing, her therapist, and whoever runs the practice."""

    world: World
    ines: Seat
    dana: Seat
    ada: Seat
    record: str

    @property
    def practice(self) -> str:
        return self.record.split("/clients/")[0]


def gather(world: World) -> Talks:
    ines = writer(world, "Ines", "ines")
    _, me = ines.api("GET", "/me")
    membership = me["memberships"][0]
    record = f"/practices/{membership['practice']['id']}/clients/{membership['client_id']}"
    dana, ada = demo_seat(world, "Dana", "dana"), demo_seat(world, "Ada", "ada")
    made = Talks(world, ines, dana, ada, record)
    _, people = ada.api("GET", f"{made.practice}/people")
    staff = next(each for each in people["items"] if each["display_name"].startswith("Dana"))
    body = {"membership_id": staff["id"], "purpose": "treatment", "primary": True}
    assert ada.api("POST", f"{record}/care-team", body)[0] == 201
    give_code_and_keys(dana)
    return made


@pytest.fixture(scope="module")
def talks(worlds: Worlds) -> Talks:
    return gather(worlds.demo())


def log(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("talk-log")


def answering(seat: Seat) -> Locator:
    return seat.page.get_by_role("group", name="Your answer")


def begin(seat: Seat) -> None:
    """From Today to the first question, past what the practice has written down."""
    seat.go("/today")
    seat.page.get_by_role("link", name="Talk it through").click()
    before = seat.page.get_by_test_id("talk-before")
    expect(before.get_by_test_id("talk-policy").get_by_role("listitem").first).to_be_visible(
        timeout=WAIT
    )
    before.get_by_role("button", name="Begin").click()
    answered(seat, 0)


def heard(seat: Seat) -> int:
    """How many turns were answered; the next can be given."""
    expect(answering(seat)).to_have_attribute("aria-busy", "false", timeout=WAIT)
    return int(answering(seat).get_attribute("data-turns") or 0)


def answered(seat: Seat, before: int) -> None:
    expect(answering(seat)).to_have_attribute("data-turns", str(before + 1), timeout=WAIT)
    expect(answering(seat)).to_have_attribute("aria-busy", "false", timeout=WAIT)


def say(seat: Seat, words: str) -> None:
    before = heard(seat)
    answering(seat).get_by_label("In your own words").fill(words)
    answering(seat).get_by_role("button", name="Send").click()
    answered(seat, before)


def tap(seat: Seat, label: str | re.Pattern[str]) -> None:
    before = heard(seat)
    answering(seat).get_by_role("button", name=label, exact=isinstance(label, str)).first.click()
    answered(seat, before)


def skip_until(seat: Seat, words: Locator, most: int = 14) -> None:
    """On through questions that this story leaves open."""
    for _ in range(most):
        if words.is_visible():
            return
        tap(seat, "Skip this")
    expect(words).to_be_visible()


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


def test_a_thought_is_looked_at_on_two_devices_and_the_summary_shared(talks: Talks) -> None:
    """Begun on the phone; two days later it goes on at a laptop from where it stood."""
    world, ines = talks.world, talks.ines
    world.travel(berlin(2026, 11, 24, 10))
    begin(ines)
    say(ines, "Take me to the thought record")
    say(ines, SITUATION)
    answering(ines).get_by_role("button", name="sad", exact=True).click()
    look_closely(ines, "a conversation")
    tap(ines, "Answer with this")
    say(ines, THOUGHT)
    tap(ines, "That's all")

    world.pass_time(timedelta(days=2))
    laptop = world.seat("Ines's laptop", ines.login)
    laptop.password = ines.password
    sign_in(laptop)
    laptop.go("/companion")
    laptop.does.fill("Your password", laptop.password)
    laptop.does.press("Open")
    expect(log(laptop)).to_contain_text(SITUATION, timeout=WAIT)
    say(laptop, THOUGHT)
    summary = answering(laptop).get_by_label("Your summary")
    skip_until(laptop, summary)
    expect(summary).to_have_value(re.compile(re.escape(SITUATION)))
    summary.fill(f"{SITUATION}. {FAIRER}.")
    answering(laptop).get_by_role("button", name="Keep this").click()
    keep = laptop.page.get_by_test_id("summary-keep")
    keep.get_by_role("button", name="Keep in private writing").click()
    kept = laptop.page.get_by_test_id("summary-kept")
    kept.get_by_role("button", name=re.compile("Share")).click(timeout=WAIT)
    share_with_dana(laptop)
    status, shared = talks.dana.api("GET", f"{talks.record}/vault/shared")
    assert (status, len(shared["items"])) == (200, 1)
    assert SITUATION not in str(shared)
    assert world.complaints() == []


def share_with_dana(seat: Seat) -> None:
    dialog = seat.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Dana").check()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="See what they will see").click()
    dialog.get_by_role("button", name="Share with Dana").click()
    expect(dialog.get_by_role("heading", name="Shared with Dana")).to_be_visible(timeout=WAIT)
