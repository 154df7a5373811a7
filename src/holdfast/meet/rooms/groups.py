"""The room of a group's appointment: who belongs to it, on which side, and how it is held.

A group has one appointment and an encounter for each client. Each is let in by themselves, by the
encounter's own state machine; the room they share has no rows here. Through the SFU where there is
one, from device to device (a mesh) for up to four where there is none.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.conf import settings

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.authz import table
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client, Membership
from holdfast.core.vault.models import KeyEntry
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.encounters.engine import OPEN, OVER, Event, State
from holdfast.meet.rooms import joining, sfu, turn
from holdfast.meet.rooms.problems import GroupTooLarge, NotInGroup, NotLetIn
from holdfast.meet.scheduling import facade as scheduling

#: Everybody sends their picture to everybody: more than this no home's connection bears.
MOST_IN_MESH: Final = 4
MEDIA: Final = frozenset({"video", "phone"})

Role = Literal["host", "helper", "member"]
#: Memberships that help to hold an appointment, beside the one whose it is.
Helpers = Callable[[uuid.UUID, uuid.UUID], Collection[uuid.UUID]]

#: What the others of a group call each client, if the capability knows the appointment.
Names = Callable[[uuid.UUID, uuid.UUID], Mapping[uuid.UUID, str] | None]

_helpers: list[Helpers] = []
_names: list[Names] = []


def register_helpers(find: Helpers) -> None:
    """Let a capability name co-facilitators: `find(practice_id, appointment_id)` gives their
    memberships. Called from `AppConfig.ready`.
    """
    _helpers.append(find)


def register_names(find: Names) -> None:
    """Let a capability say what people chose to be called in a group: `find(practice_id,
    appointment_id)` by client, or None. Called from `AppConfig.ready`.
    """
    _names.append(find)


@dataclass(frozen=True)
class Party:
    """Somebody who belongs to the group. `visit` and `client_id` are a client's; `account` is None
    for a client who has none.
    """

    account: uuid.UUID | None
    name: str
    keys: Sequence[KeyEntry]
    visit: Any = None


@dataclass(frozen=True)
class Group:
    """What one of them is told. `people` are the clients as far as they may be known: all to who
    holds it; to a client who was let in, those who are in, without names; before that nobody.
    """

    appointment: scheduling.AppointmentView
    role: Role
    own: Party
    hosts: Sequence[Party]
    people: Sequence[Party]
    inside: bool
    #: What a client chose to be called in this group before, or empty.
    called: str
    ice_servers: Sequence[dict[str, Any]]
    opens_at: datetime
    #: When the first of them was connected: the group's clock.
    begun_at: datetime | None


@dataclass(frozen=True)
class _Found:
    appointment: scheduling.AppointmentView
    role: Role
    #: The encounters, each with its client.
    rows: Sequence[Any]
    own: Any
    helpers: Sequence[uuid.UUID]


def group(practice_id: uuid.UUID, appointment_id: uuid.UUID, *, by: Actor) -> Group:
    """What the actor's browser needs. Raises NotFound for whoever does not belong to it.

    Six statements, however many take part, and those of whoever gave them names.
    """
    found = _found(practice_id, appointment_id, by)
    staff = Membership.objects.filter(
        practice_id=practice_id, pk__in=[found.appointment.membership_id, *found.helpers]
    )
    # Who holds it first.
    members = sorted(staff, key=lambda one: one.pk != found.appointment.membership_id)
    accounts = {one.user_id for one in members} | {row.client.user_id for row in found.rows}
    keys: dict[Any, list[KeyEntry]] = {account: [] for account in accounts}
    for entry in KeyEntry.objects.filter(user_id__in=accounts).order_by("sequence"):
        keys[entry.user_id].append(entry)
    hosts = [Party(one.user_id, one.display_name, keys[one.user_id]) for one in members]
    everybody = {
        row.pk: Party(row.client.user_id, row.client.display_name, keys[row.client.user_id], row)
        for row in found.rows
    }
    inside = _is_inside(found)
    now = clock.now()
    opens_at = found.appointment.starts_at - joining.EARLY
    own = (
        everybody[found.own.pk]
        if found.own is not None
        else next(one for one in hosts if one.account == by.user_id)
    )
    useful = inside or now >= opens_at
    return Group(
        appointment=found.appointment,
        role=found.role,
        own=own,
        hosts=hosts,
        people=_shown(found, everybody, inside),
        inside=inside,
        called=_called(found),
        ice_servers=turn.ice_servers(now, f"{appointment_id}:{own.account}") if useful else [],
        opens_at=opens_at,
        begun_at=min((one.begun_at for one in found.rows if one.begun_at), default=None),
    )


def _shown(found: _Found, everybody: dict[Any, Party], inside: bool) -> list[Party]:
    if found.role != "member":
        return list(everybody.values())
    if not inside:
        return []
    return [
        Party(party.account, "", party.keys, None)
        for key, party in everybody.items()
        if State(party.visit.status) in OPEN and key != found.own.pk
    ]


def _called(found: _Found) -> str:
    if found.own is None:
        return ""
    booked = found.appointment
    known = [find(booked.practice_id, booked.id) or {} for find in _names]
    return next((names[found.own.client_id] for names in known if found.own.client_id in names), "")


def _is_inside(found: _Found) -> bool:
    """Whether they may see and hear the others now."""
    if found.own is not None:
        return State(found.own.status) in OPEN
    return any(State(row.status) not in OVER for row in found.rows)


def _found(practice_id: uuid.UUID, appointment_id: uuid.UUID, by: Actor) -> _Found:
    appointment = scheduling.get(practice_id, appointment_id)
    if appointment.capacity < 2 or appointment.medium not in MEDIA:
        raise NotFound
    rows = _rows(practice_id, appointment_id)
    helpers = sorted(_helpers_of(practice_id, appointment_id))
    own = next((row for row in rows if by.user_id and row.client.user_id == by.user_id), None)
    role: Role
    if appointment.membership_id in by.membership_ids:
        role = "host"
    elif by.membership_ids & set(helpers):
        role = "helper"
    elif own is not None:
        role = "member"
    else:
        raise NotFound
    return _Found(appointment, role, rows, own if role == "member" else None, helpers)


def _rows(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> list[Any]:
    rows = encounters.rows(practice_id).filter(appointment_id=appointment_id, client__left_at=None)
    loaded = rows.exclude(status=State.CANCELLED).select_related("client", "client__practice")
    return list(loaded.order_by("created_at", "id"))


def of(row: Any) -> uuid.UUID | None:
    """The group's appointment that a visit belongs to, if it is one of several. Two statements,
    and none for a visit that no booking planned.
    """
    if row.appointment_id is None or row.medium not in MEDIA:
        return None
    try:
        booked = scheduling.get(row.practice_id, row.appointment_id)
    except NotFound:
        return None
    return booked.id if booked.capacity > 1 else None


def come_or_go(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, event: Event, *, by: Actor
) -> None:
    """The actor arrives at or leaves the group: a client their own visit, who holds it all of them.

    Raises NotFound, TooEarly, and the visit's problems for a client.
    """
    found = _found(practice_id, appointment_id, by)
    if found.own is not None:
        joining.move(found.own.client, found.own.pk, event, by=by)
    elif found.role == "host":
        for row in found.rows:
            if State(row.status) not in OVER:
                encounters.step(row.client, row.pk, event, by=by)


def stands_to_visit(
    actor: Actor, practice_id: uuid.UUID, parameters: Mapping[str, Any]
) -> frozenset[str]:
    """Whether the actor leads the group that this visit is part of. One statement, and those of
    whoever names co-facilitators.
    """
    rows = encounters.rows(practice_id).filter(client_id=parameters["client_id"])
    row = rows.filter(pk=parameters["encounter_id"]).first()
    return frozenset({table.CO_FACILITATOR} if row is not None and _leads(actor, row) else ())


def _leads(actor: Actor, row: Any) -> bool:
    """Whether the actor is a co-facilitator of the group that a visit is part of, if of any."""
    if row.appointment_id is None:
        return False
    return bool(actor.membership_ids & _helpers_of(row.practice_id, row.appointment_id))


def _helpers_of(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> set[uuid.UUID]:
    return {one for find in _helpers for one in find(practice_id, appointment_id)}


def let_in(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Any:
    """The clinician lets this one person in, or who leads the group with them; the visit as it is
    then. Raises like `joining.found`, GroupTooLarge, and the visit's problems.
    """
    row = encounters.row(client, encounter_id)
    leads = row is not None and _leads(by, row)
    if not leads:
        row, _ = joining.found(client, encounter_id, by)
    check_size(row)
    return encounters.step(client, encounter_id, Event.ADMIT, by=by, leads=leads)


def finish(practice_id: uuid.UUID, appointment_id: uuid.UUID, *, by: Actor) -> None:
    """The group is over for everybody who was let in. Who did not come is noted one by one.

    Raises NotFound, and NotInGroup for whoever does not hold it.
    """
    found = _found(practice_id, appointment_id, by)
    if found.role != "host":
        raise NotInGroup
    for row in found.rows:
        if State(row.status) in OPEN:
            encounters.step(row.client, row.pk, Event.FINISH, by=by)
    try:
        sfu.close_room(appointment_id)
    except sfu.NoSfu:
        # Nobody has a ticket for it any more.
        return


def ticket(practice_id: uuid.UUID, appointment_id: uuid.UUID, *, by: Actor) -> sfu.RoomTicket:
    """To join the SFU's room with. Raises NotFound, NotLetIn, sfu.NoSfu."""
    found = _found(practice_id, appointment_id, by)
    if not _is_inside(found):
        raise NotLetIn
    sfu.open_room(appointment_id)
    return sfu.ticket(appointment_id, str(by.account), clock.now())


def check_size(row: Any) -> None:
    """Before one more is let in. Raises GroupTooLarge where the room holds no more."""
    appointment_id = of(row)
    if appointment_id is None:
        return
    inside = [one for one in _rows(row.practice_id, appointment_id) if one.pk != row.pk]
    count = 1 + sum(State(one.status) in OPEN for one in inside)
    if count + 1 > most():
        raise GroupTooLarge


def most() -> int:
    """How many one room holds, with who holds it."""
    return sfu.MOST_MEMBERS if sfu.is_there() else MOST_IN_MESH


def may(actor: Actor, practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Literal["rw"] | None:
    """Who follows the room's topic and speaks there: those who may be inside, while they may."""
    try:
        found = _found(practice_id, appointment_id, actor)
    except NotFound:
        return None
    return "rw" if _is_inside(found) else None


def relay_only() -> bool:
    return bool(settings.CALLS_RELAY_ONLY)
