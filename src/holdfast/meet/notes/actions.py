"""Begin, save, sign, amend, co-sign and release progress notes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify import facade as notify
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Role, Supervision
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.notes import queries
from holdfast.meet.notes.models import Note, NoteVersion, ReadingRequest
from holdfast.meet.notes.problems import (
    NoteChanged,
    NothingToSign,
    NotTheAuthor,
    NotTheirSupervisor,
)
from holdfast.meet.notes.templates import is_empty, templates, tidy

AUTHORS = (Role.CLINICIAN, Role.PRESCRIBER)
ASKED: Final = "notes-asked-for"
RELEASED: Final = "notes-released"


@dataclass(frozen=True)
class Saved:
    """Where the note stands after a change."""

    revision: int
    draft_at: datetime | None


def _author(client: Client, by: Actor) -> uuid.UUID:
    """The membership on the care team that writes; the first treating one otherwise."""
    own = [pk for role, pk in by.memberships if role in AUTHORS]
    if not own:
        raise NotFound
    team = CareTeamMember.objects.filter(
        active_on(clock.now().date()),
        practice_id=client.practice_id,
        client_id=client.pk,
        membership_id__in=own,
    )
    found: uuid.UUID | None = team.values_list("membership_id", flat=True).first()
    return found or own[0]


def _check_encounter(client: Client, encounter_id: uuid.UUID | None) -> None:
    if encounter_id is None:
        return
    if not encounters.is_of_client(client.practice_id, client.pk, encounter_id):
        raise Invalid(
            errors=(FieldError("encounter_id", "unknown", "There is no such meeting here."),)
        )


def begin(
    client: Client,
    note_id: uuid.UUID,
    *,
    template: str,
    encounter_id: uuid.UUID | None = None,
    by: Actor,
) -> Note:
    """An empty draft under the device's identifier; begun again it is the same one."""
    if template not in templates():
        raise Invalid(errors=(FieldError("template", "unknown", "There is no such template."),))
    _check_encounter(client, encounter_id)
    author = _author(client, by)
    try:
        with transaction.atomic():
            now = clock.now()
            note = Note(
                id=note_id,
                practice_id=client.practice_id,
                client_id=client.pk,
                author_id=author,
                encounter_id=encounter_id,
                template=template,
                draft_at=now,
                created_at=now,
            )
            note.draft = tidy(templates()[template], {})
            note.save(force_insert=True)
            record("create", "progress_note", by=by, resource_id=note.pk, client_id=client.pk)
    except IntegrityError:
        rows = Note.objects.filter(practice_id=client.practice_id, client_id=client.pk)
        there = rows.filter(pk=note_id, author_id__in=by.membership_ids).first()
        if there is None:
            raise Conflict from None
        return there
    return note


def _own(client: Client, note_id: uuid.UUID, by: Actor) -> Note:
    """The author's note, locked. To others a draft does not exist, and a signed note is closed."""
    rows = Note.objects.select_for_update().filter(
        practice_id=client.practice_id, client_id=client.pk, pk=note_id
    )
    note = rows.first()
    if note is None:
        raise NotFound
    if note.author_id not in by.membership_ids:
        raise NotTheAuthor if note.version else NotFound
    return note


def _check_revision(note: Note, revision: int) -> None:
    if note.revision != revision:
        raise NoteChanged(revision=note.revision)


def save_draft(
    client: Client,
    note_id: uuid.UUID,
    *,
    revision: int,
    content: Mapping[str, str],
    encounter_id: uuid.UUID | None,
    by: Actor,
) -> Saved:
    """Keep what is being written; of a signed note, as the beginning of an amendment.

    Raises `NoteChanged` where `revision` is not the newest. Autosaves leave no audit entry: what
    counts is what is signed.
    """
    with transaction.atomic():
        note = _own(client, note_id, by)
        _check_revision(note, revision)
        if encounter_id != note.encounter_id:
            _check_encounter(client, encounter_id)
        try:
            note.draft = tidy(templates()[note.template], content)
        except KeyError:
            raise Invalid(
                errors=(FieldError("content", "unknown", "The template has no such section."),)
            ) from None
        note.encounter_id = encounter_id
        note.draft_at = clock.now()
        note.revision += 1
        note.save(update_fields=["draft_sealed", "encounter", "draft_at", "revision"])
    return Saved(note.revision, note.draft_at)


def discard_draft(client: Client, note_id: uuid.UUID, *, revision: int, by: Actor) -> None:
    """Drop what is being written: the note itself, where nothing of it was ever signed."""
    with transaction.atomic():
        note = _own(client, note_id, by)
        _check_revision(note, revision)
        record("discard", "progress_note", by=by, resource_id=note.pk, client_id=client.pk)
        # Overwritten first, so that nothing sealed stays in the row's last page.
        Note.objects.filter(pk=note.pk).update(
            draft_sealed=b"", draft_at=None, revision=note.revision + 1
        )
        if not note.version:
            note.delete()


