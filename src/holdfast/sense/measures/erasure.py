"""Forget what one person measured, when they delete their account."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.sense.measures import standing
from holdfast.sense.measures.models import (
    Assignment,
    LifeEvent,
    Medication,
    Prompt,
    Response,
    UnreadEntry,
)


def forget(subject: Subject) -> None:
    """Overwrite what is sealed, then delete every row; safe to run twice.

    Where the law makes the practice keep the record, scores stay, and of the responses that they
    rest on the day and the instrument; what was answered goes.
    """
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    LifeEvent.objects.filter(**of_client).update(label_sealed=b"")
    Medication.objects.filter(**of_client).update(name_sealed=b"", frequency_sealed=b"")
    UnreadEntry.objects.filter(**of_client).update(text_sealed=b"")
    for model in (LifeEvent, Medication, Prompt, Assignment, UnreadEntry):
        model.objects.filter(**of_client).delete()
    # Scores go with their responses. What was answered is written over first.
    Response.objects.filter(**of_client).update(answers={}, alerts=[])
    if subject.keep:
        # A digest of nine answers is found by trying them all.
        Response.objects.filter(**of_client).update(
            content_digest="", missing=[], time_zone="", claimed_at=None, started_at=None
        )
        Response.objects.filter(**of_client, scores=None).delete()
        return
    Response.objects.filter(**of_client).delete()
    if subject.practice_id is not None and subject.client_id is not None:
        standing.forget(subject.practice_id, subject.client_id)


def refused_entries(practice_id: uuid.UUID, before: datetime) -> QuerySet[UnreadEntry]:
    """What came in a form of the future and was refused once it could be read; sealed."""
    rows = UnreadEntry.objects.filter(practice_id=practice_id, received_at__lt=before)
    return rows.exclude(refusal="")
