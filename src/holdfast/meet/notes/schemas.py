"""Notes as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.core.actor import Actor
from holdfast.core.vault.engine import keys
from holdfast.core.vault.schemas import GrantShape, VersionShape
from holdfast.meet.notes.models import Note, NoteVersion, SealedNote
from holdfast.meet.notes.sealed import KIND
from holdfast.meet.notes.templates import MAX_LENGTH

TemplateCode = Literal["soap", "dap", "birp", "free"]
Text = Annotated[str, StringConstraints(max_length=MAX_LENGTH)]
Section = Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,30}$")]
Content = Annotated[dict[Section, Text], Field(max_length=8)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Reason = Annotated[str, StringConstraints(max_length=500)]


class NewNote(Schema):
    """`id` is the device's: a note that is begun twice is begun once."""

    id: uuid.UUID
    template: TemplateCode
    encounter_id: uuid.UUID | None = None


class DraftIn(Schema):
    """`revision` is the one that the device saw last."""

    revision: Revision
    content: Content
    encounter_id: uuid.UUID | None = None


class SavedOut(Schema):
    revision: int
    draft_at: datetime | None


class SignIn(Schema):
    """`reason` belongs to an amendment."""

    revision: Revision
    reason: Reason = ""


class VersionNumber(Schema):
    """The version that was on the screen."""

    version: Revision


class NoteRow(Schema):
    """`version` is 0 and `signed_at` empty for a draft that only its author sees.

    What follows `signed_at` is of the newest signed version. `draft_at` is told to the author.
    """

    id: uuid.UUID
    template: TemplateCode
    encounter_id: uuid.UUID | None
    encounter_at: datetime | None
    author: str
    own: bool
    created_at: datetime
    revision: int
    draft_at: datetime | None
    version: int
    signed_at: datetime | None
    wants_cosignature: bool
    cosigned_at: datetime | None
    cosigned_by: str | None
    released_at: datetime | None


class NotesOut(Schema):
    """`asked_at`: the person asked to read, and nobody has dealt with it yet."""

    items: list[NoteRow]
    next: uuid.UUID | None
    asked_at: datetime | None


class NoteVersionOut(Schema):
    version: int
    content: dict[str, str]
    reason: str
    signed_at: datetime
    wants_cosignature: bool
    cosigned_at: datetime | None
    cosigned_by: str | None
    released_at: datetime | None


class NoteOut(NoteRow):
    """`versions` oldest first; `draft` is told to the author, where there is one."""

    versions: list[NoteVersionOut]
    draft: dict[str, str] | None


class WaitingRow(Schema):
    """A note that waits for the reader's co-signature."""

    note_id: uuid.UUID
    client_id: uuid.UUID
    client: str
    author: str
    signed_at: datetime
    version: int


class WaitingOut(Schema):
    items: list[WaitingRow]


class NoteAboutMe(Schema):
    """`content` is empty until somebody released the note."""

    id: uuid.UUID
    author: str
    template: TemplateCode
    signed_at: datetime
    released_at: datetime | None
    content: dict[str, str] | None


class NotesAboutMe(Schema):
    items: list[NoteAboutMe]
    asked_at: datetime | None
    answered_at: datetime | None


class AskedOut(Schema):
    asked_at: datetime


class SealedNoteIn(VersionShape):
    """A version of kind `psychotherapy-note`, granted to its author alone."""

    grants: Annotated[list[GrantShape], Field(min_length=1, max_length=1)]


class SealedNoteOut(VersionShape):
    received_at: datetime


class SealedNotesOut(Schema):
    items: list[SealedNoteOut]


def _newest(note: Note, versions: Sequence[NoteVersion]) -> NoteVersion | None:
    return next((one for one in versions if one.number == note.version), None)


def _signature(version: NoteVersion | None) -> dict[str, Any]:
    if version is None:
        return {
            "wants_cosignature": False,
            "cosigned_at": None,
            "cosigned_by": None,
            "released_at": None,
        }
    return {
        "wants_cosignature": version.wants_cosignature,
        "cosigned_at": version.cosigned_at,
        "cosigned_by": version.cosigned_by.display_name if version.cosigned_by else None,
        "released_at": version.released_at,
    }


def row_out(note: Note, by: Actor) -> dict[str, Any]:
    """A note whose author, meeting and versions are loaded."""
    newest = _newest(note, list(note.versions.all()))
    own = note.author_id in by.membership_ids
    return {
        "id": note.pk,
        "template": note.template,
        "encounter_id": note.encounter_id,
        "encounter_at": note.encounter.starts_at if note.encounter else None,
        "author": note.author.display_name,
        "own": own,
        "created_at": note.created_at,
        "revision": note.revision,
        "draft_at": note.draft_at if own else None,
        "version": note.version,
        "signed_at": newest.signed_at if newest else None,
        **_signature(newest),
    }


def version_out(version: NoteVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "content": version.content or {},
        "reason": version.reason,
        "signed_at": version.signed_at,
        **_signature(version),
    }


def note_out(note: Note, by: Actor) -> dict[str, Any]:
    """A note with everything that this reader sees of it."""
    row = row_out(note, by)
    return row | {
        "versions": [version_out(one) for one in note.versions.all()],
        "draft": note.draft if row["draft_at"] is not None else None,
    }


def about_out(note: Note) -> dict[str, Any]:
    """To the person: the newest version that was released to them, or that there is a note."""
    versions = list(note.versions.all())
    released = next((one for one in versions if one.released_at is not None), None)
    shown = released or versions[0]
    return {
        "id": note.pk,
        "author": note.author.display_name,
        "template": note.template,
        "signed_at": shown.signed_at,
        "released_at": shown.released_at,
        "content": (released.content or {}) if released else None,
    }


def waiting_out(version: NoteVersion) -> dict[str, Any]:
    return {
        "note_id": version.note_id,
        "client_id": version.client_id,
        "client": version.client.display_name,
        "author": version.note.author.display_name,
        "signed_at": version.signed_at,
        "version": version.number,
    }


def sealed_out(note: SealedNote) -> dict[str, Any]:
    """As the author's device sent it."""
    previous, size = bytes(note.previous), keys.HASH_BYTES
    return {
        "suite": 1,
        "item": note.pk,
        "owner": note.owner_id,
        "kind": KIND,
        "content_schema": note.content_schema,
        "revision": note.revision,
        "previous": [previous[at : at + size] for at in range(0, len(previous), size)],
        "ciphertext": bytes(note.ciphertext),
        "signature": bytes(note.signature),
        "grants": [
            {
                "reader": note.owner_id,
                "sealed": bytes(note.grant_sealed),
                "signature": bytes(note.grant_signature),
            }
        ],
        "received_at": note.received_at,
    }
