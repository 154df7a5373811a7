"""Meetings that a booking plans, moves and cancels: in the booking's own transaction.

Only a meeting that is still planned follows its booking: one that began is what happened.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.encounters.models import Encounter


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
    """Whether it was still planned, and so moved. Two statements."""
    return _change(
        practice_id, encounter_id, by=by, starts_at=starts_at, ends_at=ends_at, medium=medium
    )


def cancel(practice_id: uuid.UUID, encounter_id: uuid.UUID, *, by: Actor) -> bool:
    """Whether it was still planned, and so is cancelled. Two statements."""
    return _change(practice_id, encounter_id, by=by, status=Encounter.Status.CANCELLED)


def _change(
    practice_id: uuid.UUID, encounter_id: uuid.UUID, *, by: Actor, **columns: object
) -> bool:
    rows = Encounter.objects.filter(
        practice_id=practice_id, pk=encounter_id, status=Encounter.Status.PLANNED
    )
    changed = bool(rows.update(**columns))
    if changed:
        record("update", "encounter", by=by, resource_id=encounter_id)
    return changed
