"""A discharged person takes everything along, deletes their account and sees what became of it."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from playwright.sync_api import expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.world import DESK, PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT, writer

WORDS = "Quixotine took the last tram home"


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def enter(demo: World, name: str, login: str, path: str) -> Seat:
    seat = demo.seat(name, login, viewport=DESK)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page).to_have_url(path, timeout=WAIT)
    return seat


def look_closely(seat: Seat, name: str) -> None:
    assert_fits(seat.page, name)
    assert_accessible(seat.page, name)


@pytest.mark.exhaustive
def test_a_discharged_person_takes_everything_along_and_leaves(demo: World, tmp_path: Path) -> None:
    noor = writer(demo, "Noor", "noor")
    dana = enter(demo, "Dana", "dana", "/caseload")
    ada = enter(demo, "Ada", "ada", "/admin/go-live")
    own = treat_and_discharge(noor, dana, ada)

    write_something(noor)
    taken = take_along(noor, tmp_path)
    holds_everything(taken)

    leave_and_read_the_receipt(noor)
    assert dana.api("GET", f"{own}/overview")[0] == 404
    what_the_practice_keeps(ada)
    assert demo.complaints() == []


def treat_and_discharge(noor: Seat, dana: Seat, ada: Seat) -> str:
    """Dana met Noor yesterday, and is not on the team any more. The path of Noor's record."""
    _, me = noor.api("GET", "/me")
    (membership,) = me["memberships"]
    practice = f"/practices/{membership['practice']['id']}"
    own = f"{practice}/clients/{membership['client_id']}"
    _, staff = dana.api("GET", "/me")
    clinician = next(one for one in staff["memberships"] if one["role"] == "clinician")
    body = {"membership_id": clinician["id"], "primary": True}
    status, place = ada.api("POST", f"{own}/care-team", body)
    assert status == 201, place
    met = datetime.now(UTC) - timedelta(days=1)
    body = {"starts_at": met.isoformat(), "status": "finished", "medium": "in_person"}
    assert dana.api("POST", f"{own}/encounters", body)[0] == 201
    assert ada.api("DELETE", f"{own}/care-team/{place['id']}")[0] == 204
    assert dana.api("GET", f"{own}/overview")[0] == 403
    return own


def write_something(noor: Seat) -> None:
    noor.go("/me/journal")
    noor.does.press("Write")
    noor.does.fill("Your words", WORDS)
    noor.does.press("Save")
    expect(noor.page.get_by_test_id("entry").filter(has_text=WORDS)).to_be_visible(timeout=WAIT)


def take_along(noor: Seat, folder: Path) -> Path:
    noor.go("/me/data")
    noor.page.get_by_role("heading", level=2).first.wait_for()
    with noor.page.expect_download(timeout=WAIT) as started:
        noor.does.press("Make the file")
    path = folder / "taken.zip"
    started.value.save_as(path)
    expect(noor.page.get_by_test_id("taken")).to_contain_text("is saved", timeout=WAIT)
    return path


def holds_everything(path: Path) -> None:
    """Read with what any other program has: a zip reader, JSON, and HL7's own rules for FHIR."""
    with zipfile.ZipFile(path) as taken:
        assert taken.testzip() is None
        names = set(taken.namelist())
        bundle: Any = Bundle.model_validate_json(taken.read("record.fhir.json"))
        kinds = {entry.resource.get_resource_type() for entry in bundle.entry}
        assert {"Patient", "Encounter", "Consent", "AuditEvent"} <= kinds
        assert {"tables/meetings.csv", "tables/answers.csv"} <= names
        (page,) = [name for name in names if name.endswith(".md")]
        assert WORDS in taken.read(page).decode()
        journal = json.loads(taken.read("journal/journal.json"))
        assert journal["entries"][0]["versions"][0]["text"] == WORDS
        shown = taken.read("record.html").decode()
        assert "Dana" in shown
        assert "<script" not in shown


def leave_and_read_the_receipt(noor: Seat) -> None:
    noor.does.tick("I want to delete my account")
    stays = noor.page.get_by_test_id("stays")
    expect(stays).to_contain_text("must keep its record of your treatment until", timeout=WAIT)
    look_closely(noor, "what goes and what stays")
    reference = (noor.page.get_by_test_id("reference").text_content() or "").strip()
    noor.page.get_by_label("Your password").last.fill(noor.password)
    noor.does.press("Delete for good")
    expect(noor.page).to_have_url("/receipt", timeout=WAIT)
    expect(noor.page.get_by_test_id("outcome")).to_contain_text("Everything was done", timeout=WAIT)
    expect(noor.page.get_by_test_id("kept")).to_contain_text("without a name until")
    look_closely(noor, "the receipt")
    # Later, on another device, with the number alone.
    noor.context.clear_cookies()
    noor.page.evaluate("sessionStorage.clear()")
    noor.page.reload()
    noor.does.fill("Receipt number", reference.lower())
    noor.does.press("Show")
    expect(noor.page.get_by_test_id("outcome")).to_contain_text("Everything was done", timeout=WAIT)
    noor.go("/login")
    noor.does.fill("Log-in name or e-mail", noor.login)
    noor.does.fill("Password", noor.password)
    noor.does.press("Log in")
    expect(noor.page.get_by_role("alert")).to_be_visible(timeout=WAIT)


def what_the_practice_keeps(ada: Seat) -> None:
    """A record without a name; the administrator sees that, and each step."""
    ada.go("/admin/leaving")
    row = ada.page.get_by_test_id("departure")
    expect(row).to_contain_text("Everything was done", timeout=WAIT)
    row.locator("summary").click()
    expect(row.get_by_test_id("kept")).to_contain_text("§ 630f")
    expect(row).to_contain_text("kept without a name")
    expect(ada.page.locator("main")).not_to_contain_text("Noor")
    look_closely(ada, "leaving and keeping")
    ada.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    look_closely(ada, "leaving and keeping, on a phone")
    ada.does.fill("Years after the last contact", "12")
    ada.does.press("Save")
    expect(ada.page.get_by_text("Saved.")).to_be_visible(timeout=WAIT)
