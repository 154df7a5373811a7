"""What other capabilities may ask about encounters."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from django.db.models import QuerySet

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters import actions, planning, queries, standing, visits
from holdfast.meet.encounters.engine import OVER, Event, Side
from holdfast.meet.encounters.events import EncounterSettled, VisitMoved
from holdfast.meet.encounters.models import Encounter

__all__ = [
    "BookedVisit",
    "EncounterSettled",
    "EncounterView",
    "Ended",
    "Medium",
    "Settled",
    "Status",
    "VisitMoved",
    "answered",
    "cancel",
    "encounters_of",
    "ended_of",
    "is_of_client",
    "last_met",
    "move",
    "next_planned",
    "of_appointments",
    "plan",
    "put_right",
    "record_finished",
    "row",
    "rows",
    "side_of",
    "standings",
    "statuses",
    "step",
    "view",
]

Status = Literal["planned", "waiting", "admitted", "in_session", "finished", "no_show", "cancelled"]
Medium = Literal["in_person", "video", "phone", "text"]
#: What a record may be made or put right to; the others are moved to by the visit's own events.
Settled = Literal["planned", "finished", "no_show", "cancelled"]


@dataclass(frozen=True)
class Ended:
    """A visit that is over: finished, missed or cancelled."""

    id: uuid.UUID
    starts_at: datetime
    status: Status
    membership_id: uuid.UUID
    with_name: str


@dataclass(frozen=True)
class EncounterView:
    """One meeting. Both clocks: when each side came, where there was something to come to."""

    id: uuid.UUID
    starts_at: datetime
    ended_at: datetime | None
    status: Status
    medium: Medium
    with_name: str
    ends_at: datetime | None = None
    client_arrived_at: datetime | None = None
    clinician_arrived_at: datetime | None = None
    begun_at: datetime | None = None


def view(encounter: Encounter) -> EncounterView:
    """The dataclass for a row whose membership is loaded (else one statement)."""
    return EncounterView(
        id=encounter.pk,
        starts_at=encounter.starts_at,
        ended_at=encounter.ended_at,
        status=cast(Status, encounter.status),
        medium=cast(Medium, encounter.medium),
        with_name=encounter.membership.display_name,
        ends_at=encounter.ends_at,
        client_arrived_at=encounter.client_arrived_at,
        clinician_arrived_at=encounter.clinician_arrived_at,
        begun_at=encounter.begun_at,
    )


def rows(practice_id: uuid.UUID) -> QuerySet[Encounter]:
    """The practice's visits, for `meet.rooms`, which narrows them down."""
    return Encounter.objects.filter(practice_id=practice_id)


def row(client: Client, encounter_id: uuid.UUID) -> Encounter | None:
    """The client's visit with who holds it. One statement."""
    found = rows(client.practice_id).select_related("membership")
    return found.filter(client=client, pk=encounter_id).first()


def side_of(encounter: Encounter, client: Client, by: Actor) -> Side | None:
    """On which side of this very visit somebody is, if on any."""
    return visits.side_of(encounter, client, by)


