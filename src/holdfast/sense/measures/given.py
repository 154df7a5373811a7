"""What one person answered to one questionnaire, answer by answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from holdfast.sense.measures.models import Response


@dataclass(frozen=True)
class GivenAnswers:
    """One response. `answers`: codes by item, null where it was put and passed over.

    `historical`: taken over from elsewhere, so that `received_at` says nothing of the person.
    """

    id: uuid.UUID
    version: str
    answers: Mapping[str, float | None]
    answered_at: datetime
    received_at: datetime
    local_date: date
    historical: bool


def given_answers(
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    *,
    instrument: str,
    first: date,
    last: date,
) -> list[GivenAnswers]:
    """Responses to a questionnaire on the person's dates `first` to `last`, oldest first.

    One statement, and as many rows as there are responses: for a bounded time only.
    """
    rows = Response.objects.filter(
        practice_id=practice_id,
        client_id=client_id,
        instrument=instrument,
        local_date__range=(first, last),
    )
    names = [field.name for field in fields(GivenAnswers)]
    return [GivenAnswers(**row) for row in rows.order_by("answered_at", "id").values(*names)]
