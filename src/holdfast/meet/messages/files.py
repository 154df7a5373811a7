"""Files and voice notes of a thread: begun with size and hash, sent in pieces, served whole."""

from __future__ import annotations

import uuid
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import Sum

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.vault import files_folder as folder
from holdfast.core.vault.arriving import GIVEN_UP_AFTER
from holdfast.core.vault.problems import FileExists, SpaceFull
from holdfast.meet.messages.models import Thread, ThreadFile

#: Of one thread: a voice note of ten minutes has about 3 MB.
MOST_THREAD_BYTES = 2 * 1024 * 1024 * 1024
MOST_FILES_A_MESSAGE = 8


def path_of(file: ThreadFile) -> Path:
    return folder.folder_of_thread(file.practice_id, file.thread_id) / str(file.pk)


def begin(
    thread: Thread, file_id: uuid.UUID, *, message: uuid.UUID, size: int, sha256: bytes, by: Actor
) -> tuple[ThreadFile, bool]:
    """Announce a file; the same one again changes nothing. Under the thread's lock.

    Gives the file and whether it is new. Raises `SpaceFull` and `FileExists`.
    """
    found = ThreadFile.objects.filter(pk=file_id).first()
    if found is not None:
        told = (found.thread_id, found.message, found.sender_id, found.size, bytes(found.sha256))
        if told != (thread.pk, message, by.account, size, sha256):
            raise FileExists
        return found, False
    of_thread = ThreadFile.objects.filter(practice_id=thread.practice_id, thread=thread)
    of_thread.filter(complete=False, begun_at__lt=clock.now() - GIVEN_UP_AFTER).delete()
    there = of_thread.aggregate(bytes=Sum("size"))["bytes"] or 0
    beside = of_thread.filter(message=message).count()
    if there + size > MOST_THREAD_BYTES or beside >= MOST_FILES_A_MESSAGE:
        raise SpaceFull
    made = ThreadFile.objects.create(
        id=file_id,
        practice_id=thread.practice_id,
        thread=thread,
        message=message,
        sender_id=by.account,
        size=size,
        sha256=sha256,
        begun_at=clock.now(),
    )
    record("write", "thread_file", by=by, resource_id=file_id, client_id=thread.client_id)
    return made, True


def find(thread: Thread, file_id: uuid.UUID) -> ThreadFile:
    """A file of this thread. Raises `NotFound`. One SQL statement."""
    found = ThreadFile.objects.filter(
        practice_id=thread.practice_id, thread=thread, pk=file_id
    ).first()
    if found is None:
        raise NotFound
    return found


def find_own(thread: Thread, file_id: uuid.UUID, by: Actor) -> ThreadFile:
    """The same, for whoever sends it."""
    found = find(thread, file_id)
    if found.sender_id != by.account:
        raise NotFound
    return found


def drop_of_message(thread: Thread, message: uuid.UUID) -> None:
    """The files of a message that is taken back; called in that transaction."""
    ThreadFile.objects.filter(
        practice_id=thread.practice_id, thread=thread, message=message
    ).delete()
    transaction.on_commit(partial(sweep, thread.practice_id, thread.pk))


def sweep(practice_id: uuid.UUID, thread_id: uuid.UUID) -> None:
    """Remove the bytes of every row that is gone: also of those where a kill came before this."""
    rows = ThreadFile.objects.filter(practice_id=practice_id, thread_id=thread_id)
    names = {str(pk) for pk in rows.values_list("pk", flat=True)}
    folder.keep_only(folder.folder_of_thread(practice_id, thread_id), names)
