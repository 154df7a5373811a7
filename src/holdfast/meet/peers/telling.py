"""What the two of a chat are told: that there is something, never what, and never by whom."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final, Literal

from django.db.models import Q, QuerySet

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.fanout import facade as fanout
from holdfast.core.faults import dispensable
from holdfast.core.notify import facade as notify
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client
from holdfast.meet.peers.models import Chat

NEWS: Final = "peer-message"


def may_follow(actor: Actor, practice_id: uuid.UUID, chat_id: uuid.UUID) -> Literal["r"] | None:
    """Either of the two. One statement."""
    mine = Q(asker__user_id=actor.account) | Q(listener__user_id=actor.account)
    found = Chat.objects.filter(mine, practice_id=practice_id, pk=chat_id).exists()
    return "r" if found else None


def of_change(chat: Chat, seq: int | None = None) -> None:
    """Devices that look at it ask anew."""
    data = {"seq": seq} if seq is not None else {"changed": True}
    fanout.publish(f"peer:{chat.pk}", seq, data)


def of_requests(accounts: Iterable[uuid.UUID]) -> None:
    """Listeners' lists of requests are read anew."""
    for account in accounts:
        fanout.news(account, {"kind": "peer-request"})


def of_news(chat: Chat, client: Client) -> None:
    """Tell them once, until they have looked."""
    if client.user_id is None:
        return
    fanout.news(client.user_id, {"kind": "peer"})
    if _unread(chat, client.user_id).exists():
        return
    notify.send(
        practice_id=chat.practice_id, recipients=[client.user_id], kind=NEWS, subject_id=chat.pk
    )


def looked(chat: Chat, account: uuid.UUID) -> None:
    """The notice is read along with the chat."""
    with dispensable():
        _unread(chat, account).update(read_at=clock.now())


def _unread(chat: Chat, account: uuid.UUID) -> QuerySet[Notification]:
    return Notification.objects.filter(
        practice_id=chat.practice_id,
        recipient_id=account,
        kind=NEWS,
        subject_id=chat.pk,
        read_at=None,
    )
