"""Standing shares: a folder's key for its readers, and under it one wrap per item version.

A folder holds items of one kind of one owner. Its key is drawn anew for each epoch; an epoch ends
when a reader is taken out, so that what comes after is under a key that they never had.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.core.vault.engine import hpke, items
from holdfast.core.vault.engine.encoding import pack
from holdfast.core.vault.engine.errors import Damaged, NotGranted
from holdfast.core.vault.engine.keys import PrivateKeys, Verifier

NONCE_BYTES = 12
#: Nonce, an item's key and the tag.
WRAP_BYTES = NONCE_BYTES + 32 + 16


@dataclass(frozen=True)
class Folder:
    """What the keys of a folder are bound to, beside their epoch."""

    id: uuid.UUID
    owner: uuid.UUID
    kind: str
    suite: int = items.SUITE


@dataclass(frozen=True)
class FolderKey:
    """The key of one epoch (counted from 1), sealed to one reader; the owner is one, too."""

    epoch: int
    reader: uuid.UUID
    sealed: bytes
    signature: bytes


@dataclass(frozen=True)
class FolderWrap:
    """One version's key under the folder's key of one epoch."""

    folder: uuid.UUID
    epoch: int
    sealed: bytes
    signature: bytes


def key_info(folder: Folder, epoch: int, reader: items.Reader) -> bytes:
    """HPKE's `info`: which folder's key of which epoch this is, whose and for whom."""
    return pack(
        "holdfast/vault/v1/folder-key",
        folder.suite,
        folder.id,
        folder.owner,
        folder.kind,
        epoch,
        reader.id,
        reader.keys.agreement,
    )


def key_signed(info: bytes, sealed: bytes) -> bytes:
    """What the owner's signature of a folder's key is over."""
    return pack("holdfast/vault/v1/folder-key-signed", info, sealed)


def seal_folder_key(
    folder: Folder, epoch: int, key: bytes, reader: items.Reader, owner: PrivateKeys
) -> FolderKey:
    """Give one reader the folder's key of one epoch. `key` is 32 bytes, random in each epoch."""
    info = key_info(folder, epoch, reader)
    sealed = hpke.seal_key(key, reader.keys, info)
    return FolderKey(epoch, reader.id, sealed, owner.sign(key_signed(info, sealed)))


def verify_folder_key(
    folder: Folder, given: FolderKey, reader: items.Reader, owner: Verifier
) -> bytes:
    """HPKE's `info` of a key that the owner gave this reader; raises `Damaged`."""
    if given.reader != reader.id or folder.suite != items.SUITE or given.epoch < 1:
        raise Damaged
    info = key_info(folder, given.epoch, reader)
    owner.verify(given.signature, key_signed(info, given.sealed))
    return info


def open_folder_keys(
    folder: Folder, given: Sequence[FolderKey], me: items.Holder, owner: Verifier
) -> dict[int, bytes]:
    """The folder's keys by epoch, for a reader. All of them must be theirs; else `Damaged`."""
    return {each.epoch: _open_folder_key(folder, each, me, owner) for each in given}


def _open_folder_key(folder: Folder, given: FolderKey, me: items.Holder, owner: Verifier) -> bytes:
    for private in me.keys:
        try:
            info = verify_folder_key(folder, given, items.Reader(me.id, private.public), owner)
        except Damaged:
            continue  # given to another of their keys
        return hpke.open_key(given.sealed, private, info)
    raise Damaged


def wrap_associated(
    header: items.Header, version_hash: bytes, folder: uuid.UUID, epoch: int
) -> bytes:
    """What a wrap is bound to: the folder, its epoch and one version of one item."""
    label = "holdfast/vault/v1/folder-wrap"
    return pack(label, header.suite, folder, epoch, header.item, header.owner, version_hash)


def wrap_signed(associated: bytes, sealed: bytes) -> bytes:
    """What the owner's signature of a wrap is over."""
    return pack("holdfast/vault/v1/folder-wrap-signed", associated, sealed)


def wrap_item_key(
    version: items.Version,
    item_key: bytes,
    folder: Folder,
    epoch: int,
    folder_key: bytes,
    *,
    owner: PrivateKeys,
    nonce: bytes,
) -> FolderWrap:
    """A version's key for all readers of a folder. `nonce` is 12 fresh random bytes."""
    header = version.header
    if (header.owner, header.kind) != (folder.owner, folder.kind):
        raise ValueError("an item of another owner or kind does not belong into this folder")
    associated = wrap_associated(header, version.hash, folder.id, epoch)
    sealed = nonce + AESGCM(folder_key).encrypt(nonce, item_key, associated)
    signature = owner.sign(wrap_signed(associated, sealed))
    return FolderWrap(folder.id, epoch, sealed, signature)


def unwrap_item_key(
    version: items.Version,
    wrap: FolderWrap,
    folder: Folder,
    folder_keys: Mapping[int, bytes],
    owner: Verifier,
) -> bytes:
    """A version's key by a folder's keys, which `open_folder_keys` gave.

    Raises `NotGranted` where this reader has no key of the wrap's epoch, `Damaged` for any change.
    """
    version.verify(owner)
    header = version.header
    belongs = (header.owner, header.kind, wrap.folder) == (folder.owner, folder.kind, folder.id)
    if not belongs or wrap.epoch < 1 or len(wrap.sealed) != WRAP_BYTES:
        raise Damaged
    associated = wrap_associated(header, version.hash, folder.id, wrap.epoch)
    owner.verify(wrap.signature, wrap_signed(associated, wrap.sealed))
    if wrap.epoch not in folder_keys:
        raise NotGranted
    cipher = AESGCM(folder_keys[wrap.epoch])
    try:
        return cipher.decrypt(wrap.sealed[:NONCE_BYTES], wrap.sealed[NONCE_BYTES:], associated)
    except InvalidTag:
        raise Damaged from None


@dataclass(frozen=True)
class OpenedFolder:
    """A folder with its keys by epoch, as a reader holds them in memory."""

    folder: Folder
    keys: Mapping[int, bytes]


def open_shared(
    version: items.Version,
    wraps: Iterable[FolderWrap],
    folders: Iterable[OpenedFolder],
    me: items.Holder,
    owner: Verifier,
) -> bytes:
    """The content, by a grant to this reader or else by one of their folders."""
    try:
        return items.open_with_key(version, items.item_key_for(version, me, owner), owner)
    except NotGranted:
        by_id = {each.folder.id: each for each in folders}
    for wrap in wraps:
        opened = by_id.get(wrap.folder)
        if opened is None:
            raise Damaged  # a wrap that names a folder which was not given
        try:
            key = unwrap_item_key(version, wrap, opened.folder, opened.keys, owner)
        except NotGranted:
            continue
        return items.open_with_key(version, key, owner)
    raise NotGranted
