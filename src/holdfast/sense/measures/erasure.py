"""Forget what one person measured, when they delete their account."""

from __future__ import annotations

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
    """Overwrite what is sealed, then delete every row; safe to run twice."""
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    LifeEvent.objects.filter(**of_client).update(label_sealed=b"")
    Medication.objects.filter(**of_client).update(name_sealed=b"")
    UnreadEntry.objects.filter(**of_client).update(text_sealed=b"")
    for model in (LifeEvent, Medication, Prompt, Assignment, UnreadEntry):
        model.objects.filter(**of_client).delete()
    # Scores go with their responses. What was answered is written over first.
    Response.objects.filter(**of_client).update(answers={}, alerts=[])
    Response.objects.filter(**of_client).delete()
    if subject.practice_id is not None and subject.client_id is not None:
        standing.forget(subject.practice_id, subject.client_id)
