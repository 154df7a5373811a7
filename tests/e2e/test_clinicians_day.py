"""A clinician's day: who comes and what changed, the note, how it went, and what it cost."""

from __future__ import annotations

import io
import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.e2e.test_appointments import looks_right
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT

pytestmark = pytest.mark.exhaustive

#: Made up; fee codes are the practice's own to bring.
FEES = "code;description;amount;currency\nT50;Talk of 50 minutes;120.00;EUR\n"


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def book_now(dana: Seat, record: str) -> dict[str, Any]:
    """A visit by video that begins at this moment."""
    _, bookable = dana.api("GET", f"{record}/bookable")
    talk = next(one for one in bookable["types"] if "video" in one["media"])
    mine = next(one for one in bookable["members"] if one["name"].startswith("Dana"))
    body = {
        "id": str(uuid.uuid4()),
        "membership_id": mine["membership_id"],
        "type_id": talk["id"],
        "starts_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}",
        "medium": "video",
    }
    status, made = dana.api("POST", f"{record}/appointments", body)
    assert status == 201, made
    found: dict[str, Any] = made
    return found


def set_up_fees(ada: Seat) -> None:
    ada.go("/admin/billing")
    page = ada.page
    page.get_by_label("Who issues invoices").fill("Practice Linde")
    page.get_by_label("Address").fill("Way 1\n10115 Town")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Saved")).to_be_visible(timeout=WAIT)
    form = page.get_by_role("form", name="Import a list")
    form.get_by_label("Name of the list").fill("Own fees")
    form.get_by_label("Code system (URI)").fill("urn:x:own")
    form.get_by_label("By what right you use it").fill("Our own list")
    choose(form, FEES.replace("120.00", "120.001"))
    form.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_test_id("fee-faults")).to_contain_text("Line 2", timeout=WAIT)
    choose(form, FEES)
    form.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_test_id("fee-lists")).to_contain_text("1 code", timeout=WAIT)
    steps = page.get_by_role("form", name="Sliding scale")
    steps.get_by_role("button", name="Add a step").click()
    steps.get_by_label("Name of the step").fill("Half")
    steps.get_by_label("Per cent of the fee").fill("50")
    steps.get_by_role("button", name="Save").click()
    expect(steps.get_by_role("button", name="Remove the step Half")).to_be_visible(timeout=WAIT)
    looks_right(ada, "billing-terms")


