"""The one way in which fields become bytes: each with its length before it."""

from __future__ import annotations

import hashlib
import uuid

Field = bytes | str | int | uuid.UUID

_LENGTH_BYTES = 4
_NUMBER_BYTES = 8


def _bytes_of(field: Field) -> bytes:
    if isinstance(field, bytes):
        return field
    if isinstance(field, str):
        return field.encode()
    if isinstance(field, uuid.UUID):
        return field.bytes
    return field.to_bytes(_NUMBER_BYTES)


def pack(*fields: Field) -> bytes:
    """Every field as a 4-byte big-endian length and its bytes.

    Text is UTF-8, a whole number 8 bytes big-endian, a UUID its 16 bytes. No two different lists of
    byte strings pack alike. Raises OverflowError for a negative number or one of over 64 bits.
    """
    parts = [_bytes_of(field) for field in fields]
    return b"".join(len(part).to_bytes(_LENGTH_BYTES) + part for part in parts)


def digest(*fields: Field) -> bytes:
    """SHA-256 of the packed fields: 32 bytes."""
    return hashlib.sha256(pack(*fields)).digest()
