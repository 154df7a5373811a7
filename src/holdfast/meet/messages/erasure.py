"""Forget the threads of somebody who leaves."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.identity.erasure import Subject
from holdfast.core.vault import files_folder
from holdfast.meet.messages import files
from holdfast.meet.messages.models import EpochKey, Member, Message, Thread, ThreadFile


def forget(subject: Subject) -> None:
    """All threads of a client, also those about them: keys first, then what they sealed.

    Nothing of them is kept for the law: the practice cannot read them. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = Thread.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    threads = list(of_client.values_list("pk", flat=True))
    EpochKey.objects.filter(thread__in=threads).update(sealed=b"", signature=b"")
    _overwrite(Message.objects.filter(thread__in=threads))
    for thread in threads:
        files_folder.remove_tree(files_folder.folder_of_thread(subject.practice_id, thread))
    of_client.delete()


def forget_of_sender(subject: Subject) -> None:
    """What an account wrote in others' threads: what it said goes, its place stays.

    Safe to run twice.
    """
    EpochKey.objects.filter(member_id=subject.user_id).delete()
    Member.objects.filter(user_id=subject.user_id).delete()
    mine = Message.objects.filter(sender_id=subject.user_id)
    _overwrite(mine)
    mine.filter(retracted_at=None).update(retracted_at=clock.now())
    sent = ThreadFile.objects.filter(sender_id=subject.user_id)
    for file in sent:
        folder = files_folder.folder_of_thread(file.practice_id, file.thread_id)
        files_folder.remove(folder / str(file.pk))
    sent.delete()


def _overwrite(rows: QuerySet[Message]) -> None:
    rows.update(ciphertext=b"", salt=b"", signature=b"")


def _old(practice_id: uuid.UUID, before: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        practice_id=practice_id, received_at__lt=before, retracted_at=None
    )


def count_old(practice_id: uuid.UUID, before: datetime) -> int:
    """How many messages came before an instant and still say something."""
    return _old(practice_id, before).count()


def empty_old(practice_id: uuid.UUID, before: datetime, most: int) -> int:
    """Take away what they said; their places stay, so that no device takes it for a loss."""
    some = list(_old(practice_id, before).order_by("pk").values_list("pk", "thread_id")[:most])
    rows = Message.objects.filter(pk__in=[pk for pk, _ in some])
    _overwrite(rows)
    rows.update(retracted_at=clock.now())
    ThreadFile.objects.filter(message__in=[pk for pk, _ in some]).delete()
    for thread in {thread for _, thread in some}:
        transaction.on_commit(partial(files.sweep, practice_id, thread))
    return len(some)
