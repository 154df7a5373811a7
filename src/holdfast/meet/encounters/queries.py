"""Reads of encounters, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from holdfast.meet.encounters.models import Encounter


def of_client(practice_id: uuid.UUID, client_id: uuid.UUID, limit: int = 200) -> list[Any]:
    """The client's newest encounters, newest first, with who met them. One statement."""
    rows = Encounter.objects.filter(practice_id=practice_id, client_id=client_id)
    return list(rows.select_related("membership").order_by("-starts_at", "-id")[:limit])


def last_finished(practice_id: uuid.UUID, client_id: uuid.UUID, now: datetime) -> datetime | None:
    """When they last met, by the start of the last finished encounter. One statement."""
    rows = Encounter.objects.filter(
        practice_id=practice_id,
        client_id=client_id,
        status=Encounter.Status.FINISHED,
        starts_at__lte=now,
    )
    at: datetime | None = rows.aggregate(at=Max("starts_at"))["at"]
    return at


def next_planned(
    practice_id: uuid.UUID, now: datetime, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """Per client (a page of them) who has one, the next planned encounter. One statement."""
    rows = Encounter.objects.filter(
        practice_id=practice_id,
        client_id__in=client_ids,
        status=Encounter.Status.PLANNED,
        starts_at__gte=now,
    )
    grouped = rows.values("client_id").annotate(at=Min("starts_at"))
    return dict(grouped.values_list("client_id", "at"))
