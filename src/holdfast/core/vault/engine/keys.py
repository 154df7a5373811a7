"""A person's two key pairs, and the signed history of their public halves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from holdfast.core.vault.engine.encoding import digest, pack
from holdfast.core.vault.engine.errors import Damaged

KEY_BYTES = 32
SIGNATURE_BYTES = 64
HASH_BYTES = 32
#: What the first entry of a history says in the place of the hash of the one before.
NOTHING_BEFORE = bytes(HASH_BYTES)


@dataclass(frozen=True)
class PrivateKeys:
    """Two seeds of 32 bytes: X25519 for what is sealed to a person, Ed25519 to sign with."""

    agreement: bytes
    signing: bytes

    def __repr__(self) -> str:
        return "PrivateKeys(…)"

    @cached_property
    def agreement_key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.agreement)

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    @cached_property
    def public(self) -> PublicKeys:
        return PublicKeys(
            self.agreement_key.public_key().public_bytes_raw(),
            self.signing_key.public_key().public_bytes_raw(),
        )

    def sign(self, message: bytes) -> bytes:
        """64 bytes, the same for the same message (RFC 8032)."""
        return self.signing_key.sign(message)


@dataclass(frozen=True)
class PublicKeys:
    """The public halves, 32 bytes each."""

    agreement: bytes
    signing: bytes

    @cached_property
    def agreement_key(self) -> X25519PublicKey:
        return X25519PublicKey.from_public_bytes(self.agreement)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises `Damaged` where the signature is not of this key and message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.signing).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise Damaged from None


class Verifier(Protocol):
    """Whoever's signature is asked for: one pair of keys, or all that a person has had."""

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises `Damaged` where the signature is not theirs."""


@dataclass(frozen=True)
class Signers:
    """All keys of a person, newest first: what any of them signed is theirs."""

    keys: tuple[PublicKeys, ...]

    def verify(self, signature: bytes, message: bytes) -> None:
        for each in self.keys:
            try:
                return each.verify(signature, message)
            except Damaged:
                continue
        raise Damaged


@dataclass(frozen=True)
class KeyEntry:
    """One entry of a history. `continuity` is the signature of the key before; empty in the first.

    `created` is in whole seconds since 1970, UTC, as the person's device had it.
    """

    user: uuid.UUID
    sequence: int
    keys: PublicKeys
    created: int
    previous: bytes
    signature: bytes
    continuity: bytes

    @property
    def message(self) -> bytes:
        return _message(self.user, self.sequence, self.keys, self.created, self.previous)

    @property
    def hash(self) -> bytes:
        return digest("holdfast/vault/v1/key-entry", self.message, self.signature, self.continuity)


def _message(
    user: uuid.UUID, sequence: int, keys: PublicKeys, created: int, previous: bytes
) -> bytes:
    label = "holdfast/vault/v1/keys"
    return pack(label, user, sequence, keys.agreement, keys.signing, created, previous)


def first_entry(user: uuid.UUID, private: PrivateKeys, created: int) -> KeyEntry:
    """The entry that begins a person's history."""
    message = _message(user, 1, private.public, created, NOTHING_BEFORE)
    return KeyEntry(user, 1, private.public, created, NOTHING_BEFORE, private.sign(message), b"")


def next_entry(last: KeyEntry, old: PrivateKeys, new: PrivateKeys, created: int) -> KeyEntry:
    """The entry of new keys: signed by them, and by the keys that they follow."""
    message = _message(last.user, last.sequence + 1, new.public, created, last.hash)
    return KeyEntry(
        last.user,
        last.sequence + 1,
        new.public,
        created,
        last.hash,
        new.sign(message),
        old.sign(message),
    )


def verify_history(user: uuid.UUID, entries: Sequence[KeyEntry]) -> KeyEntry:
    """The newest entry of a whole history; `Damaged` where any entry does not follow."""
    if not entries:
        raise Damaged
    previous: KeyEntry | None = None
    for number, entry in enumerate(entries, 1):
        expected = previous.hash if previous else NOTHING_BEFORE
        if (entry.user, entry.sequence, entry.previous) != (user, number, expected):
            raise Damaged
        entry.keys.verify(entry.signature, entry.message)
        if previous is not None:
            previous.keys.verify(entry.continuity, entry.message)
        elif entry.continuity:
            raise Damaged
        previous = entry
    return entries[-1]


def signers_of(entries: Sequence[KeyEntry]) -> Signers:
    """Whose signatures count, by a history that `verify_history` found whole."""
    return Signers(tuple(entry.keys for entry in reversed(entries)))
