"""When something may ring, by the clock on the person's wall."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.notify.engine import Quiet, held_until

NIGHT = Quiet(time(21), time(8))

#: Whole and half hours, a half-hour DST rule, both hemispheres, a day's jump, and none.
ZONES = (
    "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Kolkata", "Asia/Kathmandu",
    "Africa/Casablanca", "Pacific/Chatham", "Pacific/Apia", "Asia/Tehran", "UTC",
)  # fmt: skip


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
    ],
)
def test_a_night_spans_midnight(now: str, until: str) -> None:
    zone = "Europe/Berlin"
    assert held_until(local(zone, now), NIGHT, ZoneInfo(zone)) == local(zone, until)


def test_quiet_hours_may_lie_within_a_day() -> None:
    nap, zone = Quiet(time(13), time(15)), "Asia/Kolkata"
    held = held_until(local(zone, "2026-11-23T14:00"), nap, ZoneInfo(zone))
    assert held == local(zone, "2026-11-23T15:00")
    before = local(zone, "2026-11-23T12:59")
    assert held_until(before, nap, ZoneInfo(zone)) == before


def test_equal_times_are_no_quiet_hours() -> None:
    now = local("UTC", "2026-11-23T03:00")
    assert held_until(now, Quiet(time(8), time(8)), ZoneInfo("UTC")) == now


@pytest.mark.parametrize(("evening", "hours"), [("2026-03-28", 10), ("2026-10-24", 12)])
def test_the_night_the_clocks_change_ends_at_eight_on_the_wall(evening: str, hours: int) -> None:
    """Berlin: an hour less on 29 March 2026, an hour more on 25 October 2026."""
    begins = local("Europe/Berlin", f"{evening}T21:00")
    held = held_until(begins, NIGHT, ZoneInfo("Europe/Berlin"))
    assert held.astimezone(ZoneInfo("Europe/Berlin")).time() == time(8)
    assert held - begins == timedelta(hours=hours)


def test_an_end_that_the_clock_jumps_over_comes_when_an_unchanged_clock_would_show_it() -> None:
    quiet, zone = Quiet(time(21), time(2, 30)), "Europe/Berlin"
    held = held_until(local(zone, "2026-03-29T01:30"), quiet, ZoneInfo(zone))
    assert held == local(zone, "2026-03-29T03:30")


def test_an_end_that_comes_twice_is_the_first_and_the_phone_stays_free_after_it() -> None:
    quiet, zone = Quiet(time(21), time(2, 30)), "Europe/Berlin"
    held = held_until(local(zone, "2026-10-25T01:30"), quiet, ZoneInfo(zone))
    assert held == local(zone, "2026-10-25T02:30", fold=0)
    again = local(zone, "2026-10-25T02:15", fold=1)
    assert held_until(again, quiet, ZoneInfo(zone)) == again


quarter_hours = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 365 * 24 * 60),
    begins=quarter_hours,
    ends=quarter_hours,
)
def test_it_waits_for_the_end_and_never_longer(
    zone: str, minute: int, begins: time, ends: time
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    quiet, place = Quiet(begins, ends), ZoneInfo(zone)
    until = held_until(at, quiet, place)
    assert at <= until <= at + timedelta(hours=26)
    assert held_until(until, quiet, place) == until
    if until > at:
        wall = until.astimezone(place)
        # On the wall the end is what was asked for, but for the hour or half that a gap adds.
        late = (wall.hour * 60 + wall.minute - ends.hour * 60 - ends.minute) % (24 * 60)
        assert late in {0, 30, 60}
