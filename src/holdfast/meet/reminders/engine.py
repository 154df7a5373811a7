"""When to remind of an appointment, as pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from holdfast.core.notify.engine import Quiet, held_until

DAY: Final = 24 * 60
#: What may be chosen, in minutes before the appointment: two days to a quarter of an hour.
LEADS: Final = (2 * DAY, DAY, 4 * 60, 2 * 60, 60, 30, 15)
#: A reminder that quiet hours would hold until closer to the appointment goes before they begin.
STILL_USEFUL: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Plan:
    """One reminder: how many minutes before, and the instant (UTC)."""

    lead: int
    due_at: datetime


def plans(
    starts_at: datetime,
    leads: Collection[int],
    zone: ZoneInfo,
    quiet: Quiet | None,
    now: datetime,
) -> list[Plan]:
    """The reminders of an appointment that lie ahead, the earliest first.

    Whole days are days on the clock on the person's wall: "tomorrow at ten" comes at ten, also when
    the clocks change that night. Shorter ones are minutes that pass. One whose time is over already
    is none: whoever books half an hour ahead is not told so at once.
    """
    found = [Plan(lead, due(starts_at, lead, zone, quiet)) for lead in set(leads)]
    ahead = [each for each in found if now < each.due_at < starts_at]
    return sorted(ahead, key=lambda each: (each.due_at, -each.lead))


def due(starts_at: datetime, lead: int, zone: ZoneInfo, quiet: Quiet | None) -> datetime:
    """The instant of one reminder. Where somebody's quiet hours would hold it back until it is of
    no use, it comes in the evening, before they begin.
    """
    at = _before(starts_at, lead, zone)
    if quiet is None:
        return at
    rings = held_until(at, quiet, zone)
    if rings == at or rings <= starts_at - STILL_USEFUL:
        return at
    return _begun(at, quiet, zone) - timedelta(minutes=5)


def _before(starts_at: datetime, lead: int, zone: ZoneInfo) -> datetime:
    days, minutes = divmod(lead, DAY)
    wall = starts_at.astimezone(zone) - timedelta(days=days)
    # Where the clocks skipped that time, an unchanged clock's; where it came twice, the first.
    return wall.replace(fold=0).astimezone(UTC) - timedelta(minutes=minutes)


def _begun(at: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """When the quiet hours that hold at `at` began."""
    wall = at.astimezone(zone)
    begun = wall.replace(
        hour=quiet.begins.hour, minute=quiet.begins.minute, second=0, microsecond=0, fold=0
    )
    if begun > wall:
        begun -= timedelta(days=1)
    return begun.astimezone(UTC)


@dataclass(frozen=True)
class Waiting:
    """A planned reminder whose time has come."""

    key: object
    lead: int
    starts_at: datetime


def sort_due(waiting: Iterable[Waiting], now: datetime) -> dict[object, str]:
    """What to do with each of one appointment's and person's: `send`, `overtaken` or `too-late`.

    Normally one is due. After the server was away several may be: the last one says it all, and
    after the beginning there is nothing to remind of.
    """
    rows = sorted(waiting, key=lambda each: each.lead)
    verdicts: dict[object, str] = {}
    sent: set[datetime] = set()
    for each in rows:
        if each.starts_at <= now:
            verdicts[each.key] = "too-late"
        elif each.starts_at in sent:
            verdicts[each.key] = "overtaken"
        else:
            verdicts[each.key] = "send"
            sent.add(each.starts_at)
    return verdicts
