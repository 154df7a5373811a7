"""From a request to an open chat and to its end. Two listeners may want one: one gets it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.notify import facade as notify
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client
from holdfast.core.vault.engine import items
from holdfast.core.vault.engine import threads as engine
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.engine.keys import NOTHING_BEFORE, PublicKeys
from holdfast.core.vault.problems import Refused
from holdfast.meet.peers import listening, people, telling
from holdfast.meet.peers.engine import matching
from holdfast.meet.peers.models import Block, Chat, Listener, Side
from holdfast.meet.peers.problems import (
    AlreadyAsking,
    ChatOver,
    ChatTaken,
    EnoughAtOnce,
    TellsWho,
)

REQUEST: Final = "peer-request"
#: Shorter parts of a name say of nobody who they are.
_TELLING_LETTERS = 3
_Status = Chat.Status


@dataclass(frozen=True)
class OwnSide:
    """How somebody appears in one chat, as their device made it."""

    alias: uuid.UUID
    name: str
    keys: PublicKeys
    ring: Mapping[str, Any]


@dataclass(frozen=True)
class Opening:
    """Who belongs to the chat, and its key for each, signed by the listener's side."""

    signature: bytes
    keys: tuple[engine.EpochKey, ...]


def epoch_of(
    chat: uuid.UUID, asker: uuid.UUID, listener: uuid.UUID, signature: bytes
) -> engine.Epoch:
    """The one epoch of a chat: made by the listener's side, for both."""
    members = tuple(sorted((asker, listener), key=lambda one: one.bytes))
    return engine.Epoch(chat, 1, NOTHING_BEFORE, listener, members, signature)


def ask(
    client: Client, chat_id: uuid.UUID, topic: str, language: str, side: OwnSide, *, by: Actor
) -> Chat:
    """Wait for a listener. The same again changes nothing. Raises AdultsOnly, Suspended,
    AlreadyAsking or TellsWho.
    """
    _check_name(client, side.name)
    with transaction.atomic():
        one_writer_for(client)
        there = Chat.objects.filter(pk=chat_id).first()
        if there is not None:
            if there.asker_id != client.pk or there.practice_id != client.practice_id:
                raise NotFound
            return there
        people.check(client)
        now = clock.now()
        mine = Chat.objects.filter(practice_id=client.practice_id, asker=client)
        lapsed = now - matching.WAITS_AT_MOST
        mine.filter(status=_Status.WAITING, asked_at__lte=lapsed).update(
            status=_Status.WITHDRAWN, ended_at=now
        )
        if mine.filter(status__in=[_Status.WAITING, _Status.OPEN]).exists():
            raise AlreadyAsking
        chat = Chat.objects.create(
            id=chat_id,
            practice_id=client.practice_id,
            asker=client,
            topic=topic,
            language=language,
            asked_at=now,
        )
        _keep_side(chat, client, Side.Role.ASKER, side)
        _record("ask", chat, client, by)
        _tell_listeners(chat, client)
    return chat


def _check_name(client: Client, name: str) -> None:
    """A made-up name must hold no part of the real one."""
    said = set(re.findall(r"\w+", name.casefold()))
    own = re.findall(r"\w+", (client.display_name or "").casefold())
    if any(part in said for part in own if len(part) >= _TELLING_LETTERS):
        raise TellsWho


def _keep_side(
    chat: Chat, client: Client, role: str, given: OwnSide, key: engine.EpochKey | None = None
) -> Side:
    side = Side(
        id=given.alias,
        practice_id=chat.practice_id,
        chat=chat,
        client=client,
        role=role,
        agreement=given.keys.agreement,
        signing=given.keys.signing,
        ring=dict(given.ring),
        key=key.sealed if key else b"",
        key_signature=key.signature if key else b"",
    )
    side.name = given.name
    try:
        with transaction.atomic():
            side.save(force_insert=True)
    except IntegrityError:
        raise Refused from None
    return side


def _tell_listeners(chat: Chat, asker: Client) -> None:
    """Those to whom it is shown first; nobody of the others."""
    chat.asker = asker
    shown = people.shown_to(chat.practice_id, [chat])[chat.pk]
    users = [row.client.user_id for row in shown]
    recipients = [user for user in users if user is not None]
    notify.send(
        practice_id=chat.practice_id, recipients=recipients, kind=REQUEST, subject_id=chat.pk
    )
    telling.of_requests(recipients)


