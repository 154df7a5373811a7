"""What is said of waiting is what others waited, those who still wait among them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.matching.engine.waiting import FEWEST, Estimate, Wait, estimate

pytestmark = pytest.mark.any_database


def wait(days: float, matched: bool = True) -> Wait:
    return Wait(timedelta(days=days), matched)


def test_of_few_nothing_is_said() -> None:
    assert estimate([wait(3)] * (FEWEST - 1) + [wait(90, matched=False)] * 20) is None


def test_quartiles_of_those_who_all_found_somebody() -> None:
    assert estimate([wait(days) for days in range(1, 9)]) == Estimate(2, 4, 6, 8)


def test_part_of_a_day_counts_as_a_day() -> None:
    found = estimate([wait(0.2)] * 5)
    assert found is not None
    assert found.half == 1


def test_who_still_waits_makes_the_time_longer() -> None:
    found = estimate([wait(days) for days in range(1, 9)] + [wait(30, matched=False)] * 8)
    assert found is not None
    assert (found.quarter, found.half, found.three_quarters) == (4, 8, None)


@given(
    st.lists(st.tuples(st.floats(0.01, 200), st.booleans()), min_size=5, max_size=60),
    st.floats(1, 300),
)
def test_somebody_who_waits_on_never_shortens_it(
    rows: list[tuple[float, bool]], longer: float
) -> None:
    waits = [wait(days, matched) for days, matched in rows]
    before, after = estimate(waits), estimate([*waits, wait(longer, matched=False)])
    assert (before is None) == (after is None)
    if before is None or after is None:
        return
    for name in ("quarter", "half", "three_quarters"):
        earlier, later = getattr(before, name), getattr(after, name)
        assert later is None or (earlier is not None and later >= earlier)
