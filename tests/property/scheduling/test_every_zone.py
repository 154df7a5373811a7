"""Free times in every zone, over both changes of its clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.scheduling.engine import (
    Busy,
    Kind,
    Rule,
    free_slots,
    later_starts,
    local_instant,
    series_starts,
    whole_day,
)

pytestmark = pytest.mark.any_database

ZONES = sorted(
    one for one in available_timezones() if "/" in one and not one.startswith(("posix", "right"))
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FOR_EVER = timedelta(days=10_000)


def changes(zone: str, year: int) -> list[date]:
    """The local days of a year that do not last 24 hours."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    return [one for one in days if _length(one, zone) != timedelta(days=1)]


def _length(day: date, zone: str) -> timedelta:
    start, end = whole_day(day, zone)
    return end - start


def check_day(zone: str, day: date, from_: time, until: time, kind: Kind) -> None:
    """Slots of one day: within its hours, as long as they should be, apart, none left out."""
    rule = Rule(day.isoweekday(), from_, until, zone, date(2000, 1, 1), media=("video",))
    since, end = whole_day(day, zone)
    found = free_slots([rule], (), (), kind, since, end, now=LONG_AGO)
    opens = local_instant(day, from_, zone)
    closes = local_instant(day + timedelta(days=until == time(0)), until, zone)
    length = timedelta(minutes=kind.minutes)
    step = timedelta(minutes=kind.before + kind.minutes + kind.after)
    room = closes - opens
    assert len(found) == max(0, (room - length) // step + 1 if room >= length else 0)
    for before, after in pairwise(found):
        assert after.starts_at - before.starts_at == step
    for slot in found:
        assert opens <= slot.starts_at
        assert slot.ends_at <= closes
        assert slot.ends_at - slot.starts_at == length
        assert slot.starts_at.astimezone(ZoneInfo(zone)).date() == day


def test_no_zone_loses_its_hours_on_the_days_around_a_change() -> None:
    """Every twelfth zone; `exhaustive` takes all of them, in several years."""
    for zone in ZONES[::12]:
        for change in changes(zone, 2026):
            for day in (change - timedelta(days=1), change, change + timedelta(days=7)):
                kind = Kind(50, after=10, horizon=FOR_EVER)
                check_day(zone, day, time(9), time(17), kind)
                check_day(zone, day, time(0), time(0), kind)


@pytest.mark.exhaustive
@pytest.mark.parametrize("year", [2011, 2016, 2026, 2030])
def test_no_zone_at_all_does(year: int) -> None:
    for zone in ZONES:
        for change in changes(zone, year):
            if _length(change, zone) == timedelta(0):
                continue  # the zone left the day out
            for day in (change - timedelta(days=1), change, change + timedelta(days=7)):
                if _length(day, zone) == timedelta(0):
                    continue
                for from_, until in ((9, 17), (0, 0), (1, 4), (2, 3)):
                    kind = Kind(25, before=5, horizon=FOR_EVER)
                    if (
                        local_instant(day, time(from_), zone).astimezone(ZoneInfo(zone)).date()
                        == day
                    ):
                        check_day(zone, day, time(from_), time(until), kind)


zones = st.sampled_from(ZONES)
dates = st.dates(date(2024, 1, 1), date(2032, 12, 31))
minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))


@given(zones, dates, minutes, st.integers(1, 8), st.integers(1, 20))
def test_a_series_shows_one_time_on_the_wall_but_for_gaps(
    zone: str, day: date, at: time, weeks: int, count: int
) -> None:
    starts = series_starts(datetime.combine(day, at), zone, weeks, count)
    assert starts == sorted(set(starts))
    for number, start in enumerate(starts):
        wall = start.astimezone(ZoneInfo(zone))
        on = day + timedelta(weeks=weeks * number)
        if wall.replace(tzinfo=None) != datetime.combine(on, at):
            # The clock skipped it: an unchanged one would show it then.
            before = (start - timedelta(hours=6)).astimezone(ZoneInfo(zone))
            assert before.utcoffset() != wall.utcoffset()
            assert start.astimezone(before.tzinfo) == start


@given(zones, dates, minutes, st.integers(-20, 20), minutes)
def test_moving_a_series_there_and_back_changes_nothing(
    zone: str, day: date, at: time, shift: int, to: time
) -> None:
    starts = series_starts(datetime.combine(day, at), zone, 1, 6)
    new = local_instant(day + timedelta(days=shift), to, zone)
    there = later_starts(starts, starts[0], new, zone)
    assert there[0] == new
    back = later_starts(there, new, starts[0], zone)
    skipped = {
        one for one in (*starts, *there) if one.astimezone(ZoneInfo(zone)).time() not in {at, to}
    }
    assert skipped or back == starts


spans = st.lists(
    st.tuples(st.integers(0, 48 * 60), st.integers(1, 300)).map(
        lambda one: Busy(
            datetime(2026, 3, 7, tzinfo=UTC) + timedelta(minutes=one[0]),
            datetime(2026, 3, 7, tzinfo=UTC) + timedelta(minutes=one[0] + one[1]),
        )
    ),
    max_size=12,
)


@given(zones, spans, st.integers(5, 120), st.integers(0, 30), st.integers(0, 30))
def test_nothing_offered_overlaps_what_is_busy_and_nothing_free_is_hidden(
    zone: str, busy: list[Busy], length: int, before: int, after: int
) -> None:
    rules = [
        Rule(day, time(8), time(20), zone, date(2000, 1, 1), media=("video",))
        for day in range(1, 8)
    ]
    since = datetime(2026, 3, 7, tzinfo=UTC)
    kind = Kind(length, before, after, horizon=FOR_EVER)
    every = free_slots(rules, (), (), kind, since, since + timedelta(days=2), now=LONG_AGO)
    found = free_slots(rules, (), busy, kind, since, since + timedelta(days=2), now=LONG_AGO)
    pads = timedelta(minutes=before), timedelta(minutes=after)
    assert found == [
        one
        for one in every
        if not any(
            other.starts_at < one.ends_at + pads[1] and other.ends_at > one.starts_at - pads[0]
            for other in busy
        )
    ]
