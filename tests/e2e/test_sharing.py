"""Sharing out of private writing: seen first, stopped in two taps, passed on by hand."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from holdfast.core.vault.engine import keys
from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_vault import entry, write
from tests.e2e.world import DESK, Seat, World, Worlds
from tests.e2e.writers import WAIT, give_code_and_keys, open_journal, writer
from tests.vault_wire import entry_posted, new_keys

SECRET = "Nobody shall read about the Quastenflosser."
TOLD = "I slept for six hours."
FIRST = f"{TOLD} {SECRET}"
NEW = "A walk to the Fernsehturm with my sister"
CHANGED = "A walk to the Fernsehturm, and back in the rain"
AFTER = "What I wrote when Dana had stopped reading"
#: The demo's accounts have this one; see `holdfast demo`.
DEMO_PASSWORD = "harbour-lantern-42"


@dataclass
class Care:
    """A person, the clinicians of the demo practice, and whoever runs it."""

    world: World
    ines: Seat
    dana: Seat
    ada: Seat
    record: str

    @property
    def practice(self) -> str:
        return self.record.split("/clients/")[0]

    @property
    def shared(self) -> str:
        return f"{self.record}/vault/shared"

    def staff(self, login: str) -> str:
        """A colleague's membership, by the name they are shown under."""
        _, people = self.ada.api("GET", f"{self.practice}/people")
        found: str = next(
            each["id"] for each in people["items"] if each["display_name"].startswith(login)
        )
        return found

    def put_on_team(self, login: str, **more: Any) -> None:
        body = {"membership_id": self.staff(login), "purpose": "treatment", **more}
        status, answer = self.ada.api("POST", f"{self.record}/care-team", body)
        assert status == 201, answer


@pytest.fixture(scope="module")
def care(worlds: Worlds) -> Care:
    """Ines writes on her phone; Dana, on her care team, makes a key of her own."""
    world = worlds.demo()
    ines = writer(world, "Ines", "ines", installs=True)
    _, me = ines.api("GET", "/me")
    membership = me["memberships"][0]
    record = f"/practices/{membership['practice']['id']}/clients/{membership['client_id']}"
    ada = demo_seat(world, "Ada", "ada")
    made = Care(world, ines, demo_seat(world, "Dana", "dana"), ada, record)
    made.put_on_team("Dana", primary=True)
    write(ines, FIRST)
    expect(ines.page.get_by_text("Only on this device")).to_have_count(0, timeout=WAIT)
    return made


def demo_seat(world: World, name: str, login: str) -> Seat:
    seat = world.seat(name, login, viewport=DESK)
    seat.password = DEMO_PASSWORD
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page.locator(".hf-shell-nav")).to_be_visible(timeout=WAIT)
    return seat


def open_person(care: Care, seat: Seat) -> Locator:
    """A clinician's page of Ines; gives its part with what she shares."""
    seat.go(f"/people/{care.record.rsplit('/', 1)[1]}")
    return seat.page.locator("#shared")


def make_key(care: Care, seat: Seat) -> Locator:
    """A clinician sets up a vault of their own, with a recovery code that they make first."""
    seat.go("/security")
    panel = seat.page.get_by_role("region", name="Recovery code")
    panel.get_by_label("Your password").fill(seat.password)
    panel.get_by_role("button", name="Make a new code").click()
    shown = seat.page.get_by_test_id("recovery-code")
    expect(shown).to_be_visible(timeout=WAIT)
    seat.recovery_code = (shown.text_content() or "").strip()
    seat.does.fill("The last four characters of your code", seat.recovery_code[-4:])
    panel.get_by_role("button", name="Replace the old code").click()
    expect(panel.get_by_role("status")).to_be_visible(timeout=WAIT)
    shared = open_person(care, seat)
    shared.get_by_role("button", name="Make my key").click()
    # Messages on the same page ask for the same.
    shared.get_by_role("textbox", name="Your password").fill(seat.password)
    shared.get_by_role("textbox", name="Recovery code").fill(seat.recovery_code)
    shared.get_by_role("button", name="Begin").click()
    expect(shared.get_by_text("Ines shares no writing with you.")).to_be_visible(timeout=WAIT)
    return shared


def who_can_read(seat: Seat) -> None:
    seat.go("/me/sharing")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Who can read what")


