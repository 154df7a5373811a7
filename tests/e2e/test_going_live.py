"""An administrator takes an empty practice live; nothing less than everything is enough."""

from __future__ import annotations

import pytest

from tests.e2e.going_live import live_practice
from tests.e2e.operators import Mouse
from tests.e2e.world import Worlds

pytestmark = pytest.mark.xdist_group("mouse")


def test_an_empty_practice_goes_live_only_when_everything_stands(worlds: Worlds) -> None:
    world = live_practice(worlds, Mouse)
    assert world.complaints() == []
