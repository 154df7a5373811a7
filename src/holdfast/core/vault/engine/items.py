"""Items: versions of sealed content, signed by their owner, with one grant per reader."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from holdfast.core.vault.engine import content as contents
from holdfast.core.vault.engine.encoding import digest, pack
from holdfast.core.vault.engine.errors import Damaged, NotGranted, RolledBack
from holdfast.core.vault.engine.keys import HASH_BYTES, PrivateKeys, PublicKeys

#: X25519 and HKDF-SHA256 and AES-256-GCM (RFC 9180), Ed25519 (RFC 8032), SHA-256.
SUITE = 1
#: The one-time public key, the item's key and the tag.
SEALED_KEY_BYTES = 32 + 32 + 16
_HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


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

    def verify(self, owner: PublicKeys) -> None:
        """Raises `Damaged` unless the owner signed exactly this."""
        if not self.header.well_formed:
            raise Damaged
        owner.verify(self.signature, self.signed)


@dataclass(frozen=True)
class Reader:
    """Somebody to whom an item is granted."""

    id: uuid.UUID
    keys: PublicKeys


def grant_info(version: Version, reader: Reader) -> bytes:
    """HPKE's `info`: to what, whose and whom the sealed key belongs."""
    header = version.header
    return pack(
        "holdfast/vault/v1/grant",
        header.suite,
        header.item,
        header.owner,
        version.hash,
        reader.id,
        reader.keys.agreement,
    )


def grant_signed(version: Version, reader: Reader, sealed: bytes) -> bytes:
    """What the owner's signature of a grant is over."""
    return pack("holdfast/vault/v1/grant-signed", grant_info(version, reader), sealed)


def grant(version: Version, item_key: bytes, reader: Reader, owner: PrivateKeys) -> Grant:
    """Give one reader the key of one version."""
    info = grant_info(version, reader)
    sealed = _HPKE.encrypt(item_key, reader.keys.agreement_key, info=info)
    return Grant(reader.id, sealed, owner.sign(grant_signed(version, reader, sealed)))


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


def item_key_of(version: Version, reader: Reader, private: PrivateKeys, owner: PublicKeys) -> bytes:
    """The version's key for one reader. Raises `NotGranted` or `Damaged`."""
    version.verify(owner)
    found = [each for each in version.grants if each.reader == reader.id]
    if not found:
        raise NotGranted
    given = found[0]
    owner.verify(given.signature, grant_signed(version, reader, given.sealed))
    try:
        return _HPKE.decrypt(given.sealed, private.agreement_key, info=grant_info(version, reader))
    except (InvalidTag, ValueError):
        raise Damaged from None


def open_version(
    version: Version, reader: Reader, private: PrivateKeys, owner: PublicKeys
) -> bytes:
    """The content, for a reader to whom the version is granted.

    `owner` are the keys of the owner from a verified history. Raises `NotGranted` or `Damaged`;
    never gives anything but what the owner sealed.
    """
    key = item_key_of(version, reader, private, owner)
    if len(key) != contents.KEY_BYTES:
        raise Damaged
    return contents.decrypt(key, version.ciphertext, version.header.packed)


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
