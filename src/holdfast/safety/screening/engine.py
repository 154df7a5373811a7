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
class Month:
    """A month that is over, as YYYY-MM; `at_least` is a multiple of five, None below five."""

    month: str
    at_least: int | None


@dataclass(frozen=True)
class Year:
    """A year of which a month is over; `at_least` is the sum of its months as they are shown."""

    year: int
    at_least: int | None


def published(counts: Mapping[date, int], today: date) -> tuple[list[Year], list[Month]]:
    """What of the counts (by first day of the month) everybody may see, newest first.

    A year says nothing that its months do not: no small month can be worked out from it.
    """
    over = {day: count for day, count in counts.items() if day < today.replace(day=1)}
    years: dict[int, int] = {}
    months = []
    for day in sorted(over, reverse=True):
        at_least = over[day] - over[day] % SMALLEST_COUNT
        years[day.year] = years.get(day.year, 0) + at_least
        months.append(Month(day.strftime("%Y-%m"), at_least or None))
    return [Year(year, at_least or None) for year, at_least in years.items()], months
