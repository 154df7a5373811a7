"""Days and times of day as people type them. What could be two days is two candidates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.support.companion.engine.format import Common
    from holdfast.support.companion.engine.understanding import Lexicon

_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_TWO_NUMBERS = re.compile(r"^(\d{1,2})[ ./-](\d{1,2})\.?$")
_CLOCK = re.compile(r"^(\d{1,2})[:.h](\d{2})$")
_HOUR = re.compile(r"^(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Days:
    """A certain day, or the days it may be."""

    certain: date | None = None
    possible: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """A certain time ("18:30") or part of the day ("evening"), or what it may be."""

    certain: str | None = None
    possible: tuple[str, ...] = ()


def dates_in(text: str, today: date, lexicon: Lexicon) -> Days:
    """Read folded text as a day from `today` on."""
    if _ISO.match(text):
        return Days(day(text))
    if text in lexicon.days:
        ahead = ("today", "tomorrow", "after_tomorrow").index(lexicon.days[text])
        return Days(today + timedelta(days=ahead))
    if text in lexicon.weekdays:
        return _weekday(lexicon.weekdays[text], today)
    numbers = _TWO_NUMBERS.match(text)
    if numbers:
        return _either(int(numbers[1]), int(numbers[2]), today)
    words = text.split()
    months = [lexicon.months[w] for w in words if w in lexicon.months]
    figures = [int(w.rstrip(".")) for w in words if w.rstrip(".").isdecimal() and len(w) < 4]
    if len(months) == 1 and len(figures) == 1 and len(words) <= 4:
        found = _coming(figures[0], months[0], today)
        return Days(found) if found else Days()
    return _mentioned(words, today, lexicon)


def _weekday(weekday: int, today: date) -> Days:
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0:
        return Days(possible=(today, today + timedelta(days=7)))
    return Days(today + timedelta(days=ahead))


def _either(first: int, second: int, today: date) -> Days:
    """24/12 is one day; 3/4 is two."""
    found = [_coming(first, second, today), _coming(second, first, today)]
    days = tuple(dict.fromkeys(d for d in found if d is not None))
    return Days(days[0]) if len(days) == 1 else Days(possible=days)


def _coming(number: int, month: int, today: date) -> date | None:
    for year in range(today.year, today.year + 5):  # the 29th of February may be years away
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _mentioned(words: list[str], today: date, lexicon: Lexicon) -> Days:
    """A day named inside a longer text is only a candidate: it may be "any day but friday"."""
    found: list[date] = []
    for word in words[:40]:
        if word in lexicon.weekdays or word in lexicon.days:
            days = dates_in(word, today, lexicon)
            found += [days.certain] if days.certain else days.possible
    return Days(possible=tuple(dict.fromkeys(found))[:4])


def times_in(raw: str, text: str, lexicon: Lexicon) -> Times:
    """Read a time of day; "6" may be morning or evening, so it is two candidates."""
    if text in lexicon.parts_of_day:
        return Times(lexicon.parts_of_day[text])
    spaced = re.sub(r"(\d)(?=[^\W\d])", r"\1 ", text)
    words = spaced.split()
    before = any(w in lexicon.before_noon for w in words)
    after = any(w in lexicon.after_noon for w in words)
    figures = [w for w in words if w[:1].isdecimal()]
    if len(figures) == 2 and re.fullmatch(r"\s*\d{1,2}\s*[.h]\s*\d{2}\s*", raw):
        figures = [":".join(figures)]
    if len(figures) != 1 or len(words) > 6:
        return Times(possible=_parts(words, lexicon))
    return _hour(figures[0], before, after)


def _parts(words: list[str], lexicon: Lexicon) -> tuple[str, ...]:
    found = (lexicon.parts_of_day[w] for w in words if w in lexicon.parts_of_day)
    return tuple(dict.fromkeys(found))[:4]


def _hour(figures: str, before: bool, after: bool) -> Times:
    clock_form, hour_form = _CLOCK.match(figures), _HOUR.match(figures)
    if clock_form:
        hour, minute = int(clock_form[1]), int(clock_form[2])
    elif hour_form:
        hour, minute = int(hour_form[1]), 0
    else:
        return Times()
    if hour > 23 or minute > 59:
        return Times()
    early, late = f"{hour % 12:02}:{minute:02}", f"{hour % 12 + 12:02}:{minute:02}"
    if hour <= 12 and before != after:
        return Times(early if before else late)
    if hour > 12 or hour == 0 or (clock_form and figures.startswith("0")):
        return Times(f"{hour:02}:{minute:02}")
    return Times(possible=(early, late))


def day(text: str) -> date | None:
    """An ISO date, or None."""
    try:
        return date.fromisoformat(text) if _ISO.match(text) else None
    except ValueError:
        return None


def clock(text: str) -> time | None:
    """HH:MM, or None."""
    try:
        return time.fromisoformat(text) if re.match(r"^\d{2}:\d{2}$", text) else None
    except ValueError:
        return None


def told(text: str, common: Common) -> str:
    """An ISO date in words: "Tuesday 24 November"."""
    found = day(text)
    if found is None:
        return text
    weekday, month = common.weekdays[found.weekday()][0], common.months[found.month - 1][0]
    return common.date_as.format(weekday=weekday, day=found.day, month=month)
