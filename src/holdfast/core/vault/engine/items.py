"""Items: versions of sealed content, signed by their owner, with one grant per reader."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from holdfast.core.vault.engine import content as contents
from holdfast.core.vault.engine import hpke
from holdfast.core.vault.engine.encoding import digest, pack
from holdfast.core.vault.engine.errors import Damaged, NotGranted, RolledBack
from holdfast.core.vault.engine.keys import HASH_BYTES, PrivateKeys, PublicKeys, Verifier

#: X25519 and HKDF-SHA256 and AES-256-GCM (RFC 9180), Ed25519 (RFC 8032), SHA-256.
SUITE = 1
SEALED_KEY_BYTES = hpke.SEALED_KEY_BYTES


@dataclass(frozen=True)
class Header:
    """What a version is. `previous` are the hashes of the versions it follows, in byte order:
    none in the first, one as a rule, several where it brings conflicting versions together.
    """

    item: uuid.UUID
    owner: uuid.UUID
    kind: str
    schema: int
    revision: int
    previous: tuple[bytes, ...] = ()
    suite: int = SUITE

    @cached_property
    def packed(self) -> bytes:
        """The associated data of every chunk."""
        return pack(
            "holdfast/vault/v1/item",
            self.suite,
            self.item,
            self.owner,
            self.kind,
            self.schema,
            self.revision,
            pack(*self.previous),
        )

    @property
    def well_formed(self) -> bool:
        return (
            self.suite == SUITE
            and self.revision >= 1
            and (self.revision == 1) == (not self.previous)
            and all(len(each) == HASH_BYTES for each in self.previous)
            and list(self.previous) == sorted(set(self.previous))
        )


@dataclass(frozen=True)
class Grant:
    """The item's key, sealed to one reader and signed by the owner."""

    reader: uuid.UUID
    sealed: bytes
    signature: bytes


@dataclass(frozen=True)
class Version:
    """One version as it is stored: everything here is signed or sealed."""

    header: Header
    ciphertext: bytes
    signature: bytes
    grants: tuple[Grant, ...] = field(default=())

    @cached_property
    def signed(self) -> bytes:
        """What the owner's signature is over."""
        sealed = hashlib.sha256(self.ciphertext).digest()
        return pack("holdfast/vault/v1/version", self.header.packed, sealed)

    @cached_property
    def hash(self) -> bytes:
        """What following versions and grants name this one by."""
        return digest("holdfast/vault/v1/version-hash", self.signed)

    def verify(self, owner: Verifier) -> None:
        """Raises `Damaged` unless the owner signed exactly this."""
        if not self.header.well_formed:
            raise Damaged
        owner.verify(self.signature, self.signed)


@dataclass(frozen=True)
class Reader:
    """Somebody to whom an item is granted."""

    id: uuid.UUID
    keys: PublicKeys


@dataclass(frozen=True)
class Holder:
    """Who opens: an account and its keys, newest first. Older ones stay after a change of keys."""

    id: uuid.UUID
    keys: tuple[PrivateKeys, ...]


def grant_info(header: Header, version_hash: bytes, reader: Reader) -> bytes:
    """HPKE's `info`: to what, whose and whom the sealed key belongs."""
    return pack(
        "holdfast/vault/v1/grant",
        header.suite,
        header.item,
        header.owner,
        version_hash,
        reader.id,
        reader.keys.agreement,
    )


def grant_signed(info: bytes, sealed: bytes) -> bytes:
    """What the owner's signature of a grant is over."""
    return pack("holdfast/vault/v1/grant-signed", info, sealed)


def grant(version: Version, item_key: bytes, reader: Reader, owner: PrivateKeys) -> Grant:
    """Give one reader the key of one version."""
    info = grant_info(version.header, version.hash, reader)
    sealed = hpke.seal_key(item_key, reader.keys, info)
    return Grant(reader.id, sealed, owner.sign(grant_signed(info, sealed)))


