"""Threads: messages among several people under a key for each epoch of their membership.

An epoch begins when somebody joins or leaves: a member announces who belongs to it from now on, and
seals a fresh key to each of them. Messages are signed, numbered by their author, and bound to
thread and epoch.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from holdfast.core.vault.engine import content as contents
from holdfast.core.vault.engine import hpke, items
from holdfast.core.vault.engine.encoding import digest, pack
from holdfast.core.vault.engine.errors import Damaged, NotGranted, RolledBack
from holdfast.core.vault.engine.keys import HASH_BYTES, NOTHING_BEFORE, PrivateKeys, Verifier

SALT_BYTES = 32
_MESSAGE_INFO = b"holdfast/vault/v1/thread-message-key"


@dataclass(frozen=True)
class Epoch:
    """Who belongs to a thread from now on, said by one of them. `members` ascend by identifier."""

    thread: uuid.UUID
    number: int
    previous: bytes
    maker: uuid.UUID
    members: tuple[uuid.UUID, ...]
    signature: bytes = b""
    suite: int = items.SUITE

    @cached_property
    def signed(self) -> bytes:
        members = pack(*self.members)
        label = "holdfast/vault/v1/thread-epoch"
        return pack(label, self.suite, self.thread, self.number, self.previous, self.maker, members)

    @cached_property
    def hash(self) -> bytes:
        """What keys, messages and the next epoch name this one by."""
        return digest("holdfast/vault/v1/thread-epoch-hash", self.signed)

    @property
    def well_formed(self) -> bool:
        return (
            self.suite == items.SUITE
            and self.number >= 1
            and len(self.previous) == HASH_BYTES
            and (self.number == 1) == (self.previous == NOTHING_BEFORE)
            and self.maker in self.members
            and list(self.members) == sorted(set(self.members), key=lambda one: one.bytes)
        )


@dataclass(frozen=True)
class EpochKey:
    """An epoch's key, sealed to one member and signed by whoever made the epoch."""

    member: uuid.UUID
    sealed: bytes
    signature: bytes


@dataclass(frozen=True)
class Message:
    """One message as it is stored. `number` counts its author's messages in the thread from 1;
    `previous` is the hash of the one before, 32 zero bytes in the first.
    """

    thread: uuid.UUID
    epoch: int
    epoch_hash: bytes
    author: uuid.UUID
    number: int
    previous: bytes
    salt: bytes
    ciphertext: bytes = b""
    signature: bytes = b""
    suite: int = items.SUITE

    @cached_property
    def header(self) -> bytes:
        """The associated data of every chunk."""
        return pack(
            "holdfast/vault/v1/thread-message",
            self.suite,
            self.thread,
            self.epoch,
            self.epoch_hash,
            self.author,
            self.number,
            self.previous,
            self.salt,
        )

    @cached_property
    def signed(self) -> bytes:
        sealed = hashlib.sha256(self.ciphertext).digest()
        return pack("holdfast/vault/v1/thread-message-signed", self.header, sealed)

    @cached_property
    def hash(self) -> bytes:
        return digest("holdfast/vault/v1/thread-message-hash", self.signed)


class Follows(Protocol):
    """What the next message of an author names of the one before: a `Message`, or a `Last`."""

    @property
    def number(self) -> int: ...

    @property
    def hash(self) -> bytes: ...


def begin_epoch(
    thread: uuid.UUID,
    members: Sequence[uuid.UUID],
    maker: items.Holder,
    *,
    after: Epoch | None = None,
) -> Epoch:
    """The next epoch of a thread, or its first. The maker must be of the one before."""
    ordered = tuple(sorted(set(members), key=lambda one: one.bytes))
    number, previous = (after.number + 1, after.hash) if after else (1, NOTHING_BEFORE)
    bare = Epoch(thread, number, previous, maker.id, ordered)
    return Epoch(thread, number, previous, maker.id, ordered, maker.keys[0].sign(bare.signed))


def verify_epochs(
    thread: uuid.UUID, epochs: Sequence[Epoch], people: Mapping[uuid.UUID, Verifier]
) -> Epoch:
    """The newest epoch of a whole history; `Damaged` where any does not follow.

    `people` are the keys of everybody who made one, from verified histories.
    """
    before: Epoch | None = None
    for number, epoch in enumerate(epochs, 1):
        expected = before.hash if before else NOTHING_BEFORE
        follows = (epoch.thread, epoch.number, epoch.previous) == (thread, number, expected)
        by_member = before is None or epoch.maker in before.members
        if not (epoch.well_formed and follows and by_member and epoch.maker in people):
            raise Damaged
        people[epoch.maker].verify(epoch.signature, epoch.signed)
        before = epoch
    if before is None:
        raise Damaged
    return before


