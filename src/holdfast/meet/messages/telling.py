"""What the members' devices and the members themselves are told; never what was written."""

from __future__ import annotations

import uuid

from django.db.models import F

from holdfast.core import clock
from holdfast.core.notify import facade as notify
from holdfast.core.notify.models import Notification
from holdfast.meet.messages import members
from holdfast.meet.messages.models import Member, Message, Thread


def news(thread: Thread) -> None:
    """Something about the thread itself is new: its members, or how far somebody read."""


def of_message(thread: Thread, message: Message, sender: uuid.UUID) -> None:
    """Everybody else who reads the thread, once until they have read it."""
    waiting = Member.objects.filter(
        practice_id=thread.practice_id,
        thread=thread,
        left_epoch__isnull=True,
        told_seq__lte=F("read_seq"),
    ).exclude(user_id=sender)
    users = set(waiting.values_list("user_id", flat=True))
    may = members.allowed(thread.practice_id, thread.client, thread.kind, users) if users else set()
    if may:
        waiting.filter(user_id__in=may).update(told_seq=message.seq)
        notify.send(
            practice_id=thread.practice_id,
            recipients=may,
            kind="message",
            subject_id=thread.pk,
        )


def of_retraction(thread: Thread, seq: int) -> None:
    """Devices take it off their screens."""


def of_reading(thread: Thread, user: uuid.UUID) -> None:
    """The notice of this thread is read along with it."""
    Notification.objects.filter(
        practice_id=thread.practice_id,
        recipient_id=user,
        kind="message",
        subject_id=thread.pk,
        read_at=None,
    ).update(read_at=clock.now())
    news(thread)
