"""A share comes with its interval, and is of the times that were held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from holdfast.meet.scheduling.engine import attendance
from holdfast.meet.scheduling.engine.attendance import Attendance

pytestmark = pytest.mark.any_database


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_is_wilsons(counts: tuple[int, int]) -> None:
    found = attendance.share(*counts)
    low, high = proportion_confint(*counts, method="wilson")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_of_nothing_there_is_no_share() -> None:
    assert attendance.share(0, 0) == attendance.Share(0, 0, None, None)


def test_what_was_called_off_in_time_or_by_the_practice_counts_as_neither() -> None:
    found = Attendance(kept=7, missed=2, late=1, in_time=30, by_practice=20, unsaid=5)
    assert (attendance.missed(found).count, attendance.missed(found).of) == (2, 10)
    assert (attendance.late(found).count, attendance.late(found).of) == (1, 10)


def test_a_practice_is_the_sum_of_its_people() -> None:
    one, other = Attendance(kept=3, missed=1), Attendance(kept=2, late=4, unsaid=1)
    assert one + other == Attendance(kept=5, missed=1, late=4, unsaid=1)