def choose(form: Locator, text: str) -> None:
    form.get_by_label("File (CSV)").set_input_files(
        {"name": "fees.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def charge(dana: Seat, client: str) -> None:
    dana.go(f"/people/{client}")
    money = dana.page.locator("#billing")
    money.get_by_role("button", name="Show fees and invoices").click()
    money.get_by_label("What was agreed").select_option(label="Half (50 %)")
    expect(money.get_by_text("Agreed with Dana")).to_be_visible(timeout=WAIT)
    form = money.get_by_role("form", name="Charge a visit")
    form.get_by_role("button", name="Charge", exact=True).click()
    issue = money.get_by_role("form", name="Issue a document")
    expect(issue.get_by_label("T50")).to_be_checked(timeout=WAIT)
    looks_right(dana, "billing-of-a-person")
    issue.get_by_label("To whom").fill("Robin\nLane 2")
    issue.get_by_role("button", name="Issue the invoice").click()
    expect(money.get_by_test_id("papers")).to_contain_text("00001", timeout=WAIT)
    issue.get_by_label("Kind").select_option(label="Superbill")
    issue.get_by_label("Diagnosis codes").fill("F41.0")
    issue.get_by_role("button", name="Issue the superbill").click()
    expect(money.get_by_test_id("papers")).to_contain_text("S00001", timeout=WAIT)


def fetched(seat: Seat, number: str) -> str:
    """What stands on a document that the person loads."""
    with seat.page.expect_download() as download:
        seat.page.get_by_role("link", name=f"Fetch {number} as PDF").click()
    reader = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    return "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")


def test_from_the_agenda_to_the_invoice_in_the_persons_hands(demo: World) -> None:
    robin, dana = demo_seat(demo, "Robin", "robin"), demo_seat(demo, "Dana", "dana")
    ada = demo_seat(demo, "Ada", "ada")
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    practice, client = f"/practices/{own['practice']['id']}", own["client_id"]
    record = f"{practice}/clients/{client}"
    made = book_now(dana, record)

    # The line, the way in, and the note: by keyboard.
    dana.go("/agenda")
    row = dana.page.locator(".hm-row").filter(has_text="Robin").first
    line = row.get_by_test_id("since-line")
    expect(line).to_contain_text("Since ", timeout=WAIT)
    expect(line).to_contain_text(" answered")
    expect(row.get_by_role("link", name="Join")).to_be_visible(timeout=WAIT)
    looks_right(dana, "agenda-with-lines")
    dana.page.keyboard.press("j")
    expect(dana.page.locator("[data-row]:focus")).to_have_count(1)
    dana.page.keyboard.press("w")
    expect(dana.page).to_have_url(f"/visits/{client}/{made['encounter_id']}/note")
    notes = dana.page.get_by_test_id("visit-notes")
    notes.get_by_role("button", name="Begin").click()
    objective = notes.get_by_label("Objective")
    expect(objective).to_have_value(contains("Visit:"), timeout=WAIT)
    expect(objective).to_have_value(contains("PHQ-9"))
    notes.get_by_label("Assessment").fill("Steadier.")
    notes.get_by_label("Plan").fill("A walk each day.")
    expect(notes.get_by_test_id("note-kept")).to_contain_text("Only you see this", timeout=WAIT)
    looks_right(dana, "note-with-facts")
    notes.get_by_role("button", name="Sign", exact=True).click()
    dana.page.get_by_role("dialog").get_by_role("button", name="Sign").click()
    expect(notes.get_by_role("status").filter(has_text="signed")).to_be_visible(timeout=WAIT)
    visit = f"{record}/encounters/{made['encounter_id']}"
    assert dana.api("POST", f"{visit}/finish")[0] == 200

    # What was planned is there when the next note begins.
    dana.go(f"/people/{client}")
    section = dana.page.locator("#notes")
    section.get_by_role("button", name="New note", exact=True).click()
    expect(section.get_by_label("Plan")).to_have_value(contains("A walk each day."), timeout=WAIT)

    dana.go("/agenda/statistics")
    table = dana.page.get_by_test_id("attendance")
    expect(table.get_by_role("row").filter(has_text="Dana")).to_contain_text("0 of 1", timeout=WAIT)
    wanted = dana.page.get_by_test_id("capacity")
    wanted.get_by_label("How many people do you want to treat?").fill("21")
    wanted.get_by_role("button", name="Save").click()
    expect(wanted.get_by_role("row").filter(has_text="Dana")).to_contain_text("21", timeout=WAIT)
    looks_right(dana, "attendance")

    set_up_fees(ada)
    charge(dana, client)
    robin.go("/me/invoices")
    expect(robin.page.get_by_text("50 % of the fee")).to_be_visible(timeout=WAIT)
    looks_right(robin, "own-invoices")
    invoice, bill = fetched(robin, "00001"), fetched(robin, "S00001")
    for part in ("Invoice", "Practice Linde", "Lane 2", "T50", "60.00 EUR"):
        assert part in invoice
    assert "F41.0" in bill
    assert "F41.0" not in invoice


def contains(text: str) -> Any:
    return re.compile(re.escape(text))


def test_a_supervisors_thread_is_reached_from_the_agenda(demo: World) -> None:
    dana = demo_seat(demo, "Dana of the agenda", "dana")
    dana.go("/agenda")
    rows = dana.page.locator(".hm-row")
    none = dana.page.get_by_text("Nothing is booked in this time.")
    expect(none.or_(rows.first)).to_be_visible(timeout=WAIT)
    if none.is_visible():
        dana.page.keyboard.press("]")
    rows.get_by_role("link", name="Messages and supervision about").first.click()
    expect(dana.page).to_have_url(contains("#messages"))
    expect(dana.page.locator("#messages")).to_be_visible(timeout=WAIT)
