"""Reads of notes, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT, active_on
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.models import CareTeamMember, Client, Supervision
from holdfast.meet.notes.models import Note, NoteVersion, ReadingRequest, SealedNote

SIZE = 50


def _newest() -> Prefetch[str, QuerySet[NoteVersion], str]:
    versions = NoteVersion.objects.filter(number=F("note__version"))
    return Prefetch("versions", versions.select_related("cosigned_by"))


def readable(practice_id: uuid.UUID, client_id: uuid.UUID, by: Actor) -> QuerySet[Note]:
    """What was signed, and what the actor themself is writing. Others' drafts exist for nobody."""
    notes = Note.objects.filter(practice_id=practice_id, client_id=client_id)
    return notes.filter(Q(version__gt=0) | Q(author_id__in=by.membership_ids))


def of_client(
    practice_id: uuid.UUID, client_id: uuid.UUID, cursor: uuid.UUID | None, by: Actor
) -> tuple[list[Note], uuid.UUID | None]:
    """A page of notes with their newest signed version, newest first, and the next page's cursor.

    Identifiers are the device's; the order is by when a note was begun. Raises Invalid for a cursor
    of no such note. Two SQL statements, one more for a later page.
    """
    rows = readable(practice_id, client_id, by)
    if cursor is not None:
        last = rows.filter(pk=cursor).values_list("created_at", "pk").first()
        if last is None:
            raise Invalid(
                errors=(FieldError("cursor", "cursor", "This is not a cursor of this list."),)
            )
        at, pk = last
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    ordered = rows.select_related("author", "encounter").prefetch_related(_newest())
    found = list(ordered.defer("draft_sealed").order_by("-created_at", "-pk")[: SIZE + 1])
    return found[:SIZE], found[SIZE - 1].pk if len(found) > SIZE else None


def one(practice_id: uuid.UUID, client_id: uuid.UUID, note_id: uuid.UUID, by: Actor) -> Note | None:
    """A note with every version, oldest first. Two SQL statements."""
    versions = NoteVersion.objects.select_related("cosigned_by").order_by("number")
    rows = readable(practice_id, client_id, by).select_related("author", "encounter")
    return rows.prefetch_related(Prefetch("versions", versions)).filter(pk=note_id).first()


def asked(client: Client) -> ReadingRequest | None:
    """The person's newest request to read. One SQL statement."""
    rows = ReadingRequest.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    return rows.order_by("-asked_at", "-pk").first()


def about(client: Client) -> list[Note]:
    """Every signed note, newest first, with all its versions. Two SQL statements."""
    versions = NoteVersion.objects.order_by("-number")
    rows = Note.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, version__gt=0
    ).select_related("author")
    return list(
        rows.prefetch_related(Prefetch("versions", versions))
        .defer("draft_sealed")
        .order_by("-created_at", "-pk")
    )


def waiting_for(practice_id: uuid.UUID, supervisors: Collection[uuid.UUID], today: date) -> Any:
    """Newest versions whose authors one of these supervisors co-signs for, oldest first.

    Of authors who are on the person's care team: the supervisor reads by them. One SQL statement.
    """
    supervised = Supervision.objects.filter(
        practice_id=practice_id,
        supervisor_id__in=list(supervisors),
        supervisee_id=OuterRef("note__author_id"),
        cosigns=True,
    )
    team = CareTeamMember.objects.filter(
        active_on(today),
        practice_id=practice_id,
        client_id=OuterRef("client_id"),
        membership_id=OuterRef("note__author_id"),
        membership__active=True,
    )
    return (
        NoteVersion.objects.filter(
            Exists(supervised),
            Exists(team),
            practice_id=practice_id,
            wants_cosignature=True,
            cosigned_at=None,
            number=F("note__version"),
            client__left_at=None,
        )
        .exclude(client__consents_withdrawn__contains=CARE_TEAM_CONSENT)
        .select_related("note", "note__author", "client")
        .defer("content_sealed", "reason_sealed", "note__draft_sealed")
        .order_by("signed_at", "pk")
    )


def sealed_notes(client: Client, owner_id: uuid.UUID) -> list[SealedNote]:
    """An author's own about one client, newest first. One SQL statement."""
    rows = SealedNote.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, owner_id=owner_id
    )
    return list(rows.order_by("-received_at", "-pk"))
