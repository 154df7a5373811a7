"""What the members' devices and the members themselves are told; never what was written."""

from __future__ import annotations

import uuid
from typing import Literal

from django.db.models import F

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.fanout import facade as fanout
from holdfast.core.notify import facade as notify
from holdfast.core.notify.models import Notification
from holdfast.meet.messages import members
from holdfast.meet.messages.models import Member, Message, Thread


def may_follow(actor: Actor, practice_id: uuid.UUID, thread_id: uuid.UUID) -> Literal["r"] | None:
    """Whoever reads a thread today may be told of what is new in it. Four statements at most."""
    rows = Thread.objects.select_related("client").filter(practice_id=practice_id, pk=thread_id)
    thread = rows.first()
    if thread is None or not members.is_member(thread, actor.account):
        return None
    return "r"


def _topic(thread: Thread) -> str:
    return f"thread:{thread.pk}"


def of_members(thread: Thread) -> None:
    """Who belongs has changed: devices ask for the thread anew."""
    fanout.publish(_topic(thread), None, {"changed": True})


def of_message(thread: Thread, message: Message, sender: uuid.UUID) -> None:
    """Devices at once; everybody else who reads the thread once, until they have read it."""
    fanout.publish(_topic(thread), message.seq, {"seq": message.seq})
    others = Member.objects.filter(
        practice_id=thread.practice_id, thread=thread, left_epoch__isnull=True
    ).exclude(user_id=sender)
    rows = list(others.values_list("user_id", "told_seq", "read_seq"))
    for user, _, _ in rows:
        fanout.news(user, {"kind": "thread"})
    waiting = {user for user, told, read in rows if told <= read}
    if not waiting:
        return
    may = members.readers(thread, waiting)
    others.filter(user_id__in=may, told_seq__lte=F("read_seq")).update(told_seq=message.seq)
    notify.send(
        practice_id=thread.practice_id, recipients=may, kind="message", subject_id=thread.pk
    )


def of_retraction(thread: Thread, seq: int) -> None:
    """Devices take it off their screens."""
    fanout.publish(_topic(thread), None, {"retracted": seq})


def of_reading(thread: Thread, user: uuid.UUID) -> None:
    """The notice of this thread is read along with it, and the others see how far."""
    Notification.objects.filter(
        practice_id=thread.practice_id,
        recipient_id=user,
        kind="message",
        subject_id=thread.pk,
        read_at=None,
    ).update(read_at=clock.now())
    fanout.publish(_topic(thread), None, {"read": True})
