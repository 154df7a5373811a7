"""Example notes for the authorisation tests; see `examples`."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.notes.models import Note, NoteVersion, SealedNote

_NOTE = "/practices/{practice_id}/clients/{client_id}/notes/{note_id}"

#: Valid bodies of operations that name a note.
BODIES: dict[str, dict[str, Any]] = {
    f"PUT {_NOTE}/draft": {"revision": 1, "content": {"note": "He slept."}},
    f"POST {_NOTE}/signature": {"revision": 1, "reason": "A date was wrong."},
    f"POST {_NOTE}/cosignature": {"version": 1},
    f"POST {_NOTE}/release": {"version": 1},
}


def note(person: Client, author: Membership) -> uuid.UUID:
    """A note that the clinician of the care team signed once and goes on writing."""
    of_client = {"practice": person.practice, "client": person}
    note = Note.objects.create(
        **of_client,
        id=uuid.uuid4(),
        author=author,
        template="free",
        version=1,
        draft_at=clock.now(),
        created_at=clock.now(),
    )
    NoteVersion.objects.create(**of_client, note=note, number=1, signed_at=clock.now())
    return note.pk


def sealed_note(person: Client, author: User) -> uuid.UUID:
    """A psychotherapy note of that clinician; whoever else asks for it finds nothing."""
    made = SealedNote.objects.create(
        id=uuid.uuid4(),
        practice=person.practice,
        client=person,
        owner=author,
        content_schema=1,
        revision=1,
        received_at=clock.now(),
    )
    return made.pk
