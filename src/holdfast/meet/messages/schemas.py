"""Threads as JSON. Bytes are base64url without padding; see vault-format.md."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from holdfast.core.vault.arriving import MOST_FILE_BYTES, MOST_PIECE_BYTES
from holdfast.core.vault.engine import threads as engine
from holdfast.core.vault.schemas import (
    Base64,
    Hash,
    KeyEntryShape,
    SealedItemKey,
    Signature,
    entry_out,
)
from holdfast.meet.messages import actions
from holdfast.meet.messages.models import Epoch, EpochKey, Message, ThreadFile
from holdfast.meet.messages.queries import Listed, MessagesPage, Opened, Person

#: Of one message, sealed: 64 kB of text and the tags of its chunks.
MOST_CIPHERTEXT = 64 * 1024 + 32
MOST_MEMBERS = 64

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Place = Annotated[int, Field(ge=0, le=2**31 - 1)]
Salt = Annotated[bytes, Base64(engine.SALT_BYTES, engine.SALT_BYTES)]
NoSalt = Annotated[bytes, Base64(0, engine.SALT_BYTES)]
NoSignature = Annotated[bytes, Base64(0, 64)]
Kind = Literal["client", "team", "supervision"]
AnyKind = Literal["client", "team", "supervision", "group"]
Within = Literal["", "same-day", "working-day", "two-working-days", "week"]


class EpochKeyShape(Schema):
    member: uuid.UUID
    sealed: SealedItemKey
    signature: Signature


class EpochShape(Schema):
    """Who belongs from now on, signed by its maker. `members` ascend."""

    suite: Literal[1]
    number: Number
    previous: Hash
    maker: uuid.UUID
    members: Annotated[list[uuid.UUID], Field(min_length=1, max_length=MOST_MEMBERS)]
    signature: Signature


class NewEpochIn(EpochShape):
    keys: Annotated[list[EpochKeyShape], Field(min_length=1, max_length=MOST_MEMBERS)]

    def given(self, thread: uuid.UUID) -> actions.NewEpoch:
        epoch = engine.Epoch(
            thread,
            self.number,
            self.previous,
            self.maker,
            tuple(self.members),
            self.signature,
            self.suite,
        )
        keys = [engine.EpochKey(each.member, each.sealed, each.signature) for each in self.keys]
        return actions.NewEpoch(epoch, keys)


class ThreadIn(Schema):
    """The device chooses `id`; the first epoch comes along."""

    id: uuid.UUID
    kind: Kind
    epoch: NewEpochIn


class ThreadOpened(Schema):
    id: uuid.UUID
    epoch: int


class ThreadMember(Schema):
    id: uuid.UUID
    name: str
    role: str


class ThreadClient(Schema):
    id: uuid.UUID
    display_name: str


class ThreadRow(Schema):
    """`last_seq` is the place of its newest message. In a group `client` is empty, and names are
    those that its members are called by there; `title` is the group's.
    """

    id: uuid.UUID
    kind: AnyKind
    title: str
    client: ThreadClient | None
    members: list[ThreadMember]
    last_seq: int
    last_at: datetime
    read_seq: int
    unread: int


class ThreadsOut(Schema):
    items: list[ThreadRow]


class UnreadOut(Schema):
    """How many threads have something new."""

    threads: int


class ThreadPerson(ThreadMember):
    """`keys`: the whole history, empty where they have no vault. `within`: when they answer."""

    member: bool
    within: Within
    keys: list[KeyEntryShape]


class ThreadPeopleOut(Schema):
    items: list[ThreadPerson]


class EpochOut(EpochShape):
    """`signing` verifies it where its maker's account and history of keys are gone."""

    signing: Annotated[bytes, Base64(32, 32)]
    made_at: datetime


class OwnEpochKey(Schema):
    epoch: int
    sealed: SealedItemKey
    signature: Signature


class OwnLast(Schema):
    """Of one's own last message here; zeros before the first."""

    number: int
    hash: Hash


class ThreadOut(Schema):
    """`fresh`: its newest epoch may be written under; else the next one is for `go_on`.

    `moderates`: one may take others' messages away.
    """

    id: uuid.UUID
    kind: AnyKind
    title: str
    moderates: bool
    client: ThreadClient | None
    epoch: int
    fresh: bool
    go_on: list[uuid.UUID]
    from_seq: int
    last_seq: int
    read_seq: int
    epochs: list[EpochOut]
    keys: list[OwnEpochKey]
    people: list[ThreadPerson]
    own_last: OwnLast


class ThreadMessageIn(Schema):
    """One message as its sender sealed and signed it. The identifier is a UUIDv7."""

    id: uuid.UUID
    suite: Literal[1]
    epoch: Number
    epoch_hash: Hash
    number: Number
    previous: Hash
    salt: Salt
    ciphertext: Annotated[bytes, Base64(16, MOST_CIPHERTEXT)]
    signature: Signature

    def engine(self, thread: uuid.UUID, sender: uuid.UUID) -> engine.Message:
        return engine.Message(
            thread,
            self.epoch,
            self.epoch_hash,
            sender,
            self.number,
            self.previous,
            self.salt,
            self.ciphertext,
            self.signature,
            self.suite,
        )


