"""Record a meeting that took place, plan one, change or cancel it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client
from holdfast.meet.encounters import engine, standing, visits
from holdfast.meet.encounters.engine import Event, Side, State, Visit
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.encounters.problems import problem_of

#: A clock may be a little ahead; a finished meeting may not lie further in the future than this.
TOLERANCE = timedelta(minutes=5)


def _check_times(status: str, starts_at: datetime, ended_at: datetime | None) -> None:
    if ended_at is not None and ended_at < starts_at:
        raise Invalid(errors=(FieldError("ended_at", "before-start", "It ends before it starts."),))
    if status == Encounter.Status.FINISHED and starts_at > clock.now() + TOLERANCE:
        raise Invalid(
            errors=(FieldError("starts_at", "in-future", "A finished meeting lies in the past."),)
        )


def _own_membership(by: Actor) -> uuid.UUID:
    for role, membership_id in by.memberships:
        if role in CLINICAL_ROLES:
            return membership_id
    raise NotFound


def record_encounter(
    client: Client,
    *,
    starts_at: datetime,
    status: str,
    medium: str,
    ended_at: datetime | None = None,
    by: Actor,
) -> Encounter:
    """A meeting of the acting clinician with the client. Raises `Invalid` for impossible times."""
    _check_times(status, starts_at, ended_at)
    with transaction.atomic():
        encounter = Encounter.objects.create(
            practice_id=client.practice_id,
            client=client,
            membership_id=_own_membership(by),
            status=status,
            medium=medium,
            starts_at=starts_at,
            ended_at=ended_at,
            created_at=clock.now(),
        )
        standing.keep(client)
        visits.tell_rules(client, encounter)
        record("create", "encounter", by=by, resource_id=encounter.pk, client_id=client.pk)
    return encounter


def change_encounter(
    client: Client,
    encounter_id: uuid.UUID,
    *,
    by: Actor,
    starts_at: datetime | None = None,
    ended_at: datetime | None = None,
    status: str | None = None,
    medium: str | None = None,
) -> Encounter:
    """Change what is given and leave the rest: the record put right, or a visit closed by hand.

    Raises `NotFound` outside the client's own, and the problems of a visit: what is going on moves
    by its own events.
    """
    with transaction.atomic():
        row = visits.locked(client, encounter_id)
        row.starts_at = starts_at or row.starts_at
        row.medium = medium or row.medium
        visit = _changed(visits.visit_of(row), State(status or row.status), ended_at)
        _check_times(visit.state, row.starts_at, visit.ended_at)
        visits.write(row, client, visit)
        record("update", "encounter", by=by, resource_id=row.pk, client_id=client.pk)
    return row


def _changed(visit: Visit, to: State, ended_at: datetime | None) -> Visit:
    """A visit that is finished by hand ended when they say, or at no time that is known."""
    going_on = visit.state in engine.GOING_ON
    try:
        if going_on and to == State.FINISHED:
            visit = engine.step(visit, Event.FINISH, Side.CLINICIAN, ended_at or clock.now())
        elif going_on and to == State.NO_SHOW:
            visit = engine.step(visit, Event.NO_SHOW, Side.CLINICIAN, clock.now())
        elif going_on and to == State.CANCELLED:
            visit = engine.step(visit, Event.CANCEL, Side.CLINICIAN, clock.now())
        else:
            visit = engine.corrected(visit, to)
    except engine.Refused as refused:
        raise problem_of(refused) from refused
    return replace(visit, ended_at=ended_at or visit.ended_at)
