"""Sealed files: begun with their size and hash, sent in pieces, served when whole.

The server cannot look into them and does not try: no type is guessed, no picture opened.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import F

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.erasure import Subject
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import arriving
from holdfast.core.vault import files_folder as folder
from holdfast.core.vault.arriving import GIVEN_UP_AFTER
from holdfast.core.vault.limits import MOST_BYTES
from holdfast.core.vault.models import SealedFile, Space
from holdfast.core.vault.problems import FileExists, SpaceFull


def path_of(file: SealedFile) -> Path:
    return folder.folder_of(file.practice_id, file.client_id) / str(file.pk)


def begin(
    client: Client, file_id: uuid.UUID, *, item: uuid.UUID, size: int, sha256: bytes, by: Actor
) -> tuple[SealedFile, bool]:
    """Announce a file; the same one again changes nothing. Its bytes count from now on.

    Gives the file and whether it is new. Raises `SpaceFull` and `FileExists`.
    """
    with transaction.atomic():
        space, _ = Space.objects.get_or_create(client=client, practice_id=client.practice_id)
        space = Space.objects.select_for_update().get(pk=space.pk)
        found = SealedFile.objects.filter(pk=file_id).first()
        if found is not None:
            told = (found.practice_id, found.client_id, found.item, found.size)
            same = told == (client.practice_id, client.pk, item, size)
            if not same or bytes(found.sha256) != sha256:
                raise FileExists
            return found, False
        _drop(_given_up(client))
        space.refresh_from_db()
        if space.stored_bytes + size > MOST_BYTES:
            raise SpaceFull
        made = SealedFile.objects.create(
            id=file_id,
            practice_id=client.practice_id,
            client=client,
            item=item,
            size=size,
            sha256=sha256,
            begun_at=clock.now(),
        )
        Space.objects.filter(pk=space.pk).update(stored_bytes=F("stored_bytes") + size)
        record("write", "vault_file", by=by, resource_id=file_id, client_id=client.pk)
    return made, True


def find(client: Client, file_id: uuid.UUID) -> SealedFile:
    """A file of this client. Raises `NotFound`. One SQL statement."""
    found = SealedFile.objects.filter(
        practice_id=client.practice_id, client=client, pk=file_id
    ).first()
    if found is None:
        raise NotFound
    return found


def received(file: SealedFile) -> int:
    """Where to go on."""
    return arriving.received(file, path_of(file))


def append(file: SealedFile, offset: int, data: bytes) -> SealedFile:
    """Keep the piece that begins at `offset`. Raises what `arriving.append` does."""
    arriving.append(file, path_of(file), offset, data)
    return file


def remove(client: Client, file_id: uuid.UUID, *, by: Actor) -> None:
    """Take one file away, finished or not."""
    with transaction.atomic():
        file = find(client, file_id)
        _drop([file])
        record("delete", "vault_file", by=by, resource_id=file_id, client_id=client.pk)


def drop_of_item(client: Client, item: uuid.UUID) -> None:
    """The files of an entry that is deleted; called in that transaction."""
    _drop(SealedFile.objects.filter(practice_id=client.practice_id, client=client, item=item))


def _given_up(client: Client) -> Iterable[SealedFile]:
    return SealedFile.objects.filter(
        practice_id=client.practice_id,
        client=client,
        complete=False,
        begun_at__lt=clock.now() - GIVEN_UP_AFTER,
    )


def _drop(files: Iterable[SealedFile]) -> None:
    for file in files:
        Space.objects.filter(practice_id=file.practice_id, client_id=file.client_id).update(
            stored_bytes=F("stored_bytes") - file.size
        )
        file.delete()
        transaction.on_commit(partial(_sweep, file.practice_id, file.client_id))


def _sweep(practice_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """Remove the bytes of every row that is gone: also of those where a kill came before this."""
    of_client = SealedFile.objects.filter(practice_id=practice_id, client_id=client_id)
    folder.keep_only(
        folder.folder_of(practice_id, client_id),
        {str(pk) for pk in of_client.values_list("pk", flat=True)},
    )


def forget_files(subject: Subject) -> None:
    """Everything of one record: the bytes, then the rows; safe to run twice."""
    if subject.practice_id is None or subject.client_id is None:
        return
    folder.remove_folder(subject.practice_id, subject.client_id)
    of_client = SealedFile.objects.filter(
        practice_id=subject.practice_id, client_id=subject.client_id
    )
    of_client.delete()
