"""More comes while a flag is on the screen: nobody says "seen" of what they have not seen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from holdfast.core.ids import uuid7
from tests.e2e.world import DESK, PHONE, Seat, World, Worlds

#: Milliseconds; a machine that does other things at the same time is no fault of ours.
PATIENCE = 30_000


@pytest.fixture(scope="module")
def demo(worlds: Worlds) -> World:
    return worlds.demo()


def _enter(world: World, name: str, login: str, path: str, viewport: dict[str, int]) -> Seat:
    seat = world.seat(name, login, viewport=viewport)
    seat.go("/login")
    seat.page.get_by_test_id(f"demo-{login}").click()
    expect(seat.page).to_have_url(path, timeout=PATIENCE)
    return seat


def _answer(seat: Seat, item9: int) -> None:
    """A PHQ-9 as the app hands it in."""
    _, me = seat.api("GET", "/me")
    own = next(each for each in me["memberships"] if each["client_id"] is not None)
    body: dict[str, Any] = {
        "id": str(uuid7()),
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": {f"phq9_{number}": 1 for number in range(1, 9)} | {"phq9_9": item9},
        "answered_at": datetime.now(UTC).isoformat(),
        "time_zone": "Europe/Berlin",
        "schema": 1,
    }
    path = f"/practices/{own['practice']['id']}/clients/{own['client_id']}/responses"
    status, _ = seat.api("POST", path, body)
    assert status == 201


@pytest.mark.exhaustive
def test_what_came_after_the_page_was_opened_is_shown_before_it_counts_as_seen(
    demo: World,
) -> None:
    robin = _enter(demo, "Robin", "robin", "/today", PHONE)
    _answer(robin, 2)
    dana = _enter(demo, "Dana", "dana", "/caseload", DESK)

    dana.go("/worklist")
    news = dana.page.get_by_test_id("news")
    expect(news).to_contain_text("A flag was raised.", timeout=PATIENCE)
    news.get_by_role("link", name="Open the flag").first.click()
    steps = dana.page.get_by_test_id("flag-steps")
    expect(steps).to_contain_text("Nobody has seen this yet.", timeout=PATIENCE)

    _answer(robin, 3)
    dana.does.press("I have seen it")
    refused = steps.get_by_role("alert")
    expect(refused).to_contain_text("More has come since this page was loaded", timeout=PATIENCE)
    # The page now holds both answers; what is on it can be seen.
    shown = dana.page.get_by_test_id("flag-history")
    expect(shown).to_contain_text("Another answer like it", timeout=PATIENCE)
    dana.does.press("I have seen it")
    expect(steps).to_contain_text("Seen. Reach the person", timeout=PATIENCE)
    expect(refused).to_have_count(0)

    robin.go("/flags-status")
    expect(robin.page.locator("main")).to_contain_text("Dana", timeout=PATIENCE)
    assert demo.complaints() == []
