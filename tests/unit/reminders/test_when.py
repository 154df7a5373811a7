"""When a reminder rings: by the clock on the wall, before quiet hours, and once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.notify.engine import Quiet
from holdfast.meet.reminders.engine import DAY, LEADS, Plan, Waiting, due, plans, sort_due

pytestmark = pytest.mark.any_database

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(time(21), time(8))
#: Tuesday, 10:00 in Berlin.
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_a_day_before_is_the_same_time_on_the_wall_also_over_a_change_of_clocks() -> None:
    sunday = datetime(2026, 10, 25, 9, tzinfo=UTC)  # 10:00 in Berlin, the clocks went back at three
    before = due(sunday, DAY, BERLIN, None)
    assert before == datetime(2026, 10, 24, 8, tzinfo=UTC)
    assert before.astimezone(BERLIN).hour == 10
    assert due(sunday, 60, BERLIN, None) == sunday - timedelta(hours=1)


@given(zones, instants)
def test_in_every_zone_the_day_before_shows_the_same_time_or_what_a_gap_made_of_it(
    zone: ZoneInfo, start: datetime
) -> None:
    wall = start.astimezone(zone)
    rung = due(start, DAY, zone, None).astimezone(zone)
    skipped = (wall.replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=zone)
    if skipped.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == skipped.replace(
        tzinfo=None
    ):
        assert rung.time() == wall.time()
    assert timedelta(hours=20) < start - due(start, DAY, zone, None) < timedelta(hours=49)


@given(zones, instants, st.sampled_from(LEADS), st.times(), st.times())
def test_a_reminder_rings_before_the_appointment_and_never_of_no_use(
    zone: ZoneInfo, start: datetime, lead: int, begins: time, ends: time
) -> None:
    quiet = Quiet(begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))
    assert due(start, lead, zone, quiet) < start


def test_what_quiet_hours_would_hold_until_the_beginning_comes_the_evening_before() -> None:
    eight = datetime(2026, 11, 24, 7, tzinfo=UTC)  # 08:00 in Berlin
    rung = due(eight, 60, BERLIN, NIGHT).astimezone(BERLIN)
    assert (rung.day, rung.hour, rung.minute) == (23, 20, 55)
    half_past_nine = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert due(half_past_nine, 120, BERLIN, NIGHT) == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def test_what_is_over_when_somebody_books_is_not_reminded_of() -> None:
    now = START - timedelta(hours=3)
    assert plans(START, LEADS, BERLIN, None, now) == [
        Plan(120, START - timedelta(hours=2)),
        Plan(60, START - timedelta(hours=1)),
        Plan(30, START - timedelta(minutes=30)),
        Plan(15, START - timedelta(minutes=15)),
    ]


def test_after_the_server_was_away_the_last_one_says_it_all() -> None:
    waiting = [Waiting("day", DAY, START), Waiting("hour", 60, START)]
    assert sort_due(waiting, START - timedelta(minutes=20)) == {"day": "overtaken", "hour": "send"}
    assert set(sort_due(waiting, START).values()) == {"too-late"}
