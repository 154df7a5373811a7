"""Every quarter of every hour of a year, in 18 zone-years, for every kind of rule.

Each is held against the clock on the wall (`clocks.Year`): exactly one window is open where the
reading says so and none where it does not; nothing is doubled or lost where the clocks change.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest

from holdfast.sense.measures.engine.schedule import (
    AfterEvent,
    Anchor,
    DailyTimes,
    EveryNDays,
    Moments,
    Once,
    Rule,
    Weekly,
    Window,
    existing_day,
    windows,
)
from tests.property.schedules.clocks import DAY, ZONES, Year, of_day, year_of

every_zone = pytest.mark.parametrize(("zone", "year"), ZONES)

#: Times that some zone leaps over, some that come twice, midnight and the last minutes of a day.
NIGHT = (time(0, 0), time(1, 45), time(2, 30), time(4, 15), time(23, 30))
DAYTIME = (time(9, 0), time(14, 0), time(20, 0))


def all_year(rule: Rule, year: Year, **more: object) -> list[Window]:
    return windows(rule, year.zone, year.starts, year.ends, **more)  # type: ignore[arg-type]


def first_day(year: Year) -> date:
    return year.starts.date()


def never_two(found: list[Window], year: Year) -> None:
    assert len({(one.local_date, one.slot) for one in found}) == len(found)
    for one, following in pairwise(found):
        assert one.closes_at is not None
        assert one.opens_at < one.closes_at <= following.opens_at
    assert year.open_count(found).max() <= 1


def opens_when_the_clock_says(found: list[Window], times: tuple[time, ...], year: Year) -> None:
    """At its local time; where that is leapt over later by the leap; at the first of two."""
    for one in found:
        day = datetime.combine(one.local_date, times[one.slot])
        late = year.reads(one.opens_at) - day
        assert timedelta() <= late <= timedelta(hours=2)
        if late:
            # The clock never read it: a minute before it stood at or before what was leapt over.
            before = year.reads(one.opens_at - late - timedelta(minutes=1))
            assert before < day
        for passed in (30, 60, 120):  # it has not read so before
            assert year.reads(one.opens_at - timedelta(minutes=passed)) != day


def asked_days(year: Year, days: np.ndarray) -> np.ndarray:
    """Readings whose local date is one of the days asked."""
    return np.isin(year.day, days)


def ordinal(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def span(year: Year) -> range:
    return range(ordinal(first_day(year)) - 2, ordinal(first_day(year)) + 370)


@every_zone
@pytest.mark.parametrize("times", [NIGHT, DAYTIME], ids=["night", "day"])
@pytest.mark.parametrize("every", [1, 3])
def test_every_so_many_days_at_local_times(
    zone: str, year: int, times: tuple[time, ...], every: int
) -> None:
    clock, window = year_of(zone, year), 45
    starts = first_day(clock) - timedelta(days=3)
    rule = Rule(when=EveryNDays(days=every, at=times), starts_on=starts, window_minutes=window)
    found = all_year(rule, clock)
    never_two(found, clock)
    opens_when_the_clock_says(found, times, clock)
    asked = np.array([day for day in span(clock) if (day - ordinal(starts)) % every == 0])
    expected = np.zeros(len(clock.utc), dtype=bool)
    for at in times:
        begins, ends = of_day(at), of_day(at) + window
        today = asked_days(clock, asked) & (clock.time >= begins) & (clock.time < ends)
        # A window that reaches over midnight belongs to the day before.
        overnight = asked_days(clock, asked + 1) & (clock.time < ends - DAY)
        expected |= today | overnight
    counts = clock.open_count(found)
    assert (counts[clock.calm] == expected[clock.calm]).all()
    nothing_lost(found, clock, asked, len(times))


def nothing_lost(found: list[Window], clock: Year, asked: np.ndarray, slots: int) -> None:
    """Every slot of every day that the year has, once, and nothing else."""
    inside = [one for one in found if clock.starts <= one.opens_at]
    days = {existing_day(date(1970, 1, 1) + timedelta(days=int(day)), clock.zone) for day in asked}
    wanted = {(day, slot) for day in days for slot in range(slots)}
    got = {(one.local_date, one.slot) for one in inside}
    whole = [day for day in days if first_day(clock) < day < first_day(clock) + timedelta(days=363)]
    assert got <= wanted
    assert {(day, slot) for day in whole for slot in range(slots)} <= got


@every_zone
def test_daily_times_keep_their_local_time(zone: str, year: int) -> None:
    clock = year_of(zone, year)
    rule = Rule(when=DailyTimes(at=DAYTIME), starts_on=first_day(clock), window_minutes=180)
    found = all_year(rule, clock)
    never_two(found, clock)
    # In daytime no clock is ever changed, so there is no exception to the reading at all.
    for one in found:
        assert clock.reads(one.opens_at) == datetime.combine(one.local_date, DAYTIME[one.slot])
        assert one.closes_at is not None
        assert clock.reads(one.closes_at) - clock.reads(one.opens_at) == timedelta(hours=3)
    nothing_lost(found, clock, np.array(list(span(clock))), 3)


@every_zone
def test_weekly_on_two_days(zone: str, year: int) -> None:
    clock = year_of(zone, year)
    rule = Rule(
        when=Weekly(weekdays=(2, 7), at=(time(0, 0), time(18, 30))),
        starts_on=first_day(clock),
        window_minutes=90,
    )
    found = all_year(rule, clock)
    never_two(found, clock)
    opens_when_the_clock_says(found, (time(0, 0), time(18, 30)), clock)
    asked = np.array(
        [d for d in span(clock) if (date(1970, 1, 1) + timedelta(d)).isoweekday() in {2, 7}]
    )
    asked = asked[asked >= ordinal(first_day(clock))]
    begun = asked_days(clock, asked)
    expected = begun & ((clock.time < 90) | ((clock.time >= 1110) & (clock.time < 1200)))
    calm = clock.calm & (clock.day >= ordinal(first_day(clock)))
    assert (clock.open_count(found)[calm] == expected[calm]).all()


@every_zone
@pytest.mark.parametrize(
    "when",
    [
        EveryNDays(days=1),
        EveryNDays(days=7),
        EveryNDays(days=28, at=(time(2, 30),)),
        Weekly(weekdays=(1, 4), at=(time(6, 0),)),
        DailyTimes(at=NIGHT),
    ],
    ids=["daily", "weekly", "four-weekly", "weekdays", "five-a-day"],
)
def test_without_a_window_one_is_always_open(zone: str, year: int, when: EveryNDays) -> None:
    """Until the next: not a minute between two, and never two, whatever the clocks do."""
    clock = year_of(zone, year)
    rule = Rule(when=when, starts_on=first_day(clock) - timedelta(days=40))
    found = all_year(rule, clock)
    never_two(found, clock)
    assert (clock.open_count(found) == 1).all()
    assert all(one.closes_at == following.opens_at for one, following in pairwise(found))


@every_zone
@pytest.mark.parametrize("at", NIGHT)
def test_once_a_whole_day_long_has_no_gap_to_the_next_day(zone: str, year: int, at: time) -> None:
    """A window of 24 hours is a day on the wall: 23 or 25 hours where the clocks change."""
    clock = year_of(zone, year)
    rule = Rule(when=DailyTimes(at=(at,)), starts_on=first_day(clock), window_minutes=DAY)
    found = all_year(rule, clock)
    begun = clock.utc >= int(found[0].opens_at.timestamp()) // 60
    assert (clock.open_count(found)[begun] == 1).all()


@every_zone
def test_once_stays_open_until_it_is_answered_or_its_last_day_has_passed(
    zone: str, year: int
) -> None:
    clock = year_of(zone, year)
    starts = existing_day(first_day(clock) + timedelta(days=100), clock.zone)
    for_ever = all_year(Rule(when=Once(), starts_on=starts), clock)
    assert len(for_ever) == 1
    assert for_ever[0].closes_at is None
    assert (clock.open_count(for_ever) == (clock.day >= ordinal(starts))).all()
    ends = starts + timedelta(days=9)
    bounded = all_year(Rule(when=Once(), starts_on=starts, ends_on=ends), clock)
    expected = (clock.day >= ordinal(starts)) & (clock.day <= ordinal(ends))
    assert (clock.open_count(bounded) == expected).all()
    an_hour = Rule(when=Once(at=time(10)), starts_on=starts, window_minutes=60)
    hour = all_year(an_hour, clock)
    at_ten = (clock.day == ordinal(starts)) & (clock.time >= 600) & (clock.time < 660)
    assert (clock.open_count(hour) == at_ten).all()


@every_zone
@pytest.mark.parametrize(
    ("wakes", "sleeps"),
    [(time(8), time(22)), (time(20), time(6)), (time(0, 30), time(3, 0))],
    ids=["day", "over-midnight", "in-the-night-the-clocks-change"],
)
def test_moments_keep_their_number_their_gap_and_the_sleep(
    zone: str, year: int, wakes: time, sleeps: time
) -> None:
    clock = year_of(zone, year)
    night = sleeps < wakes
    awake = (of_day(sleeps) - of_day(wakes)) % DAY
    per_day, gap, window = (6, 75, 20) if awake > 300 else (3, 45, 15)
    when = Moments(per_day=per_day, wakes=wakes, sleeps=sleeps, gap_minutes=gap)
    rule = Rule(when=when, starts_on=first_day(clock), window_minutes=window)
    found = all_year(rule, clock, seed=b"somebody")
    never_two(found, clock)
    inside = clock.time >= of_day(wakes)
    inside = (
        inside | (clock.time < of_day(sleeps)) if night else inside & (clock.time < of_day(sleeps))
    )
    # Not one minute of sleep is disturbed; where the clocks change, by the clock's own reading.
    asleep = ~inside & clock.calm
    assert clock.open_count(found)[asleep].sum() == 0
    by_day: dict[date, list[Window]] = {}
    for one in found:
        by_day.setdefault(one.local_date, []).append(one)
    days = sorted(by_day)[1:-1]
    assert all(existing_day(day, clock.zone) == day for day in days)
    missing = {days[0] + timedelta(n) for n in range((days[-1] - days[0]).days)} - set(days)
    assert all(existing_day(day, clock.zone) != day for day in missing)
    for day in days:
        moments = by_day[day]
        assert [one.slot for one in moments] == list(range(per_day))
        apart = [b.opens_at - a.opens_at for a, b in pairwise(moments)]
        # A short night that the clocks make shorter has not enough room for the gap.
        room = awake > 300 or clock.calm[clock.day == ordinal(day)].all()
        assert min(apart) >= timedelta(minutes=gap if room else 1)


@every_zone
def test_moments_are_random_and_the_same_on_every_machine(zone: str, year: int) -> None:
    clock = year_of(zone, year)
    rule = Rule(when=Moments(per_day=4), starts_on=first_day(clock), window_minutes=30)
    found = all_year(rule, clock, seed=b"a" * 16)
    assert found == all_year(rule, clock, seed=b"a" * 16)
    assert found != all_year(rule, clock, seed=b"b" * 16)
    # A stretch of the year is the same stretch, wherever one begins to look.
    middle = clock.starts + timedelta(days=90)
    part = windows(rule, clock.zone, middle, middle + timedelta(days=30), seed=b"a" * 16)
    assert part == [
        one
        for one in found
        if one.closes_at is not None
        and one.closes_at > middle
        and one.opens_at < middle + timedelta(days=30)
    ]
    times = {clock.reads(one.opens_at).time() for one in found}
    assert len(times) > 200


@every_zone
def test_after_an_event(zone: str, year: int) -> None:
    clock = year_of(zone, year)
    anchors = []
    for number in range(0, 360, 3):
        at = clock.starts + timedelta(days=number, hours=number % 24)
        anchors.append(Anchor(at, at.astimezone(clock.zone).date()))
    next_morning = Rule(
        when=AfterEvent(event="encounter-end", after_days=1, at=time(9)),
        starts_on=first_day(clock) - timedelta(days=2),
        window_minutes=120,
    )
    found = all_year(next_morning, clock, anchors=anchors)
    never_two(found, clock)
    days = np.array(
        [ordinal(existing_day(one.on + timedelta(days=1), clock.zone)) for one in anchors]
    )
    at_nine = asked_days(clock, days) & (clock.time >= 540) & (clock.time < 660)
    assert (clock.open_count(found) == at_nine).all()
    half_an_hour = Rule(
        when=AfterEvent(event="encounter-end", after_minutes=30),
        starts_on=first_day(clock) - timedelta(days=2),
        window_minutes=60,
    )
    soon = all_year(half_an_hour, clock, anchors=anchors)
    never_two(soon, clock)
    assert [one.opens_at for one in soon] == [one.at + timedelta(minutes=30) for one in anchors]


@every_zone
def test_two_slots_that_a_leap_puts_on_one_instant_are_one(zone: str, year: int) -> None:
    """Hourly all night: a day of 23 hours has one asking less, one of 25 none twice."""
    clock = year_of(zone, year)
    hours = tuple(time(hour) for hour in range(12))
    rule = Rule(when=DailyTimes(at=hours), starts_on=first_day(clock), window_minutes=60)
    found = all_year(rule, clock)
    never_two(found, clock)
    counts = clock.open_count(found)
    expected = (clock.time < 12 * 60) & (clock.day >= ordinal(first_day(clock)))
    inside = slice(DAY // 15, -(DAY // 15))
    # In the hour that comes twice one window is open once or all along; never none in the first.
    assert (counts[inside] <= expected[inside]).all()
    assert (counts[inside] == expected[inside])[clock.calm[inside]].all()
    lost = int((expected[inside] & (counts[inside] == 0)).sum())
    assert lost <= 8 * clock.changes


def test_the_zones_change_their_clocks() -> None:
    """What this file promises to cover is there: the time-zone data knows these changes."""
    changes = {(zone, year): year_of(zone, year).changes for zone, year in ZONES}
    assert sum(count == 0 for count in changes.values()) < 9
    assert changes["Europe/Berlin", 2026] == changes["Australia/Lord_Howe", 2026] == 2
    assert len({zone for zone, _ in ZONES}) >= 13
    apia = year_of("Pacific/Apia", 2011)
    assert ordinal(date(2011, 12, 30)) not in set(apia.day.tolist())
