"""Seal and open columns under their record's key, bound to the row and field they belong to."""

from __future__ import annotations

from typing import Any

import orjson

from holdfast.core.crypto import aead, keys, records
from holdfast.core.crypto.models import Key
from holdfast.core.crypto.records import KeyDestroyed


def seal_for_installation(context: bytes, value: bytes) -> bytes:
    """For what belongs to no practice, such as a second factor's secret."""
    return aead.encrypt(keys.of_installation(Key.Purpose.INSTALLATION), value, context)


def open_for_installation(context: bytes, blob: bytes) -> bytes:
    """What `seal_for_installation` sealed under the same context."""
    return aead.decrypt(keys.of_installation(Key.Purpose.INSTALLATION), blob, context)


def column_context(label: str, column: str, pk: Any) -> bytes:
    """What a sealed column's value is bound to, and authenticated with."""
    return f"{label}.{column}|{pk}".encode()


def seal_value(key: bytes, context: bytes, value: Any) -> bytes:
    """A JSON value under a record key."""
    return aead.encrypt(key, orjson.dumps(value), context)


def open_value(key: bytes, context: bytes, blob: bytes) -> Any:
    """Raises InvalidTag or ValueError for what was changed, moved or is under another key."""
    return orjson.loads(aead.decrypt(key, blob, context))


def sealed(column: str, default: Any = None) -> Any:
    """A model property that keeps its value encrypted in the `BinaryField` named `column`.

    The model needs `practice_id`, `pk` and, if it belongs to a person, `client_id` before the value
    is set. Reads `default` where nothing was set, or the person's key was destroyed; then setting
    it raises KeyDestroyed.
    """

    def context(row: Any) -> bytes:
        return column_context(row._meta.label_lower, column, row.pk)

    def get(row: Any) -> Any:
        blob = getattr(row, column)
        if not blob:
            return default
        key = records.key_for(row)
        return default if key is None else open_value(key, context(row), bytes(blob))

    def put(row: Any, value: Any) -> None:
        if value is None:
            setattr(row, column, b"")
            return
        key = records.key_for(row)
        if key is None:
            raise KeyDestroyed
        setattr(row, column, seal_value(key, context(row), value))

    return property(get, put)
