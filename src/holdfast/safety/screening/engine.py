"""From a report to what a human is told, and from counts to what everybody may see. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

LEVELS: Final = ("none", "watch", "concern", "urgent", "emergency")
#: Below this many a count is not shown. It is the custom of health statistics (UK ONS, US CDC
#: WONDER below 10): in a small practice a count of one says of somebody that it was them.
SMALLEST_COUNT: Final = 5
#: Categories with a way of their own; all others are about the person's own safety.
_GROUPS: Final = {"harm_to_others": "others", "abuse_or_violence": "abuse"}


@dataclass(frozen=True)
class Evidence:
    """One passage's code, level and category; see `engine.screen.result.Evidence`."""

    code: str
    level: str
    category: str | None


@dataclass(frozen=True)
class TextSignal:
    """What a flag is raised with: the worst code of its kind, a level and a flag's reason."""

    code: str
    level: str
    reason: str


def signals(level: str, evidence: Sequence[Evidence], *, tell_from: str) -> list[TextSignal]:
    """One signal for the person's own safety, one for others', one for abuse suffered: each at the
    level of its worst evidence, and those below `tell_from` left out.

    The text as a whole can be graver than any one passage (little said at a time): then what is
    worst has the text's level.
    """
    worst: dict[str, Evidence] = {}
    for one in evidence:
        group = _GROUPS.get(one.category or "", "self")
        if group not in worst or _rank(one.level) > _rank(worst[group].level):
            worst[group] = one
    main = max(worst, key=lambda group: _rank(worst[group].level), default="self")
    highest = worst.get(main, Evidence("text", level, None))
    if _rank(level) > _rank(highest.level):
        highest = Evidence(highest.code, level, highest.category)
    worst[main] = highest
    found = [
        TextSignal(one.code, one.level, _reason(group, one.level))
        for group, one in sorted(worst.items())
    ]
    return [one for one in found if _rank(one.level) >= max(_rank(tell_from), 1)]


def _reason(group: str, level: str) -> str:
    return f"text-{level if group == 'self' else group}"


def _rank(level: str) -> int:
    return LEVELS.index(level)


@dataclass(frozen=True)
class Year:
    """A year that is over; `count` is None where it is too small to be shown."""

    year: int
    count: int | None


@dataclass(frozen=True)
class Month:
    """A month that is over, as YYYY-MM; `at_least` is a multiple of five, None below five."""

    month: str
    at_least: int | None


def published(counts: Mapping[date, int], today: date) -> tuple[list[Year], list[Month]]:
    """What of the counts (by first day of the month) everybody may see, newest first.

    Months are rounded down to fives and years are shown when they are over: so no month that is too
    small can be worked out by taking the others from the year.
    """
    over = {day: count for day, count in counts.items() if day < today.replace(day=1)}
    years: dict[int, int] = {}
    for day, count in over.items():
        if day.year < today.year:
            years[day.year] = years.get(day.year, 0) + count
    return (
        [Year(year, _shown(years[year])) for year in sorted(years, reverse=True)],
        [Month(day.strftime("%Y-%m"), _rounded(over[day])) for day in sorted(over, reverse=True)],
    )


def _shown(count: int) -> int | None:
    return count if count >= SMALLEST_COUNT else None


def _rounded(count: int) -> int | None:
    return count - count % SMALLEST_COUNT if count >= SMALLEST_COUNT else None
