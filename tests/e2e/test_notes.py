"""A note is signed, co-signed, amended and released; its author's own is the author's alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT

SAID = "She slept six hours, three nights running."
ALONE = "I was impatient today. Ask in supervision: Zeisigvogel."


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def notes_of(seat: Seat, client: str) -> Locator:
    seat.go(f"/people/{client}")
    section = seat.page.locator("#notes")
    expect(section.get_by_role("heading", name="Notes", exact=True)).to_be_visible(timeout=WAIT)
    return section


def confirm(seat: Seat, name: str) -> None:
    seat.page.get_by_role("dialog").get_by_role("button", name=name).click()


@pytest.mark.exhaustive
def test_a_note_from_the_draft_to_the_persons_own_reading(demo: World) -> None:
    robin, dana = demo_seat(demo, "Robin", "robin"), demo_seat(demo, "Dana", "dana")
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    sol, ada = demo_seat(demo, "Sol", "sol"), demo_seat(demo, "Ada", "ada")
    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    practice, client = f"/practices/{own['practice']['id']}", own["client_id"]
    _, pairs = ada.api("GET", f"{practice}/supervisions")
    cosigns = {"cosigns": True}
    assert ada.api("PATCH", f"{practice}/supervisions/{pairs['items'][0]['id']}", cosigns)[0] == 200

    notes = notes_of(dana, client)
    notes.get_by_role("button", name="New note", exact=True).click()
    notes.get_by_label("Subjective").fill(SAID)
    expect(notes.get_by_test_id("note-kept")).to_contain_text("Only you see this", timeout=WAIT)
    # The browser goes; what was written is there again.
    notes = notes_of(dana, client)
    notes.get_by_role("button", name="Open: SOAP").click()
    expect(notes.get_by_label("Subjective")).to_have_value(SAID, timeout=WAIT)
    notes.get_by_label("Plan").fill("Go on.")
    notes.get_by_role("button", name="Sign", exact=True).click()
    confirm(dana, "Sign")
    expect(notes.get_by_text("Waits for co-signature")).to_be_visible(timeout=WAIT)

    sol.go("/worklist")
    waiting = sol.page.get_by_test_id("notes-to-cosign")
    waiting.get_by_role("link").first.click()
    notes = sol.page.locator("#notes")
    notes.get_by_role("button", name="Open: SOAP").click()
    expect(notes.get_by_text(SAID)).to_be_visible(timeout=WAIT)
    notes.get_by_role("button", name="Co-sign").click()
    expect(notes.get_by_text("Co-signed", exact=True)).to_be_visible(timeout=WAIT)
    expect(notes.get_by_test_id("own-notes")).to_have_count(0)

    robin.go("/me/notes")
    expect(robin.page.get_by_text("It has not been released to you.")).to_be_visible(timeout=WAIT)
    robin.page.get_by_role("button", name="Ask to read my notes").click()
    expect(robin.page.get_by_test_id("notes-waiting")).to_be_visible(timeout=WAIT)
    assert SAID not in robin.page.content()

    notes = notes_of(dana, client)
    expect(notes.get_by_test_id("notes-asked")).to_be_visible(timeout=WAIT)
    notes.get_by_role("button", name="Open: SOAP").click()
    notes.get_by_role("button", name="Amend", exact=True).click()
    notes.get_by_label("Plan").fill("Go on, twice a week.")
    notes.get_by_label("Reason for the amendment").fill("How often was missing.")
    notes.get_by_role("button", name="Sign", exact=True).click()
    confirm(dana, "Sign")
    expect(notes.get_by_text("Amended", exact=True)).to_be_visible(timeout=WAIT)
    notes.get_by_role("button", name="Open: SOAP").click()
    notes.get_by_text("Earlier versions (1)").click()
    expect(notes.get_by_test_id("note-version")).to_have_count(2)
    notes.get_by_role("button", name="Let the person read it").click()
    confirm(dana, "Let the person read it")
    expect(notes.get_by_text("Released to the person")).to_be_visible(timeout=WAIT)
    notes.get_by_role("button", name="Dealt with").click()
    expect(notes.get_by_test_id("notes-asked")).to_have_count(0, timeout=WAIT)

    robin.go("/me/notes")
    expect(robin.page.get_by_text("Go on, twice a week.")).to_be_visible(timeout=WAIT)


@pytest.mark.exhaustive
def test_what_is_the_authors_alone_is_sealed_and_opens_again(demo: World) -> None:
    dana = demo_seat(demo, "Dana again", "dana")
    _, pages = dana.api("GET", f"{_practice(dana)}/caseload")
    client = pages["items"][0]["client_id"]
    make_code(dana)
    own = notes_of(dana, client).get_by_test_id("own-notes")
    expect(own).to_contain_text("Only you can read this; it is not part of the record.")
    own.get_by_role("button", name="Make my key").click()
    own.get_by_label("Your password").fill(dana.password)
    own.get_by_label("Recovery code").fill(dana.recovery_code)
    own.get_by_role("button", name="Begin").click()
    own.get_by_role("button", name="New note for me alone").click(timeout=WAIT)
    own.get_by_label("For you alone").fill(ALONE)
    expect(own.get_by_test_id("own-kept")).to_have_text("Sealed and saved.", timeout=WAIT)
    path = f"{_practice(dana)}/clients/{client}/psychotherapy-notes"
    _, kept = dana.api("GET", path)
    assert len(kept["items"]) == 1
    assert "Zeisigvogel" not in str(kept)
    own = notes_of(dana, client).get_by_test_id("own-notes")
    expect(own.get_by_text(ALONE)).to_be_visible(timeout=WAIT)
    assert demo.complaints() == []


def _practice(seat: Seat) -> str:
    _, me = seat.api("GET", "/me")
    return f"/practices/{me['memberships'][0]['practice']['id']}"


def make_code(seat: Seat) -> None:
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
