"""Reads of screenings, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from holdfast.core.tenancy.models import Client
from holdfast.safety.screening import engine
from holdfast.safety.screening.models import MinorStatement, Screening

MOST = 100


def texts_of_flag(practice_id: uuid.UUID, flag_id: uuid.UUID) -> list[dict[str, Any]]:
    """What the screen said of the texts behind a flag, newest first (the newest 100). One
    statement.
    """
    rows = Screening.objects.filter(practice_id=practice_id, flag_id=flag_id).order_by("-at", "-id")
    return [
        {
            "id": row.pk,
            "at": row.at,
            "source": row.source,
            "level": None if row.level is None else engine.LEVELS[row.level],
            "categories": row.categories,
            "temporality": row.temporality or None,
            "experiencer": row.experiencer or None,
            "languages": row.languages,
            "supported": row.supported,
            "protocol": row.protocol,
            "referrals": row.referrals,
        }
        for row in rows[:MOST]
    ]


@dataclass(frozen=True)
class AgeSaid:
    """`minor`: the person said that they are under 18, and nobody cleared it. `adult_since`: when
    their care team did.
    """

    minor: bool = False
    adult_since: datetime | None = None


def age_said(client: Client) -> AgeSaid:
    """What the person said of their age, and what their care team knows of it. One statement."""
    row = MinorStatement.objects.filter(practice_id=client.practice_id, client=client).first()
    return AgeSaid() if row is None else AgeSaid(row.cleared_at is None, row.cleared_at)


def failed_since(instant: datetime) -> int:
    """How many texts could not be screened, in every practice. One statement."""
    return Screening.objects.filter(level=None, received_at__gte=instant).count()
