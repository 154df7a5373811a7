"""Who may listen to whom, and to whom a request is shown first. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

#: A request is shown to so many listeners at once, and to as many more for each further minute.
SHOWN_TO = 3
WIDENS_EVERY = timedelta(minutes=1)
#: Nobody waits longer than this without asking again.
WAITS_AT_MOST = timedelta(hours=2)

#: Two people who are never brought together, whatever the reason.
Pair = frozenset[uuid.UUID]


@dataclass(frozen=True)
class Window:
    """Weekly hours on the listener's own clock; `weekday` is ISO, 1 Monday to 7 Sunday."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class Asked:
    """A request. `person` is whose it is; `adult` is false where that is in doubt."""

    person: uuid.UUID
    topic: str
    language: str
    at: datetime
    adult: bool = True


@dataclass(frozen=True)
class Listener:
    """Somebody with a badge. `here`: they are available now; `open` of `at_once` chats go on."""

    person: uuid.UUID
    topics: frozenset[str]
    languages: frozenset[str]
    here: bool
    open: int
    at_once: int
    last_taken: datetime | None = None
    adult: bool = True


def is_here(on: bool, hours: Sequence[Window], local: datetime) -> bool:
    """Whether a listener is available at a moment of their own clock: switched on, and within
    their weekly hours where they gave any.
    """
    if not on or not hours:
        return on
    now = local.time()
    return any(one.weekday == local.isoweekday() and one.opens <= now < one.closes for one in hours)


def may(asked: Asked, listener: Listener, apart: Iterable[Pair]) -> bool:
    """Whether these two may ever talk: two adults, two people, nothing between them."""
    return (
        asked.adult
        and listener.adult
        and asked.person != listener.person
        and frozenset({asked.person, listener.person}) not in set(apart)
    )


def fits(asked: Asked, listener: Listener, apart: Iterable[Pair]) -> bool:
    """Whether this listener could take the request now."""
    return (
        may(asked, listener, apart)
        and listener.here
        and listener.open < listener.at_once
        and asked.topic in listener.topics
        and asked.language in listener.languages
    )


def ranked(asked: Asked, listeners: Iterable[Listener], apart: Iterable[Pair]) -> list[Listener]:
    """Those who fit: who has the fewest open chats first, then who took one longest ago."""
    between = set(apart)
    found = [one for one in listeners if fits(asked, one, between)]
    return sorted(found, key=_load)


def _load(listener: Listener) -> tuple[int, float, bytes]:
    taken = listener.last_taken
    return listener.open, taken.timestamp() if taken else 0.0, listener.person.bytes


def shown_to(
    asked: Asked, listeners: Iterable[Listener], apart: Iterable[Pair], now: datetime
) -> list[Listener]:
    """To whom the request is shown at an instant: few at first, more the longer it waits."""
    if now - asked.at >= WAITS_AT_MOST:
        return []
    many = SHOWN_TO * (1 + max(now - asked.at, timedelta()) // WIDENS_EVERY)
    return ranked(asked, listeners, apart)[:many]