def key_info(epoch: Epoch, member: items.Reader) -> bytes:
    """HPKE's `info`: which epoch's key this is, and for whom."""
    label = "holdfast/vault/v1/thread-key"
    return pack(label, epoch.suite, epoch.thread, epoch.hash, member.id, member.keys.agreement)


def key_signed(info: bytes, sealed: bytes) -> bytes:
    """What the maker's signature of a key is over."""
    return pack("holdfast/vault/v1/thread-key-signed", info, sealed)


def seal_epoch_key(epoch: Epoch, key: bytes, member: items.Reader, maker: PrivateKeys) -> EpochKey:
    """Give a member the key of an epoch: 32 bytes, drawn for it alone."""
    info = key_info(epoch, member)
    sealed = hpke.seal_key(key, member.keys, info)
    return EpochKey(member.id, sealed, maker.sign(key_signed(info, sealed)))


def open_epoch_key(epoch: Epoch, given: EpochKey, me: items.Holder, maker: Verifier) -> bytes:
    """An epoch's key, for one of its members. Raises `NotGranted` or `Damaged`."""
    if me.id not in epoch.members:
        raise NotGranted
    if given.member != me.id:
        raise Damaged
    for private in me.keys:
        info = key_info(epoch, items.Reader(me.id, private.public))
        try:
            maker.verify(given.signature, key_signed(info, given.sealed))
        except Damaged:
            continue  # given to another of their keys
        return hpke.open_key(given.sealed, private, info)
    raise Damaged


def _message_key(epoch_key: bytes, message: Message) -> bytes:
    # The salt is random: two devices of an author that give one number twice use two keys.
    hkdf = HKDF(hashes.SHA256(), length=contents.KEY_BYTES, salt=message.salt, info=_MESSAGE_INFO)
    return hkdf.derive(epoch_key)


def write(
    text: bytes,
    epoch: Epoch,
    epoch_key: bytes,
    author: items.Holder,
    *,
    salt: bytes,
    after: Follows | None = None,
) -> Message:
    """An author's next message, after their last. `salt` is 32 fresh random bytes. Opened once
    before it is given back; raises `NotGranted` where the author is not of the epoch.
    """
    number, previous = (after.number + 1, after.hash) if after else (1, NOTHING_BEFORE)
    fields = (epoch.thread, epoch.number, epoch.hash, author.id, number, previous, salt)
    bare = Message(*fields)
    ciphertext = contents.encrypt(_message_key(epoch_key, bare), text, bare.header)
    signature = author.keys[0].sign(Message(*fields, ciphertext).signed)
    made = Message(*fields, ciphertext, signature)
    if read(made, epoch, epoch_key, author.keys[0].public) != text:
        raise Damaged
    return made


def read(message: Message, epoch: Epoch, epoch_key: bytes, author: Verifier) -> bytes:
    """What a message says. The epoch must have been verified; raises `NotGranted` for an author who
    is not of it, and `Damaged`.
    """
    belongs = (message.suite, message.thread, message.epoch, message.epoch_hash) == (
        epoch.suite,
        epoch.thread,
        epoch.number,
        epoch.hash,
    )
    first = (message.number == 1) == (message.previous == NOTHING_BEFORE)
    sizes = len(message.previous) == HASH_BYTES and len(message.salt) == SALT_BYTES
    if not (belongs and first and sizes and message.number >= 1):
        raise Damaged
    author.verify(message.signature, message.signed)
    if message.author not in epoch.members:
        raise NotGranted
    return contents.decrypt(_message_key(epoch_key, message), message.ciphertext, message.header)


@dataclass(frozen=True)
class Last:
    """The newest message of one author that a device has read."""

    number: int
    hash: bytes


def follow(last: Last | None, messages: Sequence[Message]) -> Last | None:
    """What was read last of one author, after more of their messages in order.

    Raises `RolledBack` where one between was held back or stands in the place of another.
    """
    for message in messages:
        expected = (last.number + 1, last.hash) if last else (1, NOTHING_BEFORE)
        if (message.number, message.previous) != expected:
            raise RolledBack
        last = Last(message.number, message.hash)
    return last
