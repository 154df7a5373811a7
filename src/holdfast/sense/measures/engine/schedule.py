"""When a questionnaire is asked: a wall-clock rule in a person's zone, and the windows it opens.

Dates and times in a `Rule` are local: nine in the morning stays nine in the morning when the
clocks change and when the person travels. `windows` turns them into UTC instants in one zone.

* A local time that the clocks leap over is moved forward by what they leap (02:30 becomes 03:30),
  one that comes twice is its first coming: RFC 5545 (3.3.5), and what PEP 495 gives for fold=0.
* A date that a zone leaves out (30 December 2011 in Apia) becomes the next one it has.
* At most one window of a rule is open at any instant: the next one to open ends the one before,
  and two that a leap of the clocks puts on the same instant are one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter

MIDNIGHT = time(0, 0)
DAY_MINUTES = 24 * 60
#: Somebody with so many questions a day is not asked more often by one questionnaire.
MOST_A_DAY = 12
LONGEST_PERIOD = 366
#: A day awake is no longer than this, so that one day's moments never reach into the next one's.
LONGEST_AWAKE = 20 * 60
MOST_REMINDERS = 3
MOST_SNOOZES = 5

#: Rules begin in these years: every zone's offsets are known there, and no arithmetic runs out.
FIRST_YEAR, LAST_YEAR = 1990, 2200

EventName = Literal["enrolment", "first-answer", "encounter-end"]


class RuleError(ValueError):
    """A rule that cannot hold. `field` names the part at fault, `code` says why."""

    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.code, self.detail = field, code, detail


@dataclass(frozen=True)
class Once:
    """On the first day of the rule."""

    at: time = MIDNIGHT
    kind: Literal["once"] = "once"


@dataclass(frozen=True)
class EveryNDays:
    """On the first day of the rule and every so many days after it."""

    days: int
    at: tuple[time, ...] = (MIDNIGHT,)
    kind: Literal["every_n_days"] = "every_n_days"


@dataclass(frozen=True)
class Weekly:
    """On these days of every week; ISO: 1 Monday to 7 Sunday."""

    weekdays: tuple[int, ...]
    at: tuple[time, ...] = (MIDNIGHT,)
    kind: Literal["weekly"] = "weekly"


@dataclass(frozen=True)
class DailyTimes:
    """At these local times, every day."""

    at: tuple[time, ...]
    kind: Literal["daily_times"] = "daily_times"


@dataclass(frozen=True)
class Moments:
    """So many random moments a day between waking and sleeping, at least `gap_minutes` apart.

    Ecological momentary assessment with signal-contingent sampling (Shiffman, Stone & Hufford
    2008, doi:10.1146/annurev.clinpsy.3.022806.091415). `sleeps` before `wakes` lies after midnight
    and belongs to the day of waking. The last window closes before sleep.
    """

    per_day: int
    wakes: time = time(9, 0)
    sleeps: time = time(21, 0)
    gap_minutes: int = 60
    kind: Literal["moments"] = "moments"


@dataclass(frozen=True)
class AfterEvent:
    """So long after each of the events: at a local time some days after, or minutes after it."""

    event: EventName
    after_days: int = 0
    at: time | None = None
    after_minutes: int = 0
    kind: Literal["event"] = "event"


When = Annotated[
    Once | EveryNDays | Weekly | DailyTimes | Moments | AfterEvent, Field(discriminator="kind")
]


@dataclass(frozen=True)
class Anchor:
    """An event that rules hang on: its instant, and the day it was for the person then."""

    at: datetime
    on: date


@dataclass(frozen=True)
class Window:
    """From `opens_at` until just before `closes_at` (UTC; None: until it is answered).

    (`local_date`, `slot`) names it within its rule, in whatever zone the person is.
    """

    local_date: date
    slot: int
    opens_at: datetime
    closes_at: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether it is open at an instant."""
        return self.opens_at <= instant and (self.closes_at is None or instant < self.closes_at)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When to ask, for how long it stands open, and how somebody is reminded.

    Without `window_minutes` it stands open until the next one opens, or `ends_on` has passed.
    `reminders` are minutes after opening. `starts_on` and `ends_on` bound the days on which a
    window opens, both included. Raises RuleError.
    """

    when: When
    starts_on: date
    ends_on: date | None = None
    window_minutes: int | None = None
    reminders: tuple[int, ...] = ()
    snoozes: int = 0
    snooze_minutes: int = 15

    def __post_init__(self) -> None:
        _between("starts_on", self.starts_on.year, FIRST_YEAR, LAST_YEAR)
        if self.ends_on is not None:
            _between("ends_on", self.ends_on.year, FIRST_YEAR, LAST_YEAR)
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise RuleError("ends_on", "before-start", "It ends before it starts.")
        _check_when(self.when)
        _check_window(self)
        _check_telling(self)


def windows(
    rule: Rule,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    *,
    seed: bytes = b"",
    anchors: Sequence[Anchor] = (),
) -> list[Window]:
    """Every window that is open at some instant of [start, end), in order of opening.

    `seed` fixes the random moments (the assignment's id); `anchors` are the events so far.
    """
    opened = sorted(_opened(rule, zone, start, end, seed, anchors), key=lambda one: one.opens_at)
    found: list[Window] = []
    for number, one in enumerate(opened):
        following = opened[number + 1].opens_at if number + 1 < len(opened) else None
        if following == one.opens_at:
            continue  # the clocks put two on one instant: they are one
        closes = _closes(rule, one, zone, following)
        if one.opens_at < end and (closes is None or closes > start):
            found.append(Window(one.local_date, one.slot, one.opens_at, closes))
    return found


def resolve(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local wall-clock time."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def existing_day(day: date, zone: ZoneInfo) -> date:
    """The day itself, or the next one that the zone did not leave out."""
    while resolve(day, time(12, 0), zone).astimezone(zone).date() != day:
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class _Opening:
    local_date: date
    slot: int
    opens_at: datetime
    #: The window is counted in wall-clock minutes from here; None: in minutes that pass.
    wall: datetime | None = field(compare=False)


def _opened(
    rule: Rule,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    seed: bytes,
    anchors: Sequence[Anchor],
) -> Iterator[_Opening]:
    """The openings that matter to [start, end): some before, and one after to end the last."""
    if isinstance(rule.when, AfterEvent):
        yield from _after_events(rule, rule.when, zone, anchors)
        return
    period = _period(rule.when)
    back = timedelta(days=max(period, (rule.window_minutes or 0) // DAY_MINUTES) + 2)
    days = _days(rule, _date(start, zone, -back), _date(end, zone, timedelta(days=period + 2)))
    for day in sorted({existing_day(day, zone) for day in days}):
        if isinstance(rule.when, Moments):
            yield from _moments(rule.when, rule.window_minutes or 0, day, zone, seed)
        else:
            times = (rule.when.at,) if isinstance(rule.when, Once) else rule.when.at
            for slot, at in enumerate(times):
                yield _at_wall(day, slot, at, zone)


def _date(instant: datetime, zone: ZoneInfo, shift: timedelta) -> date:
    return instant.astimezone(zone).date() + shift


def _at_wall(day: date, slot: int, at: time, zone: ZoneInfo) -> _Opening:
    opens = resolve(day, at, zone)
    return _Opening(day, slot, opens, opens.astimezone(zone).replace(tzinfo=None))


def _closes(
    rule: Rule, one: _Opening, zone: ZoneInfo, following: datetime | None
) -> datetime | None:
    if rule.window_minutes is None:
        if following is not None or rule.ends_on is None:
            return following
        return resolve(existing_day(rule.ends_on + timedelta(days=1), zone), MIDNIGHT, zone)
    length = timedelta(minutes=rule.window_minutes)
    if one.wall is None:
        closes = one.opens_at + length
    else:
        closes = (one.wall + length).replace(tzinfo=zone).astimezone(UTC)
    return closes if following is None else min(closes, following)


def _period(when: When) -> int:
    """No two days of asking lie further apart than this; days."""
    if isinstance(when, EveryNDays):
        return when.days
    return 7 if isinstance(when, Weekly) else 1


def _days(rule: Rule, first: date, last: date) -> Iterator[date]:
    """The rule's days of asking from `first` to `last`; once is always told."""
    if isinstance(rule.when, Once):
        yield rule.starts_on
        return
    step = rule.when.days if isinstance(rule.when, EveryNDays) else 1
    weekdays = rule.when.weekdays if isinstance(rule.when, Weekly) else range(1, 8)
    passed = max(0, -(-(first - rule.starts_on).days // step))
    day = rule.starts_on + timedelta(days=passed * step)
    stop = last if rule.ends_on is None else min(last, rule.ends_on)
    while day <= stop:
        if day.isoweekday() in weekdays:
            yield day
        day += timedelta(days=step)


def _moments(
    when: Moments, window: int, day: date, zone: ZoneInfo, seed: bytes
) -> Iterator[_Opening]:
    """Uniform among all ways to place the moments with the gap kept and the last window inside.

    Counted in minutes that pass, so that a change of the clocks breaks neither gap nor sleep.
    """
    opens = resolve(day, when.wakes, zone)
    night = when.sleeps < when.wakes
    closes = resolve(day + timedelta(days=night), when.sleeps, zone)
    awake = int((closes - opens).total_seconds()) // 60
    gap = when.gap_minutes
    if when.per_day > 1:  # a night that the clocks shorten
        gap = min(gap, (awake - window) // (when.per_day - 1))
    room = awake - window - (when.per_day - 1) * gap
    draws = sorted(_draw(seed, day, slot, room + 1) for slot in range(when.per_day))
    for slot, draw in enumerate(draws):
        yield _Opening(day, slot, opens + timedelta(minutes=draw + slot * gap), None)


def _draw(seed: bytes, day: date, slot: int, below: int) -> int:
    """A whole number from 0 to below `below`: the same on every machine for the same question."""
    text = f"{day.isoformat()}/{slot}".encode()
    digest = hashlib.blake2b(text, key=seed, digest_size=8).digest()
    return int.from_bytes(digest, "big") * below >> 64


def _after_events(
    rule: Rule, when: AfterEvent, zone: ZoneInfo, anchors: Sequence[Anchor]
) -> Iterator[_Opening]:
    seen: set[date] = set()
    for anchor in sorted(anchors, key=lambda one: one.at):
        day = existing_day(anchor.on + timedelta(days=when.after_days), zone)
        outside = day < rule.starts_on or (rule.ends_on is not None and day > rule.ends_on)
        if outside or day in seen:
            continue
        seen.add(day)
        if when.at is not None:
            yield _at_wall(day, 0, when.at, zone)
        else:
            passed = timedelta(days=when.after_days, minutes=when.after_minutes)
            yield _Opening(day, 0, anchor.at.astimezone(UTC) + passed, None)


# --- what a rule may say ---------------------------------------------------------------------


def _between(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise RuleError(name, "out-of-range", f"From {low} to {high}.")


def _whole_minutes(name: str, times: Sequence[time]) -> None:
    if any(at.tzinfo is not None or at.second or at.microsecond for at in times):
        raise RuleError(name, "not-local", "Hours and minutes on the person's own clock.")


def _check_when(when: When) -> None:
    if isinstance(when, Once):
        _whole_minutes("at", [when.at])
    if isinstance(when, AfterEvent) and when.at is not None:
        _whole_minutes("at", [when.at])
    if isinstance(when, Moments):
        _whole_minutes("wakes", [when.wakes, when.sleeps])
    if isinstance(when, EveryNDays):
        _between("days", when.days, 1, LONGEST_PERIOD)
    if isinstance(when, Weekly):
        _between("weekdays", len(when.weekdays), 1, 7)
        for weekday in when.weekdays:
            _between("weekdays", weekday, 1, 7)
    if isinstance(when, EveryNDays | Weekly | DailyTimes):
        _between("at", len(when.at), 1, MOST_A_DAY)
        _whole_minutes("at", when.at)
        if list(when.at) != sorted(set(when.at)):
            raise RuleError("at", "not-ascending", "Each time once, the earliest first.")
    if isinstance(when, AfterEvent):
        _between("after_days", when.after_days, 0, LONGEST_PERIOD)
        _between("after_minutes", when.after_minutes, 0, DAY_MINUTES)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _check_window(rule: Rule) -> None:
    window, when = rule.window_minutes, rule.when
    if window is not None:
        _between("window_minutes", window, 5, LONGEST_PERIOD * DAY_MINUTES)
    if isinstance(when, EveryNDays | Weekly | DailyTimes) and window is not None:
        starts = [_minutes(at) for at in when.at]
        apart = [later - early for early, later in pairwise(starts)]
        if apart and min(apart) < window:
            raise RuleError("window_minutes", "overlapping", "One is open when the next opens.")
    if isinstance(when, Moments):
        _check_moments(when, window)


def _check_moments(when: Moments, window: int | None) -> None:
    if window is None:
        raise RuleError("window_minutes", "required", "Say how long a moment stands open.")
    _between("per_day", when.per_day, 1, MOST_A_DAY)
    awake = (_minutes(when.sleeps) - _minutes(when.wakes)) % DAY_MINUTES
    _between("sleeps", awake, 60, LONGEST_AWAKE)
    _between("gap_minutes", when.gap_minutes, window, DAY_MINUTES)
    if (when.per_day - 1) * when.gap_minutes + window > awake:
        raise RuleError("per_day", "too-many", "The day awake is too short for so many.")


def _check_telling(rule: Rule) -> None:
    _between("reminders", len(rule.reminders), 0, MOST_REMINDERS)
    if list(rule.reminders) != sorted(set(rule.reminders)):
        raise RuleError("reminders", "not-ascending", "Each once, the earliest first.")
    longest = rule.window_minutes or LONGEST_PERIOD * DAY_MINUTES
    for minutes in rule.reminders:
        _between("reminders", minutes, 1, longest - 1)
    _between("snoozes", rule.snoozes, 0, MOST_SNOOZES)
    _between("snooze_minutes", rule.snooze_minutes, 1, DAY_MINUTES)


_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def rule_from(data: object) -> Rule:
    """A rule from what `rule_data` gave. Raises pydantic's ValidationError for anything else."""
    return _RULE.validate_python(data)


def rule_data(rule: Rule) -> dict[str, object]:
    """The rule as JSON values: dates and times as ISO 8601 text."""
    found: dict[str, object] = _RULE.dump_python(rule, mode="json")
    return found
