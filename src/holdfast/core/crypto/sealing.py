"""Seal and open values with a practice's key, bound to the row and field they belong to."""

from __future__ import annotations

import os
import uuid
from functools import lru_cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
_FORMAT = b"\x01"


def _encrypt(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def _decrypt(key: bytes, blob: bytes, associated: bytes) -> bytes:
    if blob[:1] != _FORMAT:
        raise ValueError("sealed value has an unknown format")
    nonce, ciphertext = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, ciphertext, associated)


def seal_with_master_key(context: bytes, value: bytes) -> bytes:
    """For what belongs to no practice, such as a second factor's secret."""
    return _encrypt(settings.MASTER_KEY, value, context)


def open_with_master_key(context: bytes, blob: bytes) -> bytes:
    """What `seal_with_master_key` sealed under the same context."""
    return _decrypt(settings.MASTER_KEY, blob, context)


def new_wrapped_key(practice_id: uuid.UUID) -> bytes:
    """A fresh 256-bit practice key, wrapped under the master key."""
    key = AESGCM.generate_key(bit_length=256)
    return _encrypt(settings.MASTER_KEY, key, b"practice-key|" + practice_id.bytes)


@lru_cache(maxsize=4096)
def _unwrap(practice_id: uuid.UUID, wrapped: bytes) -> bytes:
    return _decrypt(settings.MASTER_KEY, wrapped, b"practice-key|" + practice_id.bytes)


@lru_cache(maxsize=4096)
def _practice_key(practice_id: uuid.UUID) -> bytes:
    from holdfast.core.tenancy.models import Practice

    wrapped = Practice.objects.values_list("wrapped_key", flat=True).get(pk=practice_id)
    return _unwrap(practice_id, bytes(wrapped))


def forget_keys() -> None:
    """Drop cached keys (after a practice is deleted, and between tests)."""
    _practice_key.cache_clear()
    _unwrap.cache_clear()


def seal(practice_id: uuid.UUID, context: str, value: Any) -> bytes:
    """JSON-encode and encrypt `value`; `context` names field and row and is authenticated."""
    return _encrypt(_practice_key(practice_id), orjson.dumps(value), context.encode())


def unseal(practice_id: uuid.UUID, context: str, blob: bytes) -> Any:
    """The value sealed under the same practice and context.

    Raises `cryptography.exceptions.InvalidTag` when the blob was moved or changed.
    """
    return orjson.loads(_decrypt(_practice_key(practice_id), blob, context.encode()))


def sealed(column: str, default: Any = None) -> Any:
    """A model property that keeps its value encrypted in the `BinaryField` named `column`.

    The model needs `practice_id` and `pk` before the value is set.
    """

    def context(row: Any) -> str:
        return f"{row._meta.label_lower}.{column}|{row.pk}"

    def get(row: Any) -> Any:
        blob = getattr(row, column)
        return default if not blob else unseal(row.practice_id, context(row), bytes(blob))

    def put(row: Any, value: Any) -> None:
        blob = b"" if value is None else seal(row.practice_id, context(row), value)
        setattr(row, column, blob)

    return property(get, put)
