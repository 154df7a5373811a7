"""Crisis lines as the protocol names them: those open now, in the person's language, first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line. `hours` "24/7", "daily 09:00-24:00", or None. One that the practice has not
    confirmed, or too long ago, stands on the card and is not named in words.
    """

    id: str
    name: str
    country: str | None = None
    number: str | None = None
    text_number: str | None = None
    text_word: str | None = None
    url: str | None = None
    hours: str | None = None
    languages: tuple[str, ...] = ()
    audience: str | None = None  # "young": for people under 18
    confirmed: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Line:
        """From a ticket's entry; what is missing is unknown. KeyError without a name."""

        def text(*names: str) -> str | None:
            return next((str(data[name]) for name in names if data.get(name)), None)

        name = str(data["name"])
        return cls(
            id=text("id") or name,
            name=name,
            country=text("country"),
            number=text("number", "phone"),
            text_number=text("text_number", "sms"),
            text_word=text("text_word", "sms_text"),
            url=text("url", "chat_url"),
            hours=text("hours"),
            languages=tuple(map(str, data.get("languages") or ())),
            audience=text("audience"),
            confirmed=bool(data.get("confirmed", True)),
        )

    def open_at(self, now: datetime) -> bool | None:
        """Whether it answers at `now` (the clock of the line's own country); None: not known."""
        if self.hours == "24/7":
            return True
        match = _HOURS.search(self.hours or "")
        if match is None or not (self.hours or "").startswith("daily"):
            return None
        opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        minute = now.hour * 60 + now.minute
        if closes <= opens:
            return minute >= opens or minute < closes
        return opens <= minute < closes


def in_order(
    lines: Iterable[Line],
    *,
    country: str | None,
    language: str,
    now: datetime,
    free: Collection[str] = (),
    young: bool = False,
) -> tuple[Line, ...]:
    """The lines of the country: confirmed, for the young if asked, open, own language, free first.

    Lines of another country are left out where the person's country is known; a closed line stays,
    last, since hours change.
    """
    here = [one for one in lines if country is None or one.country in {None, country}]

    def rank(line: Line) -> tuple[int, ...]:
        return (
            not line.confirmed,
            not (young and line.audience == "young"),
            {True: 0, None: 1, False: 2}[line.open_at(now)],
            bool(line.languages) and language not in line.languages,
            line.id not in free,
        )

    return tuple(sorted(here, key=rank))
