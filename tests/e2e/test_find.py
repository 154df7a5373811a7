"""From "I think I need someone" to somebody: a human first where it matters, then a choice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.accounts import fill_registration, keep_recovery_code
from tests.e2e.care_loop import NOT_NOW, follow_up
from tests.e2e.world import DESK, PHONE, Seat, World, Worlds

PATIENCE = 20_000
#: Mild, and "more than half the days" at the ninth item.
WORRYING = [1, 1, 0, 1, 0, 1, 0, 0, 2, 1]


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def _enter(world: World, login: str) -> Seat:
    seat = world.seat(login.title(), login, viewport=DESK)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page.locator(".hf-shell-nav")).to_be_visible(timeout=PATIENCE)
    return seat


def _register(world: World) -> Seat:
    noor = world.seat("Noor", "noor.a", viewport=PHONE)
    noor.go("/register")
    fill_registration(noor, unreachable=True)
    noor.does.press("Continue")
    keep_recovery_code(noor)
    expect(noor.page).to_have_url("/today")
    return noor


def _answer(seat: Seat, codes: list[int]) -> None:
    seat.does.press("Begin")
    for number, code in enumerate(codes, start=1):
        expect(seat.page.get_by_text(f"{number} of {len(codes)}", exact=True)).to_be_visible()
        seat.does.answer(code)


def test_a_worrying_answer_reaches_a_human_before_anybody_is_suggested(demo: World) -> None:
    noor = _register(demo)
    page = noor.page
    noor.go("/find")
    noor.does.press("Answer the questions")
    _answer(noor, WORRYING)
    follow_up(noor, NOT_NOW)
    standing = page.get_by_test_id("flag-status")
    expect(standing).to_have_attribute("data-standing", "unseen", timeout=PATIENCE)
    noor.go("/find")
    expect(page.get_by_text("Someone talks with you first")).to_be_visible(timeout=PATIENCE)

    dana = _enter(demo, "dana")
    dana.go("/worklist")
    dana.does.press("Noor", role="link")
    dana.does.key("a", button="I have seen it")
    expect(dana.page.get_by_test_id("flag-head")).to_contain_text("by Dana")

    noor.go("/find")
    noor.does.tick("Panic")
    for _ in range(3):
        noor.does.press("Next")
    noor.does.press("Show who fits")
    card = page.locator(".hf-panel").filter(has_text="Works with Panic")
    expect(card).to_contain_text("Speaks English")
    noor.does.press("Begin with Dana")
    expect(page.get_by_text("Dana is there for you now")).to_be_visible()
    noor.go("/find")
    expect(page.get_by_text("With you now")).to_be_visible()

    noor.does.press("Ask Priya (prescriber)")
    expect(page.get_by_text("Priya (prescriber): asked on")).to_be_visible()
    priya = _enter(demo, "priya")
    priya.go("/offer")
    asking = priya.page.locator(".hf-panel").filter(has_text="People who ask for you")
    expect(asking.get_by_role("listitem")).to_contain_text("Panic")
    expect(asking).not_to_contain_text("Noor")
    priya.does.press("Take on")
    expect(asking).to_contain_text("Noor is on your caseload now.")

    noor.go("/find")
    noor.does.press("Go on without Dana")
    page.get_by_role("dialog").get_by_role("button", name="Go on without").click()
    expect(page.get_by_role("button", name="Go on without Dana")).to_have_count(0)
    expect(page.get_by_text("1 person whom you left is not shown.")).to_be_visible()
    assert noor.complaints == dana.complaints == priya.complaints == []
