"""Forget a person's meetings, when they delete their account."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Coalesce

from holdfast.core.identity.erasure import Subject
from holdfast.meet.encounters.models import Encounter


def forget(subject: Subject) -> None:
    """Delete every meeting; where the law keeps the record, those that took place stay.

    Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    rows = Encounter.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    if subject.keep:
        rows = rows.exclude(status=Encounter.Status.FINISHED)
    rows.delete()


def last_contact(practice_id: uuid.UUID, client_id: uuid.UUID) -> datetime | None:
    """When the last finished meeting ended. One statement."""
    rows = Encounter.objects.filter(
        practice_id=practice_id, client_id=client_id, status=Encounter.Status.FINISHED
    )
    at: datetime | None = rows.aggregate(at=Max(Coalesce("ended_at", "starts_at")))["at"]
    return at
