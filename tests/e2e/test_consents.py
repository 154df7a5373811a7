"""A person takes back what they agreed to, in two taps, and sees who looked at their record."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.world import DESK, PHONE, Seat, World, Worlds

PATIENCE = 20_000
WORDS = "Your care team sees your answers"


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def _enter(world: World, login: str, viewport: dict[str, int]) -> Seat:
    seat = world.seat(login.title(), login, viewport=viewport)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page.locator(".hf-shell-nav")).to_be_visible(timeout=PATIENCE)
    return seat


@pytest.mark.exhaustive
def test_what_is_taken_back_holds_at_once_and_every_look_is_told(demo: World) -> None:
    robin, dana = _enter(demo, "robin", PHONE), _enter(demo, "dana", DESK)
    _, me = robin.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    overview = f"/practices/{own['practice']['id']}/clients/{own['client_id']}/overview"
    assert dana.api("GET", overview)[0] == 200

    robin.go("/me/access")
    expect(robin.page.get_by_role("heading", name="Dana")).to_be_visible(timeout=PATIENCE)
    expect(
        robin.page.get_by_text("Looked at your page: scores, answers and meetings")
    ).to_be_visible()

    robin.go("/me/consents")
    page = robin.page
    agree = page.get_by_role("button", name=f"I agree: {WORDS}")
    back = page.get_by_role("button", name=f"Take back: {WORDS}")
    agree.click()
    back.click()
    expect(page.get_by_role("dialog")).to_contain_text("your care team no longer sees any of it")
    page.get_by_role("button", name="Yes, take it back").click()
    expect(page.get_by_text("You took this back on").first).to_be_visible()

    status, refused = dana.api("GET", overview)
    assert (status, refused["code"]) == (403, "consent-withdrawn")
    dana.go("/caseload")
    told = dana.page.get_by_text("No longer agrees that you read this")
    expect(told.first).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="I do not agree: We may call your emergency contact").click()
    page.get_by_role("button", name="No, I do not agree").click()
    expect(page.get_by_text("You took this back on")).to_have_count(2)

    agree.click()
    expect(back).to_be_visible()
    page.get_by_text("What I read then").first.click()
    expect(page.locator("details[open]")).to_contain_text(WORDS)
    assert dana.api("GET", overview)[0] == 200
    assert robin.complaints == []
