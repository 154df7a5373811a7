"""Reads of scheduling, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from holdfast.core.problems import NotFound
from holdfast.meet.scheduling.models import Appointment, Participant

#: No appointment lasts longer: one that runs began at most so long before.
LONGEST = timedelta(hours=10)
MOST = 500


def with_people(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """With clinician, place, kind and participants loaded: two statements."""
    participants = Participant.objects.order_by("joined_at", "id")
    loaded = rows.select_related("membership", "place", "type")
    return loaded.prefetch_related(Prefetch("participants", participants))


def one(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Appointment:
    """Raises NotFound outside the practice. Two statements."""
    rows = Appointment.objects.filter(practice_id=practice_id, pk=appointment_id)
    for found in with_people(rows):
        return found
    raise NotFound


def between(
    practice_id: uuid.UUID,
    since: datetime,
    until: datetime,
    *,
    membership_id: uuid.UUID | None = None,
    client_id: uuid.UUID | None = None,
    **filters: Any,
) -> list[Appointment]:
    """Those that overlap [since, until), earliest first, cancelled ones too, at most `MOST`. Two
    statements.
    """
    rows = Appointment.objects.filter(practice_id=practice_id, **filters)
    rows = rows.filter(starts_at__lt=until, starts_at__gt=since - LONGEST, ends_at__gt=since)
    if membership_id is not None:
        rows = rows.filter(membership_id=membership_id)
    if client_id is not None:
        rows = rows.filter(
            pk__in=Participant.objects.filter(
                practice_id=practice_id,
                client_id=client_id,
                starts_at__lt=until,
                starts_at__gt=since - LONGEST,
            ).values("appointment_id")
        )
    return list(with_people(rows).order_by("starts_at", "id")[:MOST])
