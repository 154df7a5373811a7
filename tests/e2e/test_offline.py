"""Without network: help is there, nothing typed is lost, and an answer arrives exactly once."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Request, expect

from tests.e2e.world import PHONE, Seat, World, Worlds


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


@pytest.fixture
def robin(demo: World) -> Seat:
    """Robin, logged in on a phone whose app has been opened once with network."""
    seat = demo.seat("Robin", "robin", viewport=PHONE, installs=True)
    seat.go("/login")
    seat.page.get_by_test_id("demo-robin").click()
    expect(seat.page).to_have_url("/today")
    ready_for_offline(seat)
    return seat


def ready_for_offline(seat: Seat) -> None:
    """The service worker holds the whole app, and this page is one of its pages."""
    seat.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    seat.page.reload()
    expect(seat.page.locator("main h1")).to_be_visible()
    assert seat.page.evaluate("navigator.serviceWorker.controller !== null")


def test_help_now_works_signed_out_and_offline(demo: World) -> None:
    visitor = demo.seat("Somebody", "visitor", viewport=PHONE, installs=True)
    visitor.go("/")
    ready_for_offline(visitor)
    visitor.context.set_offline(True)
    visitor.does.press("Help now", role="link")
    visitor.does.choose("Where are you now?", "Germany")
    call = visitor.page.get_by_role("link", name=re.compile("112"))
    expect(call).to_have_attribute("href", "tel:112")
    visitor.page.reload()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Help now")
    expect(call).to_be_visible()
    expect(visitor.page.get_by_role("link", name="Call 0800 1110111")).to_be_visible()
    visitor.go("/help")
    expect(call).to_be_visible()
    assert visitor.complaints == []


@pytest.mark.exhaustive
def test_a_check_in_goes_on_where_it_was_left(robin: Seat) -> None:
    robin.does.press("Begin: GAD-7", role="link")
    robin.does.press("Begin")
    for number in (1, 2, 3):
        expect(robin.page.get_by_text(f"{number} of 7", exact=False)).to_be_visible()
        robin.does.answer(1)
    expect(robin.page.get_by_text(re.compile("^4 of "))).to_be_visible()
    robin.page.reload()
    expect(robin.page.get_by_text(re.compile("^4 of "))).to_be_visible()
    robin.does.press("Back")
    expect(robin.page.locator("[data-code='1']")).to_have_attribute("aria-pressed", "true")
    robin.go("/today")
    expect(robin.page.get_by_role("link", name="Go on: GAD-7")).to_be_visible()


def test_an_answer_given_offline_is_sent_once(robin: Seat) -> None:
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/responses"):
            sent.append(json.loads(request.post_data or "{}")["id"])

    robin.page.on("requestfinished", note)
    before = answers_of(robin)
    robin.does.press("Begin: PHQ-9", role="link")
    robin.does.press("Begin")
    robin.context.set_offline(True)
    for number in range(1, 11):
        expect(robin.page.get_by_text(re.compile(f"^{number} of "))).to_be_visible()
        robin.does.answer(1 if number < 9 else 0)
    expect(robin.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(robin.page.get_by_test_id("delivery")).to_contain_text("safe on this device")
    robin.page.reload()
    expect(robin.page.get_by_test_id("delivery")).to_contain_text("safe on this device")
    robin.go("/today")
    expect(robin.page.get_by_test_id("undelivered")).to_contain_text("1 answer")
    expect(robin.page.get_by_role("link", name="Begin: PHQ-9")).to_have_count(0)

    robin.context.set_offline(False)
    expect(robin.page.get_by_test_id("undelivered")).to_have_count(0, timeout=20_000)
    robin.page.reload()
    expect(robin.page.locator("main h1")).to_be_visible()
    assert len(sent) == 1
    new = [each for each in answers_of(robin) if each not in before]
    assert new == sent
    assert robin.complaints == []


def answers_of(seat: Seat) -> list[str]:
    """Identifiers of the person's PHQ-9 answers that the server keeps."""
    _, me = seat.api("GET", "/me")
    own = me["memberships"][0]
    path = f"/practices/{own['practice']['id']}/clients/{own['client_id']}/responses"
    status, found = seat.api("GET", f"{path}?instrument=phq-9")
    assert status == 200
    return [each["id"] for each in found["items"]]
