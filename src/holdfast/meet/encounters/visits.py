"""Move a visit: one event of `engine` on its row, under a lock, with an audit event."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.db import transaction

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound, NotPermitted
from holdfast.core.tenancy.models import Client
from holdfast.meet.encounters import engine, news, standing
from holdfast.meet.encounters.engine import Event, Side, State, Visit
from holdfast.meet.encounters.events import EncounterSettled, VisitMoved
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.encounters.problems import problem_of
from holdfast.sense.measures import facade as measures

#: What a colleague of the care team may write down for the clinician whose visit it is. To come, to
#: let in and to be in the room is that clinician's own; who leads a group with them lets in too.
_FOR_ANOTHER = frozenset({Event.FINISH, Event.NO_SHOW, Event.CANCEL})


def locked(client: Client, encounter_id: uuid.UUID) -> Encounter:
    """The client's visit, its row locked. Raises `NotFound`."""
    row = (
        Encounter.objects.select_for_update(of=("self",))
        .select_related("membership")
        .filter(practice_id=client.practice_id, client=client, pk=encounter_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def visit_of(row: Encounter) -> Visit:
    """What the engine knows of a row."""
    return Visit(
        state=State(row.status),
        client_arrived_at=row.client_arrived_at,
        client_left_at=row.client_left_at,
        clinician_arrived_at=row.clinician_arrived_at,
        clinician_left_at=row.clinician_left_at,
        admitted_at=row.admitted_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


def side_of(row: Encounter, client: Client, by: Actor) -> Side | None:
    """On which side of this very visit somebody is, if on any."""
    if by.user_id is not None and by.user_id == client.user_id:
        return Side.CLIENT
    return Side.CLINICIAN if row.membership_id in by.membership_ids else None


def step(
    client: Client, encounter_id: uuid.UUID, event: Event, *, by: Actor, leads: bool = False
) -> Encounter:
    """Apply an event; sent again it changes nothing and writes nothing. `leads`: the actor leads
    the visit's group beside whose visit it is (`meet.rooms` looks), and lets in like them.

    Raises `NotFound` for what is not the client's, `NotPermitted` and the problems of a visit.
    """
    with transaction.atomic():
        row = locked(client, encounter_id)
        side = side_of(row, client, by)
        if side is None and (event in _FOR_ANOTHER or (leads and event == Event.ADMIT)):
            side = Side.CLINICIAN
        if side is None:
            raise NotPermitted
        _apply(row, client, event, side, by)
    return row


def _apply(row: Encounter, client: Client, event: Event, side: Side, by: Actor) -> None:
    before = visit_of(row)
    now = clock.now()
    try:
        after = engine.step(before, event, side, now)
    except engine.Refused as refused:
        raise problem_of(refused) from refused
    if after == before:
        return
    write(row, client, after)
    news.tell(row, before, after, now)
    action = event.value.replace("_", "-")
    record(action, "encounter", by=by, resource_id=row.pk, client_id=client.pk)


def answered(client: Client, encounter_id: uuid.UUID, *, by: Actor) -> Encounter:
    """The person picked up the phone: they came, are let in and the visit begins, all at once.

    Only the clinician whose visit it is calls. Again it changes nothing. Raises like `step`.
    """
    with transaction.atomic():
        row = locked(client, encounter_id)
        if side_of(row, client, by) != Side.CLINICIAN:
            raise NotPermitted
        before = visit_of(row)
        try:
            after = engine.picked_up(before, clock.now())
        except engine.Refused as refused:
            raise problem_of(refused) from refused
        if after != before:
            write(row, client, after)
            record("begin", "encounter", by=by, resource_id=row.pk, client_id=client.pk)
    return row


def write(row: Encounter, client: Client, visit: Visit) -> None:
    """Keep where a locked row's visit is now, and tell who wants to know."""
    for name, value in asdict(visit).items():
        setattr(row, "status" if name == "state" else name, value)
    row.status = str(visit.state)
    row.starts_at = engine.starts(visit, row.starts_at)
    row.moves += 1
    row.save()
    standing.keep(client)
    tell_rules(client, row)
    events.publish(VisitMoved(client.practice_id, row.pk))
    tell_booking(row)


def tell_rules(client: Client, row: Encounter) -> None:
    """Questionnaires may be asked so long after a meeting."""
    if row.status == Encounter.Status.FINISHED:
        measures.note_event(client, "encounter-end", row.ended_at or row.starts_at)


def tell_booking(row: Encounter) -> None:
    """Tell the booking that planned this visit how it stands now, where that says something."""
    if row.appointment_id is None or State(row.status) in engine.GOING_ON:
        return
    events.publish(
        EncounterSettled(
            practice_id=row.practice_id,
            client_id=row.client_id,
            encounter_id=row.pk,
            appointment_id=row.appointment_id,
            status=row.status,
        )
    )
