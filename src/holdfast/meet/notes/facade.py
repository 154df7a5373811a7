"""What other wings may ask of progress notes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from holdfast.meet.notes.models import NoteVersion

#: How many signed notes are looked through for a plan.
LOOKED_AT = 10
PLAN = "plan"


@dataclass(frozen=True)
class LastPlan:
    """What was planned in the newest signed note that has a plan."""

    signed_at: datetime
    author: str
    text: str


def last_plan(practice_id: uuid.UUID, client_id: uuid.UUID) -> LastPlan | None:
    """Of the care team's signed notes, as they stand now. One statement."""
    versions = NoteVersion.objects.filter(
        practice_id=practice_id, client_id=client_id, number=F("note__version")
    ).select_related("note", "note__author")
    for one in versions.defer("note__draft_sealed").order_by("-signed_at", "-pk")[:LOOKED_AT]:
        text = (one.content or {}).get(PLAN, "").strip()
        if text:
            return LastPlan(one.signed_at, one.note.author.display_name, text)
    return None