def sign(
    client: Client, note_id: uuid.UUID, *, revision: int, reason: str = "", by: Actor
) -> NoteVersion:
    """Make what is written the next version. Every one but the first says why it is there.

    Raises `NothingToSign` where nothing is written, or nothing was changed.
    """
    with transaction.atomic():
        note = _own(client, note_id, by)
        _check_revision(note, revision)
        content = note.draft
        if note.draft_at is None or content is None or is_empty(content):
            raise NothingToSign
        amends = note.version > 0
        if amends and not reason.strip():
            raise Invalid(errors=(FieldError("reason", "missing", "Say why the note is amended."),))
        if amends and note.versions.get(number=note.version).content == content:
            raise NothingToSign
        supervised = Supervision.objects.filter(
            practice_id=client.practice_id, supervisee_id=note.author_id, cosigns=True
        )
        version = NoteVersion(
            practice_id=client.practice_id,
            client_id=client.pk,
            note=note,
            number=note.version + 1,
            signed_at=clock.now(),
            wants_cosignature=supervised.exists(),
        )
        version.content = content
        if amends:
            version.reason = reason.strip()
        version.save(force_insert=True)
        Note.objects.filter(pk=note.pk).update(
            version=version.number, draft_sealed=b"", draft_at=None, revision=note.revision + 1
        )
        detail = {"version": version.number}
        if amends:
            record("amend", "progress_note", by=by, resource_id=note.pk, client_id=client.pk,
                   detail=detail)  # fmt: skip
        else:
            record("sign", "progress_note", by=by, resource_id=note.pk, client_id=client.pk,
                   detail=detail)  # fmt: skip
    return version


def _signed(client: Client, note_id: uuid.UUID, number: int) -> NoteVersion:
    """The newest version, locked; `number` is the one that was on the screen."""
    rows = Note.objects.select_for_update().filter(
        practice_id=client.practice_id, client_id=client.pk, pk=note_id, version__gt=0
    )
    note = rows.first()
    if note is None:
        raise NotFound
    if note.version != number:
        raise NoteChanged(revision=note.revision)
    found: NoteVersion = note.versions.get(number=number)
    found.note = note
    return found


def cosign(client: Client, note_id: uuid.UUID, *, number: int, by: Actor) -> NoteVersion:
    """A supervisor of the author signs, too; once is enough."""
    with transaction.atomic():
        version = _signed(client, note_id, number)
        supervisor = (
            Supervision.objects.filter(
                practice_id=client.practice_id,
                supervisor_id__in=by.membership_ids,
                supervisee_id=version.note.author_id,
                cosigns=True,
            )
            .values_list("supervisor_id", flat=True)
            .first()
        )
        if supervisor is None:
            raise NotTheirSupervisor
        if version.cosigned_at is None:
            version.cosigned_at = clock.now()
            version.cosigned_by_id = supervisor
            version.save(update_fields=["cosigned_at", "cosigned_by"])
            record("cosign", "progress_note", by=by, resource_id=note_id, client_id=client.pk,
                   detail={"version": number})  # fmt: skip
    return version


def release(client: Client, note_id: uuid.UUID, *, number: int, by: Actor) -> NoteVersion:
    """Let the person read this version; it cannot be taken back. A later one is released anew."""
    with transaction.atomic():
        version = _signed(client, note_id, number)
        if version.released_at is None:
            version.released_at = clock.now()
            version.save(update_fields=["released_at"])
            record("release", "progress_note", by=by, resource_id=note_id, client_id=client.pk,
                   detail={"version": number})  # fmt: skip
            if client.user_id is not None:
                notify.send(
                    practice_id=client.practice_id,
                    recipients=[client.user_id],
                    kind=RELEASED,
                    subject_id=note_id,
                    now=version.released_at,
                )
    return version


def ask_to_read(client: Client, *, by: Actor) -> ReadingRequest:
    """The person asks to read what is noted about them; their care team is told."""
    now = clock.now()
    with transaction.atomic():
        # One at a time: two taps ask once.
        Client.objects.select_for_update().get(pk=client.pk, practice_id=client.practice_id)
        last = queries.asked(client)
        if last is not None and last.answered_at is None:
            return last
        row = ReadingRequest.objects.create(
            practice_id=client.practice_id, client_id=client.pk, asked_at=now
        )
        team = CareTeamMember.objects.filter(
            active_on(now.date()),
            practice_id=client.practice_id,
            client_id=client.pk,
            membership__active=True,
            membership__user__is_active=True,
        )
        notify.send(
            practice_id=client.practice_id,
            recipients=set(team.values_list("membership__user_id", flat=True)),
            kind=ASKED,
            subject_id=client.pk,
            now=now,
        )
        record("ask", "progress_note", by=by, resource_id=row.pk, client_id=client.pk)
    return row


def answer_request(client: Client, *, by: Actor) -> None:
    """The team has dealt with the person's request, whatever it released."""
    with transaction.atomic():
        rows = ReadingRequest.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, answered_at=None
        )
        row = rows.first()
        if row is None:
            raise NotFound
        rows.update(answered_at=clock.now())
        record("answer", "progress_note", by=by, resource_id=row.pk, client_id=client.pk)
