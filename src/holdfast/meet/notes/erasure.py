"""Forget the notes about a person who leaves, or keep those that the law asks for."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Max, QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.notes.models import Note, NoteVersion, ReadingRequest, SealedNote


def forget(subject: Subject) -> None:
    """Overwrite every note, then delete it; where the law keeps the record, what was signed stays.

    Psychotherapy notes are no part of the record: they go in any case. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    sealed = SealedNote.objects.filter(**of_client)
    sealed.update(ciphertext=b"", grant_sealed=b"")
    sealed.delete()
    ReadingRequest.objects.filter(**of_client).delete()
    notes = Note.objects.filter(**of_client)
    notes.update(draft_sealed=b"", draft_at=None)
    if subject.keep:
        notes.filter(version=0).delete()
        return
    NoteVersion.objects.filter(**of_client).update(content_sealed=b"", reason_sealed=b"")
    notes.delete()


def forget_of_author(subject: Subject) -> None:
    """An author leaves: nobody can open what they sealed to themself any more."""
    rows = SealedNote.objects.filter(owner_id=subject.user_id)
    rows.update(ciphertext=b"", grant_sealed=b"")
    rows.delete()


def last_contact(practice_id: uuid.UUID, client_id: uuid.UUID) -> datetime | None:
    """When a note was last signed first: a later amendment is no contact. One statement."""
    rows = NoteVersion.objects.filter(practice_id=practice_id, client_id=client_id, number=1)
    at: datetime | None = rows.aggregate(at=Max("signed_at"))["at"]
    return at


def old_drafts(practice_id: uuid.UUID, before: datetime) -> QuerySet[Note]:
    """Notes that were begun, never signed, and not touched since."""
    return Note.objects.filter(practice_id=practice_id, version=0, draft_at__lt=before)
