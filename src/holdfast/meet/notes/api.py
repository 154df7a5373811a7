"""Endpoints: notes about a client, and what waits for a supervisor's signature."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.core.problems import NotFound
from holdfast.meet.notes import actions, queries, sealed
from holdfast.meet.notes.schemas import (
    AskedOut,
    DraftIn,
    NewNote,
    NoteOut,
    NotesAboutMe,
    NotesOut,
    NoteVersionOut,
    Revision,
    SavedOut,
    SealedNoteIn,
    SealedNoteOut,
    SealedNotesOut,
    SignIn,
    VersionNumber,
    WaitingOut,
    about_out,
    note_out,
    row_out,
    sealed_out,
    version_out,
    waiting_out,
)

router = Router(tags=["notes"])

PRACTICE = "/practices/{practice_id}"
CLIENT = PRACTICE + "/clients/{client_id}"
NOTES = CLIENT + "/notes"
NOTE = NOTES + "/{note_id}"
OWN = CLIENT + "/psychotherapy-notes"

_read, _write = Access("progress_note", "read"), Access("progress_note", "write")
#: At most so many at once; what is signed makes room for the rest.
MOST_WAITING = 200


def _one(request: Request, note_id: uuid.UUID) -> dict[str, Any]:
    client = request.client
    note = queries.one(client.practice_id, client.pk, note_id, request.actor)
    if note is None:
        raise NotFound
    return note_out(note, request.actor)


@router.get(NOTES, access=_read, response=NotesOut)
def notes(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    cursor: Annotated[uuid.UUID | None, Query()] = None,
) -> Any:
    """Signed notes and one's own drafts, newest first. Three SQL statements of its own."""
    rows, following = queries.of_client(practice_id, client_id, cursor, request.actor)
    asked = queries.asked(request.client)
    waits = asked is not None and asked.answered_at is None
    return {
        "items": [row_out(row, request.actor) for row in rows],
        "next": following,
        "asked_at": asked.asked_at if asked is not None and waits else None,
    }


@router.post(NOTES, access=_write, response={201: NoteOut})
def begin(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: NewNote
) -> Status[Any]:
    """Begin a note; begun again it is answered with what is there."""
    note = actions.begin(
        request.client,
        body.id,
        template=body.template,
        encounter_id=body.encounter_id,
        by=request.actor,
    )
    return Status(201, _one(request, note.pk))


@router.get(NOTE, access=_read, response=NoteOut)
def note(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, note_id: uuid.UUID) -> Any:
    """A note with every version. Two SQL statements of its own."""
    return _one(request, note_id)


@router.put(NOTE + "/draft", access=_write, response=SavedOut)
def save_draft(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    note_id: uuid.UUID,
    body: DraftIn,
) -> Any:
    """Keep what is being written; of a signed note it begins an amendment."""
    return actions.save_draft(
        request.client,
        note_id,
        revision=body.revision,
        content=body.content,
        encounter_id=body.encounter_id,
        by=request.actor,
    )


@router.delete(NOTE + "/draft", access=_write, response={204: None})
def discard_draft(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    note_id: uuid.UUID,
    revision: Annotated[Revision, Query()],
) -> Status[None]:
    """Drop what is being written; a note that was never signed goes with it."""
    actions.discard_draft(request.client, note_id, revision=revision, by=request.actor)
    return Status(204, None)


@router.post(NOTE + "/signature", access=_write, response=NoteVersionOut)
def sign(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    note_id: uuid.UUID,
    body: SignIn,
) -> Any:
    """Sign what is written. From then on this version is never changed."""
    made = actions.sign(
        request.client, note_id, revision=body.revision, reason=body.reason, by=request.actor
    )
    return version_out(made)


@router.post(
    NOTE + "/cosignature", access=Access("note_cosignature", "write"), response=NoteVersionOut
)
def cosign(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    note_id: uuid.UUID,
    body: VersionNumber,
) -> Any:
    """A supervisor of the author signs the newest version, too."""
    made = actions.cosign(request.client, note_id, number=body.version, by=request.actor)
    return version_out(made)


@router.post(NOTE + "/release", access=_write, response=NoteVersionOut)
def release(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    note_id: uuid.UUID,
    body: VersionNumber,
) -> Any:
    """Let the person read the newest version. Anybody who treats them may, and it stays."""
    made = actions.release(request.client, note_id, number=body.version, by=request.actor)
    return version_out(made)


@router.get(
    PRACTICE + "/notes-to-cosign",
    access=Access("note_cosignature", "read"),
    response=WaitingOut,
)
def notes_to_cosign(request: Request, practice_id: uuid.UUID) -> Any:
    """What waits for the reader's own co-signature, oldest first. One SQL statement of its own."""
    waiting = queries.waiting_for(practice_id, request.actor.membership_ids, clock.now().date())
    rows = list(waiting[:MOST_WAITING])
    note_list("progress_note", by=request.actor, people=[row.client_id for row in rows])
    return {"items": [waiting_out(row) for row in rows]}


@router.get(CLIENT + "/notes-about-me", access=Access("note_copy", "read"), response=NotesAboutMe)
def notes_about_me(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """To the person: which notes there are, and those that were released."""
    asked = queries.asked(request.client)
    return {
        "items": [about_out(row) for row in queries.about(request.client)],
        "asked_at": asked.asked_at if asked else None,
        "answered_at": asked.answered_at if asked else None,
    }


@router.post(
    CLIENT + "/notes-about-me/request",
    access=Access("note_copy", "write"),
    response={201: AskedOut},
)
def ask_to_read(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Status[Any]:
    """The person asks to read them; their care team is told. Asked twice it is asked once."""
    return Status(201, actions.ask_to_read(request.client, by=request.actor))


@router.post(CLIENT + "/notes-about-me/answer", access=_write, response={204: None})
def answer_request(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Status[None]:
    """The team has dealt with the request."""
    actions.answer_request(request.client, by=request.actor)
    return Status(204, None)


@router.get(OWN, access=Access("psychotherapy_note", "read"), response=SealedNotesOut)
def psychotherapy_notes(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """The reader's own about this client, sealed. One SQL statement of its own."""
    rows = queries.sealed_notes(request.client, request.actor.account)
    return {"items": [sealed_out(row) for row in rows]}


@router.post(OWN, access=Access("psychotherapy_note", "write"), response={201: SealedNoteOut})
def keep_psychotherapy_note(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: SealedNoteIn
) -> Status[Any]:
    """Keep a note that its author sealed to themself; the version before it goes."""
    note = sealed.keep(request.client, body.engine(), by=request.actor)
    return Status(201, sealed_out(note))


@router.delete(
    OWN + "/{sealed_note_id}",
    access=Access("psychotherapy_note", "write"),
    response={204: None},
)
def drop_psychotherapy_note(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, sealed_note_id: uuid.UUID
) -> Status[None]:
    """Its author deletes it."""
    sealed.drop(request.client, sealed_note_id, by=request.actor)
    return Status(204, None)