def accept(
    client: Client, chat_id: uuid.UUID, side: OwnSide, opening: Opening, *, by: Actor
) -> Chat:
    """Take a request that is shown to one. Raises NotFound, ChatTaken, EnoughAtOnce, Refused."""
    _check_name(client, side.name)
    with transaction.atomic():
        mine = listening.own(client)
        Listener.objects.select_for_update().get(pk=mine.pk)
        chat = _locked(client.practice_id, chat_id)
        if chat.listener_id == client.pk and chat.status == _Status.OPEN:
            return chat
        shown_to = people.shown_to(chat.practice_id, [chat])[chat.pk]
        shown = {row.client_id for row in shown_to}
        if chat.status != _Status.WAITING:
            # Whom it was never shown learns nothing of it, not even that there is one.
            raise ChatTaken if client.pk in shown else NotFound
        if listening.has_open_chats(client) >= mine.at_once:
            raise EnoughAtOnce
        if client.pk not in shown:
            raise NotFound
        asker = chat.sides.get(role=Side.Role.ASKER)
        keys = _checked(chat, asker, side, opening)
        now = clock.now()
        chat.status, chat.listener, chat.opened_at = _Status.OPEN, client, now
        chat.epoch_signature = opening.signature
        chat.save(update_fields=["status", "listener", "opened_at", "epoch_signature"])
        given = keys[asker.pk]
        asker.key, asker.key_signature = given.sealed, given.signature
        asker.save(update_fields=["key", "key_signature"])
        _keep_side(chat, client, Side.Role.LISTENER, side, keys[side.alias])
        Listener.objects.filter(pk=mine.pk).update(last_taken_at=now)
        _record("accept", chat, client, by)
        telling.of_change(chat)
        telling.of_news(chat, chat.asker)
    return chat


def _checked(
    chat: Chat, asker: Side, own: OwnSide, opening: Opening
) -> dict[uuid.UUID, engine.EpochKey]:
    """What the asker's device will check. Raises Refused."""
    epoch = epoch_of(chat.pk, asker.pk, own.alias, opening.signature)
    given = {each.member: each for each in opening.keys}
    if not epoch.well_formed or given.keys() != set(epoch.members):
        raise Refused
    readers = {asker.pk: public_of(asker), own.alias: own.keys}
    try:
        own.keys.verify(epoch.signature, epoch.signed)
        for member, each in given.items():
            info = engine.key_info(epoch, items.Reader(member, readers[member]))
            own.keys.verify(each.signature, engine.key_signed(info, each.sealed))
    except Damaged:
        raise Refused from None
    return given


def public_of(side: Side) -> PublicKeys:
    """The keys of a side, for this chat alone."""
    return PublicKeys(bytes(side.agreement), bytes(side.signing))


def _locked(practice_id: uuid.UUID, chat_id: uuid.UUID) -> Chat:
    rows = Chat.objects.select_for_update(of=("self",)).select_related("asker")
    found = rows.filter(practice_id=practice_id, pk=chat_id).first()
    if found is None:
        raise NotFound
    return found


def mine_locked(client: Client, chat_id: uuid.UUID) -> tuple[Chat, Side]:
    """A chat of one's own and one's side of it, for one writer at a time. Raises NotFound."""
    chat = _locked(client.practice_id, chat_id)
    side = chat.sides.filter(client=client).first()
    if side is None:
        raise NotFound
    return chat, side


def other_of(chat: Chat, client: Client) -> Client | None:
    """Who is on the other side, if anybody is yet."""
    return chat.listener if chat.asker_id == client.pk else chat.asker


def end(client: Client, chat_id: uuid.UUID, *, by: Actor) -> Chat:
    """Either ends it; whoever waits takes the request back. Again changes nothing."""
    with transaction.atomic():
        chat, _ = mine_locked(client, chat_id)
        close(chat)
        _record("end", chat, client, by)
    return chat


def close(chat: Chat) -> None:
    """In the caller's transaction, under the chat's lock."""
    if chat.status in {_Status.ENDED, _Status.WITHDRAWN}:
        return
    waited = chat.status == _Status.WAITING
    chat.status = _Status.WITHDRAWN if waited else _Status.ENDED
    chat.ended_at = clock.now()
    chat.save(update_fields=["status", "ended_at"])
    telling.of_change(chat)


def close_all_of(client: Client) -> None:
    """Every chat and request of somebody who may not take part any more."""
    live = Chat.objects.filter(
        practice_id=client.practice_id, status__in=[_Status.WAITING, _Status.OPEN]
    )
    ids = {*live.filter(asker=client).values_list("pk", flat=True),
           *live.filter(listener=client).values_list("pk", flat=True)}  # fmt: skip
    for pk in sorted(ids):
        close(_locked(client.practice_id, pk))


def block(client: Client, chat_id: uuid.UUID, *, by: Actor) -> None:
    """Never meet this one again; ends the chat. The other is not told why."""
    with transaction.atomic():
        chat, _ = mine_locked(client, chat_id)
        other = other_of(chat, client)
        if other is None:
            raise ChatOver
        Block.objects.get_or_create(
            practice_id=client.practice_id, by=client, of=other, defaults={"at": clock.now()}
        )
        close(chat)
        _record("block", chat, client, by)


def _record(action: str, chat: Chat, client: Client, by: Actor) -> None:
    """Under whoever acted: nobody finds the other in their own access log."""
    record(action, "peer_chat", by=by, resource_id=chat.pk, client_id=client.pk)