def answered(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Encounter:
    """The person picked up their phone; see `visits.answered`."""
    return visits.answered(client, encounter_id, by=by)


def step(
    client: Client, encounter_id: uuid.UUID, event: Event, *, by: Actor, leads: bool = False
) -> Encounter:
    """Apply an event of the visit; see `visits.step`."""
    return visits.step(client, encounter_id, event, by=by, leads=leads)


def encounters_of(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[EncounterView]:
    """Newest first. One statement."""
    return [view(row) for row in queries.of_client(practice_id, client_id)]


def is_of_client(practice_id: uuid.UUID, client_id: uuid.UUID, encounter_id: uuid.UUID) -> bool:
    """Whether there is this meeting with this client. One statement."""
    rows = Encounter.objects.filter(practice_id=practice_id, client_id=client_id)
    return rows.filter(pk=encounter_id).exists()


def ended_of(practice_id: uuid.UUID, client_id: uuid.UUID, limit: int = 200) -> list[Ended]:
    """A person's visits that are over, newest first. One statement."""
    found = rows(practice_id).filter(client_id=client_id, status__in=OVER)
    ordered = found.select_related("membership").order_by("-starts_at", "-id")[:limit]
    return [
        Ended(
            one.pk,
            one.starts_at,
            cast(Status, one.status),
            one.membership_id,
            one.membership.display_name,
        )
        for one in ordered
    ]


def statuses(
    practice_id: uuid.UUID, encounter_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Status]:
    """How each of these visits stands. One statement."""
    found = rows(practice_id).filter(pk__in=encounter_ids).values_list("pk", "status")
    return {pk: cast(Status, status) for pk, status in found}


def last_met(practice_id: uuid.UUID, client_id: uuid.UUID, now: datetime) -> datetime | None:
    """When the last finished encounter began, or None. One statement."""
    return queries.last_finished(practice_id, client_id, now)


def next_planned(
    practice_id: uuid.UUID, now: datetime, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """Per client (a page of them) who has one, the next planned encounter. One statement."""
    return queries.next_planned(practice_id, now, client_ids)


def standings(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """When each of these clients was last met, or NEVER, from the meetings. One statement."""
    return standing.worked_out(practice_id, client_ids)


def record_finished(
    client: Client, *, starts_at: datetime, ended_at: datetime, by: Actor
) -> EncounterView:
    """Record a meeting in person that took place; used by the demo and by imports."""
    encounter = actions.record_encounter(
        client,
        starts_at=starts_at,
        ended_at=ended_at,
        status=Encounter.Status.FINISHED,
        medium=Encounter.Medium.IN_PERSON,
        by=by,
    )
    return view(encounter)


def plan(
    client: Client,
    membership: Membership,
    *,
    starts_at: datetime,
    ends_at: datetime,
    medium: str,
    appointment_id: uuid.UUID,
    by: Actor,
) -> uuid.UUID:
    """The meeting that a booking plans, in the caller's transaction. Two statements."""
    return planning.plan(
        client,
        membership,
        starts_at=starts_at,
        ends_at=ends_at,
        medium=medium,
        appointment_id=appointment_id,
        by=by,
    )


def move(
    practice_id: uuid.UUID,
    encounter_id: uuid.UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    medium: str,
    by: Actor,
) -> bool:
    """Move a meeting that nobody was let into; whether it was so. Two statements."""
    return planning.move(
        practice_id, encounter_id, starts_at=starts_at, ends_at=ends_at, medium=medium, by=by
    )


@dataclass(frozen=True)
class BookedVisit:
    """Whose visit of which booking, and what its record says of their coming."""

    id: uuid.UUID
    appointment_id: uuid.UUID
    client_id: uuid.UUID
    status: Status
    starts_at: datetime
    client_arrived_at: datetime | None


def of_appointments(
    practice_id: uuid.UUID,
    appointment_ids: Collection[uuid.UUID],
    *,
    client_id: uuid.UUID | None = None,
) -> dict[tuple[uuid.UUID, uuid.UUID], BookedVisit]:
    """By appointment and client, the visit that counts: the newest, cancelled ones last. One
    statement.
    """
    found = rows(practice_id).filter(appointment_id__in=appointment_ids)
    if client_id is not None:
        found = found.filter(client_id=client_id)
    visits_of: dict[tuple[uuid.UUID, uuid.UUID], BookedVisit] = {}
    for one in found.order_by("created_at", "id"):
        if one.appointment_id is None:
            continue
        key = (one.appointment_id, one.client_id)
        if key in visits_of and one.status == Encounter.Status.CANCELLED:
            continue
        visits_of[key] = BookedVisit(
            id=one.pk,
            appointment_id=one.appointment_id,
            client_id=one.client_id,
            status=cast(Status, one.status),
            starts_at=one.starts_at,
            client_arrived_at=one.client_arrived_at,
        )
    return visits_of


def put_right(
    client: Client,
    encounter_id: uuid.UUID,
    *,
    status: Settled,
    ended_at: datetime | None = None,
    by: Actor,
) -> None:
    """Close a visit by hand, or correct how it was closed. Raises NotFound, Invalid and the
    problems of a visit.
    """
    actions.change_encounter(client, encounter_id, by=by, status=status, ended_at=ended_at)


def cancel(practice_id: uuid.UUID, encounter_id: uuid.UUID, *, by: Actor) -> bool:
    """Cancel a meeting that nobody was let into; whether it was so. Two statements."""
    return planning.cancel(practice_id, encounter_id, by=by)
