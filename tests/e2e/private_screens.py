"""Bringing up the screens of notes and of sharing: what is there was written and sealed first.

Each is brought up once in English, which makes what it shows, and may be again in Arabic.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.operators import Mouse
from tests.e2e.test_notes import confirm, make_code
from tests.e2e.test_sharing import DEMO_PASSWORD, begin_writing
from tests.e2e.test_vault import WAIT, write
from tests.e2e.world import Seat

SUBJECTIVE = "Sleeps about six hours again. Went to the choir twice and met Jo for a walk."
OBJECTIVE = "On time and awake, in contact; laughs at times. Speaks more slowly than in summer."
ASSESSMENT = "Activation helps on the days on which it happens; the evenings are the hard part."
PLAN = "Plan two evenings together. Next measurement in a week."
ALONE = "I hurried today, because the last hour ran over. Take this to supervision."
ENTRY = "I slept for six hours. The evening was long again. I did not call anybody."


def _seat(page: Page, name: str) -> Seat:
    """The page's person, with what a story of theirs needs."""
    return Seat(name, name.lower(), page.context, page, Mouse(page), password=DEMO_PASSWORD)


def _is_first(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.lang === 'en'"))


def _notes(page: Page) -> Locator:
    notes = page.locator("#notes")
    expect(notes.get_by_test_id("own-notes")).to_be_visible()
    return notes


def begin_note(page: Page) -> None:
    """On a person's page: a note that is being written."""
    notes = _notes(page)
    if _is_first(page):
        notes.get_by_role("button", name="New note", exact=True).click()
        notes.get_by_label("Subjective").fill(SUBJECTIVE)
        notes.get_by_label("Objective").fill(OBJECTIVE)
        notes.get_by_label("Assessment").fill(ASSESSMENT)
    else:
        notes.get_by_test_id("note").first.get_by_role("button").click()
    expect(notes.get_by_test_id("note-kept")).not_to_be_empty()


def open_signed_note(page: Page) -> None:
    """A note that was signed, amended and released, with a draft above it."""
    notes = _notes(page)
    if _is_first(page):
        _sign(page)
        page.reload()
    notes.get_by_test_id("note").last.get_by_role("button").click()
    expect(notes.get_by_test_id("note-version").first).to_be_visible()


def _sign(page: Page) -> None:
    dana = _seat(page, "Dana")
    _, me = dana.api("GET", "/me")
    client = page.url.split("#")[0].rpartition("/")[2]
    notes = f"/practices/{me['memberships'][0]['practice']['id']}/clients/{client}/notes"
    _, found = dana.api("GET", notes)
    note = f"{notes}/{found['items'][0]['id']}"
    content = {"subjective": SUBJECTIVE, "objective": OBJECTIVE, "assessment": ASSESSMENT}
    _keep_and_sign(dana, note, {**content, "plan": "Go on."}, "")
    _keep_and_sign(dana, note, {**content, "plan": PLAN}, "The plan was not finished.")
    assert dana.api("POST", f"{note}/release", {"version": 2})[0] == 200
    begun = {"id": "6f1d3c1e-6a55-4d3c-9d0a-0d9d1f6f5a01", "template": "dap"}
    assert dana.api("POST", notes, begun)[0] == 201


def _keep_and_sign(dana: Seat, note: str, content: dict[str, str], reason: str) -> None:
    _, now = dana.api("GET", note)
    draft: dict[str, Any] = {"revision": now["revision"], "content": content}
    status, kept = dana.api("PUT", f"{note}/draft", draft)
    assert status == 200, kept
    signature = {"revision": kept["revision"], "reason": reason}
    assert dana.api("POST", f"{note}/signature", signature)[0] == 200


def open_own_note(page: Page) -> None:
    """A psychotherapy note; the key that seals it is made first."""
    if _is_first(page):
        dana, person = _seat(page, "Dana"), page.url
        make_code(dana)
        page.goto(person)
        own = _notes(page).get_by_test_id("own-notes")
        own.get_by_role("button", name="Make my key").click()
        own.get_by_label("Your password").fill(dana.password)
        own.get_by_label("Recovery code").fill(dana.recovery_code)
        own.get_by_role("button", name="Begin").click()
        own.get_by_role("button", name="New note for me alone").click(timeout=WAIT)
        own.get_by_label("For you alone").fill(ALONE)
        expect(own.get_by_test_id("own-kept")).to_have_text("Sealed and saved.", timeout=WAIT)
    else:
        own = _notes(page).get_by_test_id("own-notes")
        own.locator("ol button").first.click()


def look_before_sharing(page: Page) -> None:
    """The last step before something is shared: exactly what the reader will see."""
    if _is_first(page):
        robin = _seat(page, "Robin")
        make_code(robin)
        begin_writing(robin)
        write(robin, ENTRY)
        expect(page.get_by_test_id("waiting")).to_have_count(0, timeout=WAIT)
    _choose_a_passage(page)


def _choose_a_passage(page: Page) -> Locator:
    """Gives the button that shares it."""
    page.goto("/me/journal")
    page.get_by_test_id("entry").get_by_role("button").nth(1).click()
    dialog = page.get_by_role("dialog")
    onward = dialog.locator(".hf-buttons button").first
    dialog.get_by_role("radio", name="Dana").check()
    onward.click()
    dialog.get_by_role("radio").nth(1).check()
    dialog.get_by_role("checkbox").first.check()
    onward.click()
    expect(dialog.get_by_test_id("shared-content")).to_be_visible()
    return onward


def share(page: Page) -> None:
    """*Who can read what*: something that was shared, and what will be from now on."""
    if _is_first(page):
        _choose_a_passage(page).click()
        done = page.get_by_role("dialog").get_by_role("heading", name="Shared with Dana")
        expect(done).to_be_visible(timeout=WAIT)
        page.goto("/me/sharing")
        page.get_by_role("button", name="Share all new entries with Dana").click()
        confirm(_seat(page, "Robin"), "Share from now on")
    reader = page.get_by_test_id("reader").filter(has_text="Dana")
    expect(reader.get_by_test_id("standing-share")).to_be_visible(timeout=WAIT)
    expect(reader.get_by_test_id("shared-item")).to_be_visible()
