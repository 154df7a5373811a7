"""An empty practice goes live; an answer that worries then reaches a named human with a clock."""

from __future__ import annotations

import pytest

from tests.e2e.care_loop import care_for_mira
from tests.e2e.going_live import live_practice, working_practice
from tests.e2e.operators import Mouse
from tests.e2e.world import Worlds


@pytest.mark.exhaustive
def test_an_empty_practice_goes_live_only_when_everything_stands(worlds: Worlds) -> None:
    world = live_practice(worlds, Mouse)
    assert world.complaints() == []


def test_an_answer_that_worries_reaches_a_human(worlds: Worlds) -> None:
    world = working_practice(worlds, Mouse)
    care_for_mira(world, worlds.playwright)
    assert world.complaints() == []
