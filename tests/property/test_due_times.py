"""When a flag is due, over arbitrary weeks, zones and instants."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from holdfast.core.tenancy.hours import OpenHours
from holdfast.safety.flags import engine
from holdfast.safety.flags.hours import windows_around

POLICY = engine.policy()
LEVELS = engine.LEVELS[1:]
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "UTC")

quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
instants = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@st.composite
def weeks(draw: st.DrawFn) -> list[OpenHours]:
    hours = []
    for weekday in draw(st.sets(st.integers(1, 7), min_size=1)):
        opens, closes = draw(st.tuples(quarters, quarters))
        if opens < closes:
            hours.append(OpenHours(weekday, opens, closes))
    assume(hours)
    return hours


def windows(hours: list[OpenHours], zone: str, now: datetime) -> list[engine.Window]:
    return windows_around(hours, set(), ZoneInfo(zone), now)


@given(weeks(), st.sampled_from(ZONES), instants, st.sampled_from(LEVELS))
def test_it_is_due_later_than_it_came_and_moves_on_no_earlier_than_due(
    hours: list[OpenHours], zone: str, now: datetime, level: str
) -> None:
    due = engine.due(level, now, windows(hours, zone, now), POLICY)
    assert now < due.at <= due.escalate_at
    step = engine.step_due(level, now, windows(hours, zone, now), POLICY)
    assert now < step.escalate_at


@given(weeks(), st.sampled_from(ZONES), instants)
def test_a_concern_is_due_the_same_day_inside_hours_and_else_at_an_opening(
    hours: list[OpenHours], zone: str, now: datetime
) -> None:
    found = windows(hours, zone, now)
    due = engine.due("concern", now, found, POLICY)
    if engine.window_at(found, now):
        assert due.kind == "same_day"
        assert due.at in {window.closes for window in found}
        # Same local day, or just past midnight where that day's last hour comes twice.
        assert due.at - now < timedelta(hours=26)
    else:
        assert due.kind == "next_opening"
        assert due.at in {window.opens for window in found}
        assert not any(now < window.opens < due.at for window in found)


@given(weeks(), st.sampled_from(ZONES), instants)
def test_a_higher_level_is_never_due_later(
    hours: list[OpenHours], zone: str, now: datetime
) -> None:
    found = windows(hours, zone, now)
    at = [engine.due(level, now, found, POLICY).at for level in LEVELS]
    assert at == sorted(at, reverse=True)


@given(instants, st.sampled_from(LEVELS))
def test_a_practice_that_never_opens_still_has_a_clock(now: datetime, level: str) -> None:
    due = engine.due(level, now, [], POLICY)
    assert now < due.escalate_at <= now + timedelta(days=1)


orders = st.lists(st.sampled_from("abcdef"), unique=True).map(lambda who: list(enumerate(who, 1)))


@given(st.lists(orders, min_size=1), st.lists(st.sampled_from("abcdef"), unique=True))
def test_everybody_on_call_comes_once_however_the_order_changes(
    changing: list[list[tuple[int, str]]], before: list[str]
) -> None:
    had = [(who, False) for who in before]
    for order in [*changing, *[changing[-1]] * 6]:
        if (following := engine.next_on_call(order, had)) is not None:
            had.append((following[1], False))
    came = [who for who, _ in had]
    assert len(came) == len(set(came))
    assert {who for _, who in changing[-1]} <= set(came)


@given(orders)
def test_from_the_top_everybody_comes_again(order: list[tuple[int, str]]) -> None:
    had = [(who, False) for _, who in order]
    assert engine.next_on_call(order, had) is None
    if order:
        had.append((order[0][1], True))
        assert engine.next_on_call(order, had) == (order[1] if len(order) > 1 else None)