class MessagePlace(Schema):
    seq: int


class ThreadMessageOut(Schema):
    """Empty ciphertext: taken back, or of an epoch before or between one's own."""

    id: uuid.UUID
    seq: int
    sender: uuid.UUID | None
    suite: int
    epoch: int
    number: int
    previous: Hash
    hash: Hash
    salt: NoSalt
    ciphertext: Annotated[bytes, Base64(0, MOST_CIPHERTEXT)]
    signature: NoSignature
    received_at: datetime
    retracted: bool


class ReadBy(Schema):
    member: uuid.UUID
    seq: int


class ThreadMessagesOut(Schema):
    items: list[ThreadMessageOut]
    last_seq: int
    read_seq: int
    retracted: list[int]
    read_by: list[ReadBy]
    epoch: int


class ReadIn(Schema):
    seq: Place


class ReadOut(Schema):
    read_seq: int


class ThreadFileIn(Schema):
    """`message` is the one it will stand in; `sha256` is of the ciphertext."""

    id: uuid.UUID
    message: uuid.UUID
    size: Annotated[int, Field(ge=1, le=MOST_FILE_BYTES)]
    sha256: Hash


class ThreadPieceIn(Schema):
    offset: Annotated[int, Field(ge=0, le=MOST_FILE_BYTES)]
    data: Annotated[bytes, Base64(1, MOST_PIECE_BYTES)]


class ThreadFileOut(Schema):
    """`received` is where to go on."""

    id: uuid.UUID
    size: int
    received: int
    complete: bool


class AnsweringShape(Schema):
    """Within what time one usually answers; empty where one does not say."""

    within: Within


def row_out(each: Listed) -> dict[str, Any]:
    thread = each.thread
    return {
        "id": thread.pk,
        "kind": thread.kind,
        "title": each.title,
        "client": _client(thread.client),
        "members": [{"id": user, "name": name, "role": role} for user, name, role in each.members],
        "last_seq": thread.last_seq,
        "last_at": thread.last_at,
        "read_seq": each.read_seq,
        "unread": each.unread,
    }


def _client(client: Any) -> dict[str, Any] | None:
    return {"id": client.pk, "display_name": client.display_name} if client else None


def person_out(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "within": person.within,
        "member": person.member,
        "keys": [entry_out(row) for row in person.keys],
    }


def thread_out(opened: Opened) -> dict[str, Any]:
    thread, (number, last) = opened.thread, opened.own_last
    return {
        "id": thread.pk,
        "kind": thread.kind,
        "title": opened.title,
        "moderates": opened.moderates,
        "client": _client(thread.client),
        "epoch": thread.epoch,
        "fresh": opened.fresh,
        "go_on": opened.go_on,
        "from_seq": opened.me.from_seq,
        "last_seq": thread.last_seq,
        "read_seq": opened.me.read_seq,
        "epochs": [_epoch_out(row) for row in opened.epochs],
        "keys": [_key_out(row) for row in opened.keys],
        "people": [person_out(each) for each in opened.people],
        "own_last": {"number": number, "hash": last},
    }


def _epoch_out(row: Epoch) -> dict[str, Any]:
    return {
        "suite": row.suite,
        "number": row.number,
        "previous": bytes(row.previous),
        "maker": row.maker,
        "members": list(actions.engine_epoch(row).members),
        "signature": bytes(row.signature),
        "signing": bytes(row.signing),
        "made_at": row.made_at,
    }


def _key_out(row: EpochKey) -> dict[str, Any]:
    return {"epoch": row.epoch, "sealed": bytes(row.sealed), "signature": bytes(row.signature)}


def message_out(row: Message, *, readable: bool = True) -> dict[str, Any]:
    return {
        "id": row.pk,
        "seq": row.seq,
        "sender": row.sender_id,
        "suite": row.suite,
        "epoch": row.epoch,
        "number": row.number,
        "previous": bytes(row.previous),
        "hash": bytes(row.hash),
        "salt": bytes(row.salt) if readable else b"",
        "ciphertext": bytes(row.ciphertext) if readable else b"",
        "signature": bytes(row.signature) if readable else b"",
        "received_at": row.received_at,
        "retracted": row.retracted_at is not None,
    }


def messages_out(page: MessagesPage, epoch: int, readable: Sequence[int]) -> dict[str, Any]:
    held = set(readable)
    return {
        "items": [message_out(row, readable=row.epoch in held) for row in page.rows],
        "last_seq": page.last_seq,
        "read_seq": page.read_seq,
        "retracted": list(page.retracted),
        "read_by": [{"member": user, "seq": seq} for user, seq in page.read_by.items()],
        "epoch": epoch,
    }


def file_out(file: ThreadFile, received: int) -> dict[str, Any]:
    return {"id": file.pk, "size": file.size, "received": received, "complete": file.complete}
