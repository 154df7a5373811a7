"""A listener asks whether somebody of the practice may get in touch; the asker decides."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client
from holdfast.meet.peers import asking, telling
from holdfast.meet.peers.models import Chat, HandOver, Side
from holdfast.meet.peers.problems import ChatOver, NothingAsked
from holdfast.safety.flags import facade as flags

#: The flag's reason (`safety/flags/content/escalation.yaml`); its level stands there.
REASON: Final = "peer-hand-over"


def propose(client: Client, chat_id: uuid.UUID, *, by: Actor) -> HandOver:
    """As the listener. Asked again after a no, it may be answered again."""
    with transaction.atomic():
        chat, side = asking.mine_locked(client, chat_id)
        if chat.status != Chat.Status.OPEN or side.role != Side.Role.LISTENER:
            raise ChatOver
        row = HandOver.objects.filter(practice_id=chat.practice_id, chat=chat).first()
        if row is not None and (row.answered_at is None or row.agreed):
            return row
        if row is None:
            row = HandOver(practice_id=chat.practice_id, client=chat.asker, chat=chat)
        row.asked_at, row.answered_at = clock.now(), None
        row.save()
        record("propose", "peer_hand_over", by=by, resource_id=row.pk, client_id=client.pk)
        telling.of_change(chat)
        telling.of_news(chat, chat.asker)
    return row


def answer(
    client: Client, chat_id: uuid.UUID, *, agrees: bool, words: str, by: Actor
) -> flags.FlagStatus | None:
    """As the asker: with a yes a flag goes to who answers for this person, or is on call.

    Raises NothingAsked.
    """
    with transaction.atomic():
        one_writer_for(client)
        chat, side = asking.mine_locked(client, chat_id)
        row = HandOver.objects.filter(practice_id=chat.practice_id, chat=chat).first()
        if row is None or side.role != Side.Role.ASKER or row.answered_at is not None:
            raise NothingAsked
        now = clock.now()
        row.answered_at, row.agreed = now, agrees
        status = None
        if agrees:
            row.words = words or None
            level = flags.level_of(REASON)
            status = flags.raise_signals(
                client=client,
                signals=[flags.Signal(REASON, level, REASON)],
                answered_at=now,
                received_at=now,
                by=by,
            )
            row.flag_id = status.id if status else None
        row.save()
        record("agree" if agrees else "decline", "peer_hand_over", by=by, resource_id=row.pk,
               client_id=client.pk)  # fmt: skip
        telling.of_change(chat)
    return status


def of_client(client: Client) -> list[HandOver]:
    """Those that the person agreed to, newest first. One statement."""
    rows = HandOver.objects.filter(practice_id=client.practice_id, client=client, agreed=True)
    return list(rows.order_by("-asked_at")[:20])