def regrant(
    version: Version, owner: Holder, signers: Verifier, readers: Sequence[Reader]
) -> tuple[Grant, ...]:
    """Grants of a version that exists, to more readers. Whoever grants opens it first.

    Raises `NotGranted` or `Damaged`: what its owner cannot open is passed on to nobody.
    """
    key = item_key_for(version, owner, signers)
    open_with_key(version, key, signers)
    return tuple(grant(version, key, reader, owner.keys[0]) for reader in readers)


def seal(
    header: Header,
    content: bytes,
    *,
    item_key: bytes,
    owner: PrivateKeys,
    readers: Sequence[Reader] = (),
) -> Version:
    """A new version, granted to its owner and to `readers`, opened once before it is given back.

    `item_key` is 32 fresh random bytes. Raises `Damaged` where what was made does not open to
    `content` again: nothing is then to be sent.
    """
    ciphertext = contents.encrypt(item_key, content, header.packed)
    bare = Version(header, ciphertext, b"")
    bare = Version(header, ciphertext, owner.sign(bare.signed))
    own = Reader(header.owner, owner.public)
    grants = tuple(grant(bare, item_key, each, owner) for each in (own, *readers))
    version = Version(header, ciphertext, bare.signature, grants)
    if open_version(version, own, owner, owner.public) != content:
        raise Damaged
    return version


def item_key_of(version: Version, reader: Reader, private: PrivateKeys, owner: Verifier) -> bytes:
    """The version's key for one reader. Raises `NotGranted` or `Damaged`."""
    version.verify(owner)
    given = _grant_of(version, reader.id)
    info = grant_info(version.header, version.hash, reader)
    owner.verify(given.signature, grant_signed(info, given.sealed))
    return hpke.open_key(given.sealed, private, info)


def item_key_for(version: Version, holder: Holder, owner: Verifier) -> bytes:
    """As `item_key_of`, for somebody who has had several keys: by the one it was granted to."""
    version.verify(owner)
    given = _grant_of(version, holder.id)
    for private in holder.keys:
        info = grant_info(version.header, version.hash, Reader(holder.id, private.public))
        try:
            owner.verify(given.signature, grant_signed(info, given.sealed))
        except Damaged:
            continue  # granted to another of their keys
        return hpke.open_key(given.sealed, private, info)
    raise Damaged


def _grant_of(version: Version, reader: uuid.UUID) -> Grant:
    for each in version.grants:
        if each.reader == reader:
            return each
    raise NotGranted


def open_with_key(version: Version, item_key: bytes, owner: Verifier) -> bytes:
    """The content, by a key that a grant or a folder gave. Raises `Damaged`."""
    version.verify(owner)
    if len(item_key) != contents.KEY_BYTES:
        raise Damaged
    return contents.decrypt(item_key, version.ciphertext, version.header.packed)


def open_version(version: Version, reader: Reader, private: PrivateKeys, owner: Verifier) -> bytes:
    """The content, for a reader to whom the version is granted.

    `owner` are the keys of the owner from a verified history. Raises `NotGranted` or `Damaged`;
    never gives anything but what the owner sealed.
    """
    return open_with_key(version, item_key_of(version, reader, private, owner), owner)


@dataclass(frozen=True)
class Seen:
    """The newest revision of an item that a device has opened, and the hashes that stood at it."""

    revision: int
    hashes: frozenset[bytes]


def look(seen: Mapping[uuid.UUID, Seen], heads: Sequence[Version]) -> dict[uuid.UUID, Seen]:
    """What a device has seen after it was shown `heads`, the newest versions of all items.

    Raises `RolledBack` where an item that was seen is missing, stands at an older revision, or at
    the same revision in other versions only. The versions must have been verified.
    """
    shown: dict[uuid.UUID, list[Version]] = {}
    for version in heads:
        shown.setdefault(version.header.item, []).append(version)
    now: dict[uuid.UUID, Seen] = {}
    for item, versions in shown.items():
        newest = max(version.header.revision for version in versions)
        hashes = {v.hash for v in versions if v.header.revision == newest}
        now[item] = Seen(newest, frozenset(hashes))
    for item, before in seen.items():
        after = now.get(item)
        if after is None or after.revision < before.revision:
            raise RolledBack
        if after.revision == before.revision and not before.hashes <= after.hashes:
            raise RolledBack
    return now
