"""Going live and the care loop with a keyboard alone, at 200 % text, with axe on each screen."""

from __future__ import annotations

import pytest

from tests.e2e.care_loop import care_for_mira
from tests.e2e.going_live import live_practice, working_practice
from tests.e2e.operators import Keyboard
from tests.e2e.world import Worlds


@pytest.mark.exhaustive
def test_going_live_by_keyboard_at_twice_the_text_size(worlds: Worlds) -> None:
    world = live_practice(worlds, Keyboard, large_text=True)
    seen = {name for seat in world.seats.values() for name in getattr(seat.does, "seen", [])}
    assert {"invitation", "recovery code", "authenticator app", "on call", "crisis lines"} <= seen
    assert world.complaints() == []


@pytest.mark.exhaustive
def test_the_care_loop_by_keyboard_at_twice_the_text_size(worlds: Worlds) -> None:
    world = working_practice(worlds, Keyboard, large_text=True)
    care_for_mira(world, worlds.playwright)
    seen = {name for seat in world.seats.values() for name in getattr(seat.does, "seen", [])}
    assert {"help card and direct questions", "emergency", "flag, open", "flags, alarm"} <= seen
    assert {"person, what changed", "progress", "flags status, closed"} <= seen
    assert world.complaints() == []
