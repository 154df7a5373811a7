"""Who is in which visit, and what their browser needs to join it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.models import KeyEntry
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import GOING_ON, OVER, Event, Side, State
from holdfast.meet.rooms import turn
from holdfast.meet.rooms.problems import NoRoom, OfAnother, TooEarly

#: How long before its time the person may sit down in the waiting room.
EARLY = timedelta(hours=1)
#: Which visits stand on "coming up": what begins soon, and what should have begun a while ago.
AHEAD = timedelta(hours=24)
LATE = timedelta(hours=3)
MOST = 50
#: Visits that have a room. `phone` has one too: voice through the browser, where both like.
MEDIA = frozenset({"video", "phone", "text"})


@dataclass(frozen=True)
class Party:
    """One of the two: an account and the history of its public keys, oldest first."""

    account: uuid.UUID
    name: str
    keys: Sequence[KeyEntry]


@dataclass(frozen=True)
class Room:
    """What one side needs. `relay_only`: so that neither side sees the other's address."""

    visit: Any
    side: Side
    own: Party
    other: Party
    ice_servers: Sequence[dict[str, Any]]
    relay_only: bool
    opens_at: datetime
    phone: str


def found(client: Client, encounter_id: uuid.UUID, by: Actor) -> tuple[Any, Side]:
    """The visit and the side that the actor is on. Raises `NotFound`, `NoRoom`, `OfAnother`."""
    row = encounters.row(client, encounter_id)
    if row is None:
        raise NotFound
    side = encounters.side_of(row, client, by)
    if side is None:
        raise OfAnother
    if row.medium not in MEDIA:
        raise NoRoom
    return row, side


def room(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Room:
    """What the actor's browser needs. Two statements beside the practice's own."""
    row, side = found(client, encounter_id, by)
    accounts = {Side.CLIENT: client.user_id, Side.CLINICIAN: row.membership.user_id}
    names = {Side.CLIENT: client.display_name, Side.CLINICIAN: row.membership.display_name}
    if accounts[Side.CLIENT] is None:
        raise NoRoom
    histories: dict[uuid.UUID, list[KeyEntry]] = {one: [] for one in accounts.values()}
    for entry in KeyEntry.objects.filter(user_id__in=histories).order_by("sequence"):
        histories[entry.user_id].append(entry)
    parties = {
        each: Party(accounts[each], names[each], histories[accounts[each]]) for each in accounts
    }
    other = Side.CLINICIAN if side == Side.CLIENT else Side.CLIENT
    now = clock.now()
    return Room(
        visit=row,
        side=side,
        own=parties[side],
        other=parties[other],
        ice_servers=turn.ice_servers(now, f"{row.pk}:{side}") if may_connect(row, now) else [],
        relay_only=settings.CALLS_RELAY_ONLY,
        opens_at=row.starts_at - EARLY,
        phone=client.practice.contact_phone,
    )


def may_connect(row: Any, now: datetime) -> bool:
    """Whether a relay is of use to them: from when the devices can be tried until it is over."""
    state = State(row.status)
    return state in GOING_ON or (state not in OVER and now >= row.starts_at - EARLY)


def move(client: Client, encounter_id: uuid.UUID, event: Event, *, by: Actor) -> Any:
    """An event of one of the two. Raises like `found`, `TooEarly`, and the visit's problems."""
    row, side = found(client, encounter_id, by)
    early = side == Side.CLIENT and event == Event.ARRIVE and row.status == State.PLANNED
    if early and clock.now() < row.starts_at - EARLY:
        raise TooEarly
    return encounters.step(client, encounter_id, event, by=by)


def note(client: Client, row: Any, what: str, detail: dict[str, str], *, by: Actor) -> None:
    """Write down how a device or the media fared: codes only, in the audit trail, no address."""
    record(what, "visit", by=by, resource_id=row.pk, client_id=client.pk, detail=detail)


def near(practice_id: uuid.UUID, by: Actor, now: datetime) -> list[tuple[Any, Side]]:
    """The actor's own visits with a room that are going on or come next, first ones first.

    On either side. One statement.
    """
    mine = Q(membership_id__in=by.membership_ids) | Q(client__user_id=by.user_id)
    soon = Q(status=State.PLANNED, starts_at__range=(now - LATE, now + AHEAD))
    rows = encounters.rows(practice_id).filter(
        mine, soon | Q(status__in=GOING_ON), medium__in=MEDIA, client__left_at=None
    )
    ordered = rows.select_related("membership", "client").order_by("starts_at", "id")[:MOST]
    return [
        (row, Side.CLIENT if row.client.user_id == by.user_id else Side.CLINICIAN)
        for row in ordered
    ]
