"""Sealed files, such as pictures of an entry: the key stands in the entry's content alone."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from holdfast.core.vault.engine import content as contents
from holdfast.core.vault.engine.encoding import pack
from holdfast.core.vault.engine.errors import Damaged

SUITE = 1
KEY_BYTES = contents.KEY_BYTES


@dataclass(frozen=True)
class SealedFile:
    """`sha256` is of the ciphertext; it stands beside the key in the entry."""

    file: uuid.UUID
    owner: uuid.UUID
    key: bytes
    ciphertext: bytes
    sha256: bytes


def _associated(file: uuid.UUID, owner: uuid.UUID) -> bytes:
    return pack("holdfast/vault/v1/file", SUITE, file, owner)


def seal(file: uuid.UUID, owner: uuid.UUID, content: bytes, *, key: bytes) -> SealedFile:
    """Seal a file. `key` (32 bytes) must be fresh: never encrypt twice with the same."""
    ciphertext = contents.encrypt(key, content, _associated(file, owner))
    made = SealedFile(file, owner, key, ciphertext, hashlib.sha256(ciphertext).digest())
    if open_file(made) != content:
        raise Damaged
    return made


def open_file(sealed: SealedFile) -> bytes:
    """The content. Raises `Damaged` for anything that is not exactly what was sealed."""
    if not hmac.compare_digest(hashlib.sha256(sealed.ciphertext).digest(), sealed.sha256):
        raise Damaged
    associated = _associated(sealed.file, sealed.owner)
    return contents.decrypt(sealed.key, sealed.ciphertext, associated)
