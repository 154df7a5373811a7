"""Messages of a chat: kept as ciphertext in their order, exactly once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from holdfast.core import clock
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.engine import threads as engine
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.engine.keys import HASH_BYTES
from holdfast.core.vault.problems import Refused
from holdfast.meet.messages.facade import MessageExists, OutOfPlace
from holdfast.meet.peers import asking, people, telling
from holdfast.meet.peers.models import Chat, ChatMessage, Side
from holdfast.meet.peers.problems import AdultsOnly, ChatOver


@dataclass(frozen=True)
class Given:
    """A message as a device sealed it: one of its own side, after its last."""

    id: uuid.UUID
    number: int
    previous: bytes
    salt: bytes
    ciphertext: bytes
    signature: bytes


def epoch_of(chat: Chat) -> engine.Epoch:
    """Raises ChatOver for a chat that never opened."""
    sides = {row.role: row.pk for row in chat.sides.all()}
    if len(sides) < 2:
        raise ChatOver
    return asking.epoch_of(
        chat.pk,
        sides[Side.Role.ASKER],
        sides[Side.Role.LISTENER],
        bytes(chat.epoch_signature),
    )


def last_of(side: Side) -> tuple[int, bytes]:
    """Number and hash of a side's last message; zeros before the first. One statement."""
    rows = ChatMessage.objects.filter(practice_id=side.practice_id, side=side)
    found = rows.order_by("-number").values_list("number", "hash").first()
    return (found[0], bytes(found[1])) if found else (0, bytes(HASH_BYTES))


def as_engine(row: ChatMessage, epoch: engine.Epoch) -> engine.Message:
    """A stored message as the engine knows it."""
    return engine.Message(
        row.chat_id,
        1,
        epoch.hash,
        row.side_id,
        row.number,
        bytes(row.previous),
        bytes(row.salt),
        bytes(row.ciphertext),
        bytes(row.signature),
    )


def post(client: Client, chat_id: uuid.UUID, given: Given) -> int:
    """Keep one message; its place. One that is here already is answered with its place.

    Raises ChatOver, AdultsOnly, OutOfPlace, MessageExists or Refused.
    """
    with transaction.atomic():
        chat, side = asking.mine_locked(client, chat_id)
        there = ChatMessage.objects.filter(pk=given.id).first()
        if there is not None:
            if there.side_id != side.pk:
                raise MessageExists
            return there.seq
        if chat.status != Chat.Status.OPEN:
            raise ChatOver
        other = asking.other_of(chat, client)
        if other is None or not (people.is_adult(client) and people.is_adult(other)):
            raise AdultsOnly
        message = _checked(chat, side, given)
        chat.last_seq += 1
        chat.save(update_fields=["last_seq"])
        ChatMessage.objects.create(
            id=given.id,
            practice_id=chat.practice_id,
            chat=chat,
            seq=chat.last_seq,
            side=side,
            number=given.number,
            previous=given.previous,
            salt=given.salt,
            hash=message.hash,
            ciphertext=given.ciphertext,
            signature=given.signature,
            received_at=clock.now(),
        )
        telling.of_change(chat, chat.last_seq)
        telling.of_news(chat, other)
    return chat.last_seq


def _checked(chat: Chat, side: Side, given: Given) -> engine.Message:
    number, follows = last_of(side)
    if (given.number, given.previous) != (number + 1, follows):
        raise OutOfPlace(number=number, hash=follows.hex())
    message = engine.Message(
        chat.pk,
        1,
        epoch_of(chat).hash,
        side.pk,
        given.number,
        given.previous,
        given.salt,
        given.ciphertext,
        given.signature,
    )
    try:
        asking.public_of(side).verify(message.signature, message.signed)
    except Damaged:
        raise Refused from None
    return message
