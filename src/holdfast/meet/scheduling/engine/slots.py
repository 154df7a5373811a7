"""Free times: weekly rules and exceptions as windows of instants, less what is busy.

Everything here is in elapsed time once a window's ends are instants: on the day a clock changes a
window is an hour shorter or longer, and no appointment is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from holdfast.meet.scheduling.engine import days

#: How far one question may look: a screen asks for weeks, and every day costs time.
FARTHEST = timedelta(days=400)


@dataclass(frozen=True)
class Rule:
    """Each ISO `weekday`, from one wall-clock time to another, between two dates (both count)."""

    weekday: int
    from_time: time
    until_time: time
    zone: str
    valid_from: date
    valid_until: date | None = None
    media: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True)
class ExceptionDay:
    """A date that is otherwise: open beside the rules, or closed, all day without times."""

    on: date
    zone: str
    open: bool = False
    from_time: time | None = None
    until_time: time | None = None
    media: tuple[str, ...] = ()
    place: str | None = None


@dataclass(frozen=True)
class Busy:
    """From when to when somebody is taken, their own buffers included."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Kind:
    """The terms of what is to be booked. `step` 0: as long as it takes with its buffers."""

    minutes: int
    before: int = 0
    after: int = 0
    step: int = 0
    notice: timedelta = timedelta(0)
    horizon: timedelta = FARTHEST
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """Somebody is there, in this place or by these media."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    media: tuple[str, ...]
    place: str | None


@dataclass(frozen=True)
class Slot:
    """A time that can be booked; instants in UTC, `zone` is the one whose wall clock rules it."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    media: tuple[str, ...]
    place: str | None


def open_windows(
    rules: Iterable[Rule],
    exceptions: Collection[ExceptionDay],
    since: datetime,
    until: datetime,
    closures: Iterable[tuple[datetime, datetime]] = (),
) -> list[Window]:
    """When somebody is there, in order; windows that touch [since, until) are given whole.

    `closures` close whatever they overlap, as exceptions that are not open do.
    """
    found = [
        Window(start, end, rule.zone, rule.media, rule.place)
        for rule in rules
        for start, end in _spans(rule, since, until)
    ]
    found += [
        Window(*span, one.zone, one.media, one.place)
        for one in exceptions
        if one.open and (span := _hours(one)) and span[0] < until and span[1] > since
    ]
    closed = [*closed_spans(one for one in exceptions if not one.open), *closures]
    left = [piece for window in found for piece in _without(window, closed)]
    return sorted(left, key=lambda one: (one.starts_at, one.ends_at, one.place or ""))


def closed_spans(exceptions: Iterable[ExceptionDay]) -> list[tuple[datetime, datetime]]:
    """From when to when each of these dates, or its hours, last."""
    return [span for one in exceptions if (span := _hours(one)) and span[0] < span[1]]


def _spans(rule: Rule, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = days.zone_of(rule.zone)
    first = max((since - days.WIDEST).astimezone(zone).date(), rule.valid_from)
    last = (until + days.WIDEST).astimezone(zone).date()
    if rule.valid_until is not None:
        last = min(last, rule.valid_until)
    day = first + timedelta(days=(rule.weekday - first.isoweekday()) % 7)
    while day <= last:
        span = days.span(day, rule.from_time, rule.until_time, rule.zone)
        if span and span[0] < until and span[1] > since:
            yield span
        day += timedelta(days=7)


def _hours(one: ExceptionDay) -> tuple[datetime, datetime] | None:
    if one.from_time is None or one.until_time is None:
        return days.whole_day(one.on, one.zone)
    return days.span(one.on, one.from_time, one.until_time, one.zone)


def _without(window: Window, closed: Iterable[tuple[datetime, datetime]]) -> list[Window]:
    """What is left of a window."""
    pieces = [(window.starts_at, window.ends_at)]
    for start, end in closed:
        cut = ((low, high, start, end) for low, high in pieces)
        pieces = [piece for one in cut for piece in _cut(*one)]
    return [Window(low, high, window.zone, window.media, window.place) for low, high in pieces]


def _cut(
    low: datetime, high: datetime, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    both = ((low, min(high, start)), (max(low, end), high))
    return [piece for piece in both if piece[0] < piece[1]]


def free_slots(
    rules: Iterable[Rule],
    exceptions: Collection[ExceptionDay],
    busy: Iterable[Busy],
    kind: Kind,
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    closures: Iterable[tuple[datetime, datetime]] = (),
) -> list[Slot]:
    """What can be booked with a start in [since, until), earliest first.

    A slot lies in one window; it and its buffers overlap nothing busy. Buffers may reach beyond the
    window: nobody meets in them. Slots begin where their window does and every `step` from there.
    One start is offered once a place. Raises ValueError where `until` is farther than `FARTHEST`.
    """
    if until - since > FARTHEST:
        raise ValueError("a question about more than 400 days")
    first = max(since, now + kind.notice)
    last = min(until, now + kind.horizon)
    if first >= last:
        return []
    taken = _merged(busy)
    found: dict[tuple[datetime, str | None], Slot] = {}
    for window in open_windows(rules, exceptions, first, last, closures):
        media = _both(window.media, kind.media)
        if not media:
            continue
        for start in _starts(window, kind, taken, first, last):
            known = found.get((start, window.place))
            every = media if known is None else tuple(dict.fromkeys(known.media + media))
            end = start + timedelta(minutes=kind.minutes)
            found[start, window.place] = Slot(start, end, window.zone, every, window.place)
    return sorted(found.values(), key=lambda one: (one.starts_at, one.place or ""))


def _both(here: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in here if not wanted or one in wanted)


def _starts(
    window: Window,
    kind: Kind,
    taken: list[tuple[datetime, datetime]],
    first: datetime,
    last: datetime,
) -> Iterator[datetime]:
    length = timedelta(minutes=kind.minutes)
    before, after = timedelta(minutes=kind.before), timedelta(minutes=kind.after)
    step = timedelta(minutes=kind.step) or before + length + after
    start = window.starts_at
    if start < first:
        start += -(-(first - start) // step) * step
    while start + length <= window.ends_at and start < last:
        if not _overlaps(taken, start - before, start + length + after):
            yield start
        start += step


def _merged(busy: Iterable[Busy]) -> list[tuple[datetime, datetime]]:
    """In order and apart from each other, so that a look needs only the last that begins before."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted((one.starts_at, one.ends_at) for one in busy):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _overlaps(
    taken: list[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime
) -> bool:
    place = bisect_left(taken, ends_at, key=lambda one: one[0])
    return place > 0 and taken[place - 1][1] > starts_at
