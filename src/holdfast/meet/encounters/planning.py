"""Meetings that a booking plans, moves and cancels: in the booking's own transaction.

Only a meeting that nobody was let into follows its booking: one that began is what happened. Who
already waits is told (`VisitMoved`), and of a moved one waits anew.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import F

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters.events import VisitMoved
from holdfast.meet.encounters.models import Encounter

_BEFORE = (Encounter.Status.PLANNED, Encounter.Status.WAITING)
_SIDES, _CLOCKS = ("client", "clinician"), ("arrived", "left")


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
    """A planned meeting of a booking. Two statements."""
    encounter = Encounter.objects.create(
        practice_id=client.practice_id,
        client=client,
        membership=membership,
        status=Encounter.Status.PLANNED,
        medium=medium,
        starts_at=starts_at,
        ends_at=ends_at,
        appointment_id=appointment_id,
        created_at=clock.now(),
    )
    record("create", "encounter", by=by, resource_id=encounter.pk, client_id=client.pk)
    return encounter.pk


def move(
    practice_id: uuid.UUID,
    encounter_id: uuid.UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    medium: str,
    by: Actor,
) -> bool:
    """Whether nobody was let in yet, and so it is moved. Two statements."""
    nobody_came = dict.fromkeys(f"{side}_{what}_at" for side in _SIDES for what in _CLOCKS)
    return _change(
        practice_id,
        encounter_id,
        by=by,
        starts_at=starts_at,
        ends_at=ends_at,
        medium=medium,
        status=Encounter.Status.PLANNED,
        **nobody_came,
    )


def cancel(practice_id: uuid.UUID, encounter_id: uuid.UUID, *, by: Actor) -> bool:
    """Whether nobody was let in yet, and so it is cancelled. Two statements."""
    return _change(practice_id, encounter_id, by=by, status=Encounter.Status.CANCELLED)


def _change(
    practice_id: uuid.UUID, encounter_id: uuid.UUID, *, by: Actor, **columns: object
) -> bool:
    rows = Encounter.objects.filter(practice_id=practice_id, pk=encounter_id, status__in=_BEFORE)
    changed = bool(rows.update(**columns, moves=F("moves") + 1))
    if changed:
        events.publish(VisitMoved(practice_id, encounter_id))
        record("update", "encounter", by=by, resource_id=encounter_id)
    return changed
