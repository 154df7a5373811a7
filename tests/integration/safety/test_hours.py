"""Monitored hours across clock changes, by property and by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.tenancy.hours import OpenHours, intervals_on
from holdfast.safety.flags import engine
from holdfast.safety.flags.engine import Window
from holdfast.safety.flags.hours import windows_around

#: Half-hour change, changes at midnight, a skipped day, none at all.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Beirut",
    "Pacific/Apia",
    "Asia/Kolkata",
    "UTC",
)

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1])
hours = st.lists(
    st.builds(lambda day, span: OpenHours(day, *span), st.integers(1, 7), spans), max_size=8
)
START = datetime(2010, 1, 1, tzinfo=UTC)
instants = st.integers(0, 20 * 366 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
zones = st.sampled_from(ZONES).map(ZoneInfo)
closures = st.sets(st.dates(date(2010, 1, 1), date(2030, 12, 31)), max_size=3)


def window_at(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime
) -> Window | None:
    return engine.window_at(windows_around(week, closed, zone, at), at)


def is_open(week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime) -> bool:
    return window_at(week, closed, zone, at) is not None


def next_opening(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime
) -> datetime | None:
    return engine.next_opening(windows_around(week, closed, zone, at), at)


@given(hours, closures, zones, instants)
def test_an_opening_is_open_and_the_instant_before_a_closing_too(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime
) -> None:
    opening = next_opening(week, closed, zone, at)
    if opening is None:
        return
    assert opening > at
    window = window_at(week, closed, zone, opening)
    assert window is not None
    assert is_open(week, closed, zone, window.closes - timedelta(microseconds=1))


@given(hours, closures, zones, instants, st.floats(0, 1))
def test_nothing_opens_between_a_closed_instant_and_the_next_opening(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime, share: float
) -> None:
    opening = next_opening(week, closed, zone, at)
    if opening is None or is_open(week, closed, zone, at):
        return
    between = at + (opening - at) * share
    assert between >= opening or not is_open(week, closed, zone, between)


@given(hours, closures, zones, instants)
def test_away_from_clock_changes_open_means_what_the_clock_on_the_wall_says(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, at: datetime
) -> None:
    local = at.astimezone(zone)
    offsets = {
        (at + timedelta(hours=around)).astimezone(zone).utcoffset() for around in range(-48, 49, 6)
    }
    if len(offsets) > 1:
        return
    on_the_wall = local.date() not in closed and any(
        h.weekday == local.isoweekday() and h.opens <= local.time() < h.closes for h in week
    )
    assert is_open(week, closed, zone, at) == on_the_wall


@given(hours, closures, zones, st.dates(date(2010, 1, 1), date(2030, 12, 31)))
def test_the_intervals_of_a_day_are_in_order_and_apart(
    week: list[OpenHours], closed: set[date], zone: ZoneInfo, day: date
) -> None:
    found = intervals_on(day, week, closed, zone)
    assert all(one.opens_at < one.closes_at for one in found)
    assert all(a.closes_at < b.opens_at for a, b in pairwise(found))
    assert not (day in closed and found)


NIGHT = [OpenHours(7, time(1), time(4))]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "length"),
    [
        (date(2026, 3, 22), timedelta(hours=3)),
        (date(2026, 3, 29), timedelta(hours=2)),  # 02:00 to 03:00 does not exist
        (date(2026, 10, 25), timedelta(hours=4)),  # 02:00 to 03:00 comes twice
    ],
)
def test_the_night_the_clocks_change_is_as_long_as_it_is(day: date, length: timedelta) -> None:
    interval = intervals_on(day, NIGHT, (), BERLIN)[0]
    assert interval.closes_at - interval.opens_at == length


def test_an_opening_in_the_hour_that_is_skipped_is_when_an_unchanged_clock_would_show_it() -> None:
    week = [OpenHours(7, time(2, 30), time(12))]
    opening = next_opening(week, set(), BERLIN, datetime(2026, 3, 29, tzinfo=UTC))
    assert opening == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_in_the_hour_that_comes_twice_nobody_loses_an_hour_of_watching() -> None:
    week = [OpenHours(7, time(0), time(2, 30))]
    second_time = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15 again, in winter time
    assert is_open(week, set(), BERLIN, second_time)


def test_a_closed_day_and_a_weekend_are_passed_over() -> None:
    week = [OpenHours(day, time(9), time(17)) for day in range(1, 6)]
    friday_evening = datetime(2026, 12, 18, 20, tzinfo=UTC)
    monday = datetime(2026, 12, 21, 8, tzinfo=UTC)
    assert next_opening(week, set(), BERLIN, friday_evening) == monday
    closed = {date(2026, 12, 21)}
    assert next_opening(week, closed, BERLIN, friday_evening) == monday + timedelta(days=1)


def test_the_closing_of_the_day_is_the_last_one() -> None:
    week = [OpenHours(1, time(9), time(12)), OpenHours(1, time(14), time(18))]
    for noon, days in ((datetime(2026, 11, 23, 12, tzinfo=UTC), 0),
                       (datetime(2026, 11, 24, 12, tzinfo=UTC), 7)):  # fmt: skip
        windows = windows_around(week, (), BERLIN, noon)
        closing = datetime(2026, 11, 23, 17, tzinfo=UTC) + timedelta(days=days)
        assert engine.closing_of_day(windows, noon) == closing


def test_without_hours_there_is_no_opening() -> None:
    assert next_opening([], set(), BERLIN, datetime(2026, 1, 1, tzinfo=UTC)) is None
