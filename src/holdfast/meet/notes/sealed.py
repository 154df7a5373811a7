"""Psychotherapy notes: kept for their author, who alone can open them."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine import items
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.problems import (
    KeysMoved,
    NoVault,
    PreviousUnknown,
    Refused,
    SpaceFull,
)
from holdfast.meet.notes.models import SealedNote

KIND = "psychotherapy-note"
#: Of one author about one client: forty years of two a month.
MOST_NOTES = 1000


def _check(version: items.Version, owner_id: uuid.UUID) -> None:
    """Signed by its author, and granted to nobody else."""
    owner = ways_in.public_keys_of([owner_id]).get(owner_id)
    if owner is None:
        raise NoVault
    header, grants = version.header, version.grants
    if header.owner != owner_id or header.kind != KIND:
        raise Refused
    if [grant.reader for grant in grants] != [owner_id]:
        raise Refused
    try:
        version.verify(owner)
        info = items.grant_info(header, version.hash, items.Reader(owner_id, owner))
        owner.verify(grants[0].signature, items.grant_signed(info, grants[0].sealed))
    except Damaged:
        if ways_in.signed_earlier(owner_id, version):
            raise KeysMoved from None
        raise Refused from None


def keep(client: Client, version: items.Version, *, by: Actor) -> SealedNote:
    """Keep a new note, or the version that follows the one that is here; the same again is fine.

    Raises `PreviousUnknown` where another device wrote meanwhile: nothing is overwritten unseen.
    """
    owner_id = by.account
    _check(version, owner_id)
    header, grant = version.header, version.grants[0]
    with transaction.atomic():
        # One writer per person at a time, so that two devices cannot both follow one version.
        Client.objects.select_for_update().get(pk=client.pk, practice_id=client.practice_id)
        there = SealedNote.objects.filter(pk=header.item).first()
        if there is not None:
            mine = (client.practice_id, client.pk, owner_id)
            if (there.practice_id, there.client_id, there.owner_id) != mine:
                raise Refused
            if bytes(there.hash) == version.hash:
                return there
        follows = () if there is None else (bytes(there.hash),)
        revision = 1 if there is None else there.revision + 1
        if header.previous != follows or header.revision != revision:
            raise PreviousUnknown
        own = SealedNote.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, owner_id=owner_id
        )
        if there is None and own.count() >= MOST_NOTES:
            raise SpaceFull
        note = SealedNote(
            id=header.item,
            practice_id=client.practice_id,
            client_id=client.pk,
            owner_id=owner_id,
            content_schema=header.schema,
            revision=header.revision,
            previous=b"".join(header.previous),
            hash=version.hash,
            ciphertext=version.ciphertext,
            signature=version.signature,
            grant_sealed=grant.sealed,
            grant_signature=grant.signature,
            received_at=clock.now(),
        )
        note.save(force_insert=there is None, force_update=there is not None)
        # Each pause in writing keeps a version; that a note was begun is what is worth an entry.
        if there is None:
            record(
                "create",
                "psychotherapy_note",
                by=by,
                resource_id=note.pk,
                client_id=client.pk,
            )
    return note


def drop(client: Client, note_id: uuid.UUID, *, by: Actor) -> None:
    """Overwrite it, then delete it."""
    with transaction.atomic():
        rows = SealedNote.objects.filter(
            practice_id=client.practice_id, client_id=client.pk, owner_id=by.account, pk=note_id
        )
        if not rows.update(ciphertext=b"", grant_sealed=b""):
            raise NotFound
        rows.delete()
        record("delete", "psychotherapy_note", by=by, resource_id=note_id, client_id=client.pk)
