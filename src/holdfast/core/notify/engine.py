"""Quiet hours and whether a message arrived, as pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Verdict = Literal["open", "arrived", "not-delivered", "client-silent"]


@dataclass(frozen=True)
class Quiet:
    """From when until when, by the clock on the wall, nothing is to ring; may span midnight.

    `begins == ends` is no quiet at all.
    """

    begins: time
    ends: time


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall time's instant (UTC): the first of two; in a gap what an unchanged clock shows."""
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


def held_until(now: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """When something that is due at `now` may ring: `now` itself, or the end of the quiet hours."""
    now = now.astimezone(UTC)
    if quiet.begins == quiet.ends:
        return now
    today = now.astimezone(zone).date()
    nights = timedelta(days=0 if quiet.begins < quiet.ends else 1)
    # Yesterday's may still run; tomorrow's may have begun where a clock was set back over midnight.
    for offset in (-1, 0, 1):
        day = today + timedelta(days=offset)
        begins = _instant(day, quiet.begins, zone)
        ends = _instant(day + nights, quiet.ends, zone)
        if begins <= now < ends:
            return ends
    return now


#: Channels outside the app, in the order of somebody who said nothing about it.
OUTSIDE: Final = ("web_push", "email", "sms")
#: A channel further back follows when none before it took the message by then.
FALLBACK_AFTER: Final = timedelta(minutes=5)
#: Whether a channel is tried again when nobody knows if an attempt went out, because the process
#: that made it was killed. A device shows one notification for two pushes of one tag, and a mailbox
#: can tell two mails of one Message-ID; a text message would ring twice, so the next channel goes.
AGAIN_WHEN_UNKNOWN: Final = {"web_push": True, "email": True, "sms": False}


@dataclass(frozen=True)
class Way:
    """A channel that is to be tried: after how long, behind how many others."""

    channel: str
    wait: timedelta
    rank: int


def ordered(order: Sequence[str], only: Collection[str] = ()) -> tuple[str, ...]:
    """Every channel outside the app once, as somebody ordered them, or those of `only`."""
    known = [each for each in dict.fromkeys(order) if each in OUTSIDE]
    whole = (*known, *(each for each in OUTSIDE if each not in known))
    return tuple(each for each in whole if not only or each in only)


def ways(order: Sequence[str], refused: Mapping[str, str], *, urgent: bool) -> list[Way]:
    """How to go about it: the first channel that can be tried at once, each further one later, so
    that one message rings once. What is urgent takes all of them at once. Channels in `refused`
    (there is a reason against them) hold nobody up.
    """
    found: list[Way] = []
    rank = 0
    for channel in order:
        if channel in refused:
            found.append(Way(channel, timedelta(), rank))
            continue
        found.append(Way(channel, timedelta() if urgent else rank * FALLBACK_AFTER, rank))
        rank += 1
    return found


@dataclass(frozen=True)
class Try:
    """An attempt outside the app: is it over, and did it go out?"""

    outcome: Literal["pending", "sent", "failed", "skipped"]


def judge(
    *,
    tries: Collection[Try],
    seen_at: datetime | None,
    expires_at: datetime | None,
    now: datetime,
) -> Verdict:
    """Whether a message reached somebody, as far as a machine can tell.

    An app that asked for news in time had it. What expired unseen is a delivery problem whatever a
    mail server or a push service took: it says nothing of the person. What does not expire has
    arrived when one channel took it, and waits in the app where there was none to try.
    """
    if seen_at is not None and (expires_at is None or seen_at <= expires_at):
        return "arrived"
    if expires_at is not None and now < expires_at:
        return "open"
    outcomes = {each.outcome for each in tries}
    if expires_at is not None:
        return "client-silent" if "sent" in outcomes else "not-delivered"
    if "sent" in outcomes:
        return "arrived"
    if "pending" in outcomes:
        return "open"
    return "not-delivered" if "failed" in outcomes else "arrived"