def reader(seat: Seat, name: str) -> Locator:
    return seat.page.get_by_test_id("reader").filter(
        has=seat.page.get_by_role("heading", name=name, exact=False)
    )


def texts(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("shared-text")


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


@pytest.mark.exhaustive
def test_the_person_sees_exactly_what_the_reader_will_see(care: Care) -> None:
    ines, dana = care.ines, care.dana
    open_share(ines, FIRST)
    dialog = ines.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Dana")).to_be_disabled()
    expect(dialog).to_contain_text("no key for sealed writing yet")
    ines.page.keyboard.press("Escape")
    make_key(care, dana)
    ines.page.reload()
    open_share(ines, FIRST)
    dialog.get_by_role("radio", name="Dana").check()
    look_closely(ines, "share: who")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("radio", name="Some passages").check()
    expect(dialog.get_by_role("button", name="See what they will see")).to_be_disabled()
    dialog.get_by_role("checkbox", name=TOLD).check()
    look_closely(ines, "share: what")
    dialog.get_by_role("button", name="See what they will see").click()
    preview = dialog.get_by_test_id("shared-content")
    expect(preview.locator(".hf-entry-text")).to_have_text(TOLD)
    dialog.get_by_text("Twelve words to compare").click()
    words = dialog.get_by_test_id("words").locator("li")
    expect(words).to_have_count(12)
    spoken = words.all_text_contents()
    dialog.get_by_role("button", name="Share with Dana").click()
    expect(dialog.get_by_role("heading", name="Shared with Dana")).to_be_visible(timeout=WAIT)
    dialog.get_by_role("button", name="Close").last.click()

    shared = open_person(care, dana)
    expect(texts(dana)).to_have_count(1, timeout=WAIT)
    expect(texts(dana).locator(".hf-entry-text")).to_have_text(TOLD)
    expect(texts(dana)).to_contain_text("Shared by Ines on")
    shared.get_by_text("Twelve words to compare with Ines").click()
    expect(shared.get_by_test_id("words").locator("li")).to_have_text(spoken)
    expect(dana.page.locator(".hf-chart__glyph[data-kind=shared]").first).to_be_attached()
    look_closely(dana, "a person's page with something shared")
    shared.get_by_role("button", name="Lock again").click()
    expect(shared.get_by_test_id("shared-locked")).to_be_visible()
    shared.get_by_role("button", name="Open it").click()
    dana.does.fill("Your password", dana.password)
    shared.get_by_role("button", name="Open", exact=True).click()
    expect(texts(dana)).to_have_count(1, timeout=WAIT)


def open_share(seat: Seat, words: str) -> None:
    entry(seat, words).get_by_role("button", name="Share the entry").click()
    expect(seat.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.exhaustive
def test_all_that_comes_goes_to_the_reader_until_it_is_stopped(care: Care) -> None:
    ines, dana = care.ines, care.dana
    who_can_read(ines)
    own = reader(ines, "Dana")
    expect(own.get_by_test_id("shared-item")).to_contain_text(TOLD)
    expect(own.get_by_test_id("shared-item")).to_contain_text("last opened")
    own.get_by_role("button", name="Share all new entries with Dana").click()
    ines.page.get_by_role("dialog").get_by_role("button", name="Share from now on").click()
    expect(own.get_by_test_id("standing-share")).to_contain_text("All new entries", timeout=WAIT)

    open_journal(ines)
    expect(ines.page.get_by_test_id("standing")).to_contain_text("shared with Dana")
    ines.context.set_offline(True)
    write(ines, NEW)
    ines.context.set_offline(False)
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    expect(entry(ines, NEW).get_by_test_id("shared-with")).to_have_text(
        "Shared with Dana", timeout=WAIT
    )
    open_person(care, dana)
    expect(texts(dana)).to_have_count(2, timeout=WAIT)
    expect(texts(dana).first).to_contain_text(NEW)
    change(ines, NEW, CHANGED)
    look_again_until(dana, CHANGED)
    assert SECRET not in dana.page.content()


def look_again_until(dana: Seat, text: str) -> None:
    """A new version goes on to the reader a moment after it is sent; nobody tells them."""
    deadline = time.monotonic() + WAIT / 1000
    while text not in (texts(dana).first.text_content() or ""):
        assert time.monotonic() < deadline, f"{text!r} never came"
        with dana.page.expect_response(lambda answer: "/vault/shared" in answer.url):
            dana.page.locator("#shared").get_by_role("button", name="Look again").click()


def change(seat: Seat, before: str, after: str) -> None:
    entry(seat, before).get_by_role("button", name="Change the entry").click()
    seat.does.fill("Your words", after)
    seat.does.press("Save")
    expect(entry(seat, after)).to_be_visible()
    expect(seat.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    expect(entry(seat, after).get_by_test_id("shared-with")).to_be_visible(timeout=WAIT)


@pytest.mark.exhaustive
def test_what_was_stopped_is_gone_and_an_old_copy_opens_nothing_new(care: Care) -> None:
    ines, dana = care.ines, care.dana
    _, kept = dana.api("GET", care.shared)
    assert len(kept["items"]) == 2
    who_can_read(ines)
    reader(ines, "Dana").get_by_role("button", name="Stop everything with Dana").click()
    dialog = ines.page.get_by_role("dialog")
    expect(dialog).to_contain_text("What was read cannot be unread.")
    dialog.get_by_role("button", name="Stop sharing").click()
    expect(ines.page.get_by_text("Nobody but you reads your private writing")).to_be_visible()
    open_journal(ines)
    expect(ines.page.get_by_test_id("standing")).to_have_count(0)
    edit = entry(ines, CHANGED).get_by_role("button", name="Change the entry")
    edit.click()
    ines.does.fill("Your words", AFTER)
    ines.does.press("Save")
    expect(entry(ines, AFTER)).to_be_visible()
    expect(ines.page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)

    shared = open_person(care, dana)
    expect(shared.get_by_text("Ines shares no writing with you.")).to_be_visible(timeout=WAIT)
    expect(shared.get_by_test_id("shared-stopped")).to_contain_text("Ines stopped sharing")
    # Whoever kept all that was sent before, and gets hold of the new ciphertext, opens nothing.
    _, own = ines.api("GET", f"{care.record}/vault/items")
    newest = max(own["items"], key=lambda each: each["position"])
    old = next(each for each in kept["items"] if each["item"] == newest["item"])
    assert newest["revision"] > old["revision"]
    forged = {"grants": old["grants"], "wraps": old["wraps"], "given_at": old["received_at"]}
    stale = {**kept, "items": [{**old, **newest, **forged}]}
    dana.page.route("**/vault/shared*", lambda route: route.fulfill(json=stale))
    shared.get_by_role("button", name="Look again").click()
    expect(dana.page.get_by_test_id("damaged")).to_be_visible(timeout=WAIT)
    assert AFTER not in dana.page.content()
    dana.page.unroute("**/vault/shared*")


@pytest.mark.exhaustive
def test_a_clinician_leaves_and_a_new_one_takes_over(care: Care) -> None:
    """Handed over by the administrator, passed on by the person, read by who took over."""
    ines, dana, ada = care.ines, care.dana, care.ada
    open_journal(ines)
    open_share(ines, FIRST)
    dialog = ines.page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Dana").check()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("radio", name="In my own shorter words").check()
    ines.does.fill("What you want to share", "I sleep better.")
    dialog.get_by_role("button", name="See what they will see").click()
    dialog.get_by_role("button", name="Share with Dana").click()
    expect(dialog.get_by_role("heading", name="Shared with Dana")).to_be_visible(timeout=WAIT)
    answer_so_that_somebody_calls(care)
    own = open_flags(dana)
    assert own, "Dana is first on call"

    amir = demo_seat(care.world, "Amir", "amir")
    give_code_and_keys(amir)
    hand_over(ada, "Dana", "Amir")
    assert dana.api("GET", care.shared)[0] == 403
    theirs = open_flags(amir)
    assert own.keys() <= theirs.keys()
    assert all(name.startswith("Amir") for name in theirs.values())
    assert dana.api("GET", f"{care.practice}/flags?owner=me")[1]["items"] == []

    decide_about_other_keys(ines, amir)
    asked = ines.page.get_by_test_id("succession")
    expect(asked).to_contain_text("Dana")
    expect(asked).to_contain_text("no longer on your care team")
    asked.get_by_role("radio", name="Amir").check()
    asked.get_by_role("button", name="See what would pass").click()
    expect(asked.get_by_text("I sleep better.")).to_be_visible(timeout=WAIT)
    look_closely(ines, "who can read what, somebody left")
    asked.get_by_role("button", name="Pass this on to").click()
    expect(asked).to_have_count(0, timeout=WAIT)
    expect(reader(ines, "Amir").get_by_test_id("shared-item")).to_contain_text("I sleep better.")
    shared = open_person(care, amir)
    shared.get_by_role("button", name="Open it").click()
    amir.does.fill("Your password", amir.password)
    shared.get_by_role("button", name="Open", exact=True).click()
    expect(texts(amir).locator(".hf-entry-text")).to_have_text("I sleep better.", timeout=WAIT)
    assert care.world.complaints() == []


def decide_about_other_keys(ines: Seat, amir: Seat) -> None:
    """Her device knew Amir by other keys, which did not sign those he has."""
    _, him = amir.api("GET", "/me")
    earlier = keys.first_entry(uuid.UUID(him["id"]), new_keys(), 1_790_000_000)

    def show_earlier(route: Route) -> None:
        answer = route.fetch()
        overview = answer.json()
        for person in overview["people"]:
            if person["id"] == him["id"]:
                person["keys"] = [entry_posted(earlier)]
        route.fulfill(response=answer, json=overview)

    ines.page.route("**/vault/sharing", show_earlier)
    who_can_read(ines)
    own = reader(ines, "Amir")
    expect(own.get_by_text("Twelve words to compare")).to_be_visible(timeout=WAIT)
    ines.page.unroute("**/vault/sharing")
    who_can_read(ines)
    shown = own.get_by_test_id("keys-unexpected")
    expect(shown).to_contain_text("are not those this device knew", timeout=WAIT)
    expect(ines.page.get_by_test_id("succession").get_by_role("radio")).to_be_disabled()
    shown.get_by_text("The words you had before").click()
    before, now = (
        shown.get_by_test_id(which).locator("li").all_text_contents()
        for which in ("words-before", "words-now")
    )
    assert (len(before), len(now)) == (12, 12)
    assert before != now
    shown.get_by_role("button", name="Do not accept").click()
    expect(shown.get_by_role("status")).to_contain_text("Call your practice")
    look_closely(ines, "keys that changed unexpectedly")
    accept = shown.get_by_role("button", name="Accept the new keys")
    expect(accept).to_be_disabled()
    shown.get_by_role("checkbox").check()
    accept.click()
    expect(shown).to_have_count(0, timeout=WAIT)


def answer_so_that_somebody_calls(care: Care) -> None:
    now = datetime.now(UTC).isoformat()
    answers = {f"phq9_{number}": 1 for number in range(1, 9)} | {"phq9_9": 2}
    body = {
        "id": str(uuid.uuid4()),
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": answers,
        "answered_at": now,
        "time_zone": "Europe/Berlin",
        "schema": 1,
    }
    status, receipt = care.ines.api("POST", f"{care.record}/responses", body)
    assert status == 201, receipt


def open_flags(seat: Seat) -> dict[str, str]:
    """Who owns each flag that is theirs and not closed, by its id."""
    _, me = seat.api("GET", "/me")
    practice = me["memberships"][0]["practice"]["id"]
    _, found = seat.api("GET", f"/practices/{practice}/flags?owner=me")
    return {each["id"]: each["owner_name"] for each in found["items"]}


def hand_over(ada: Seat, leaver: str, heir: str) -> None:
    """On the administration's screen: what passes, who gets it, and that nothing is left."""
    ada.go("/admin/people")
    ada.page.get_by_role("button", name=f"Hand over what {leaver}").click()
    moves = ada.page.get_by_test_id("moves")
    expect(moves).to_contain_text("Ines")
    expect(moves).to_contain_text("open flag")
    expect(moves).to_contain_text("on call, place 1")
    look = ada.page.get_by_role("button", name="See who gets what")
    expect(look).to_be_disabled()
    chosen = ada.page.get_by_role("combobox", name="Who takes over", exact=True)
    names = chosen.locator("option").all_text_contents()
    chosen.select_option(label=next(name for name in names if name.startswith(heir)))
    look_closely(ada, "what a hand-over moves")
    look.click()
    dialog = ada.page.get_by_role("dialog")
    expect(dialog).to_contain_text(heir)
    dialog.get_by_role("button", name="Hand over now").click()
    done = ada.page.get_by_test_id("handed-over")
    expect(done).to_contain_text("no open flag and no turn on call is left", timeout=WAIT)
    look_closely(ada, "what came of a hand-over")
