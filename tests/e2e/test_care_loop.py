"""An answer that worries reaches a named human with a clock on it; the person sees where it is."""

from __future__ import annotations

import pytest

from tests.e2e.care_loop import care_for_mira
from tests.e2e.going_live import live_practice
from tests.e2e.operators import Mouse
from tests.e2e.world import Worlds

pytestmark = pytest.mark.xdist_group("mouse")


def test_an_answer_that_worries_reaches_a_human(worlds: Worlds) -> None:
    world = live_practice(worlds, Mouse)
    care_for_mira(world, worlds.playwright)
    assert world.complaints() == []
