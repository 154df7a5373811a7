"""A person books, moves and cancels by themself, and who meets them sees it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import assert_accessible, assert_fits
from tests.e2e.test_sharing import demo_seat
from tests.e2e.world import PHONE, Seat, World, Worlds
from tests.e2e.writers import WAIT


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def looks_right(seat: Seat, name: str) -> None:
    """Axe, and nothing cut off; a picture where a developer asks for pictures."""
    assert_accessible(seat.page, name)
    assert_fits(seat.page, name)
    if folder := os.environ.get("HOLDFAST_LOOK_AT"):
        seat.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def choose_first_time(seat: Seat) -> str:
    """The first time of the first day that has one; gives the time as it is shown."""
    expect(seat.page.get_by_role("heading", name="Choose a day")).to_be_visible(timeout=WAIT)
    seat.page.locator(".hm-days button").first.click()
    first = seat.page.locator(".hm-times button").first
    shown = first.locator(".hm-time").inner_text()
    first.click()
    return shown


@pytest.mark.exhaustive
def test_booking_moving_and_cancelling_reach_who_meets_them(demo: World) -> None:
    robin, dana = demo_seat(demo, "Robin", "robin"), demo_seat(demo, "Dana", "dana")
    robin.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})

    robin.go("/appointments")
    cards = robin.page.get_by_test_id("appointment")
    expect(cards).to_have_count(1, timeout=WAIT)
    looks_right(robin, "appointments")
    robin.page.get_by_role("link", name="Book an appointment").click()
    robin.page.get_by_role("button", name="Talk").click()
    expect(robin.page.get_by_role("heading", name="Choose a day")).to_be_visible(timeout=WAIT)
    looks_right(robin, "choose-a-day")
    choose_first_time(robin)
    robin.page.get_by_role("button", name="By video").click()
    check = robin.page.get_by_test_id("check")
    expect(check).to_contain_text("with Dana")
    looks_right(robin, "check")
    check.get_by_role("button", name="Yes, take this time").click()
    expect(robin.page).to_have_url("/appointments")
    expect(cards).to_have_count(2, timeout=WAIT)

    # Moved: what was confirmed is asked again.
    first = cards.first
    first.get_by_role("button", name="I will come").click()
    expect(first).to_contain_text("You said that you will come.", timeout=WAIT)
    first.get_by_role("link", name="Move").click()
    choose_first_time(robin)
    robin.page.get_by_role("button", name="By video").click()
    robin.page.get_by_role("button", name="Yes, take this time").click()
    expect(robin.page).to_have_url("/appointments")
    expect(cards.first.get_by_role("button", name="I will come")).to_be_visible(timeout=WAIT)

    # The agenda of who meets them, and their hours.
    dana.go("/agenda")
    none = dana.page.get_by_text("Nothing is booked in this time.")
    expect(none.or_(dana.page.locator(".hm-row").first)).to_be_visible(timeout=WAIT)
    if none.is_visible():  # towards a week's end the first free times are in the next
        dana.page.keyboard.press("]")
    expect(dana.page.locator(".hm-row").first).to_be_visible(timeout=WAIT)
    looks_right(dana, "agenda")
    dana.page.keyboard.press("j")
    expect(dana.page.locator("[data-row]:focus")).to_have_count(1)
    dana.go("/agenda/hours")
    expect(dana.page.get_by_role("button", name="Add hours on Monday")).to_be_visible(timeout=WAIT)
    looks_right(dana, "hours")

    # Without network the list is there to be read, and nothing can be begun.
    robin.context.set_offline(True)
    robin.page.get_by_role("button", name="Tell me of earlier times").first.click()
    expect(robin.page.get_by_text("No connection", exact=True)).to_be_visible(timeout=WAIT)
    expect(cards.first.get_by_role("button", name="Cancel it")).to_be_disabled()
    robin.context.set_offline(False)
    robin.go("/appointments")

    cards.first.get_by_role("button", name="Cancel it").click()
    dialog = robin.page.get_by_role("dialog")
    expect(dialog).to_contain_text("cancel")
    looks_right(robin, "cancel")
    dialog.get_by_role("button", name="Cancel the appointment").click()
    expect(cards).to_have_count(1, timeout=WAIT)


@pytest.mark.exhaustive
def test_a_clinician_books_a_series_from_the_persons_page(demo: World) -> None:
    dana, ada = demo_seat(demo, "Dana", "dana"), demo_seat(demo, "Ada", "ada")
    robin = demo_seat(demo, "Robin", "robin")
    _, me = robin.api("GET", "/me")
    client = next(each["client_id"] for each in me["memberships"] if each["client_id"])
    dana.go(f"/people/{client}")
    meetings = dana.page.locator("#meetings")
    meetings.get_by_role("button", name="Book an appointment").click()
    form = meetings.get_by_role("form", name="Book an appointment")
    form.get_by_role("group", name="Free from this day on").get_by_role("button").first.click()
    form.get_by_label("Again").select_option("1")
    form.get_by_label("How many").fill("3")
    looks_right(dana, "book-for-a-client")
    form.get_by_role("button", name="Book an appointment").click()
    cancels = meetings.get_by_role("button", name="Cancel the appointment of")
    expect(cancels.nth(3)).to_be_visible(timeout=WAIT)
    ada.go("/admin/appointments")
    expect(ada.page.get_by_role("button", name="Change Talk")).to_be_visible(timeout=WAIT)
    ada.page.get_by_role("button", name="Change Talk").click()
    looks_right(ada, "on-offer")
