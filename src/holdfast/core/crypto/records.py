"""Record keys: one per client record and one per practice, each wrapped under a practice key.

Everything sealed that belongs to a person is under that person's record key, in whatever table it
stands. `destroy` is what makes a person's sealed values unreadable at once.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from django.apps import apps

from holdfast.core.crypto import aead, keys
from holdfast.core.crypto.keys import KeyGone
from holdfast.core.crypto.models import KeyedRecord

_CLIENT, _PRACTICE = "tenancy.client", "tenancy.practice"
#: Opened record keys that a process remembers, and for how long: a key that another process
#: destroyed is gone from this one's memory, too, five minutes later.
REMEMBERED = 4096
REMEMBERED_SECONDS = 300.0


class KeyDestroyed(Exception):
    """The record's key was destroyed: nothing can be sealed under it any more."""


class _Opened:
    """The record keys used last, by identifier; these are UUIDs that are never used twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[uuid.UUID, tuple[bytes, float]] = OrderedDict()

    def get(self, pk: uuid.UUID) -> bytes | None:
        with self._lock:
            found = self._kept.get(pk)
            if found is None or time.monotonic() - found[1] > REMEMBERED_SECONDS:
                return None
            self._kept.move_to_end(pk)
            return found[0]

    def put(self, pk: uuid.UUID, key: bytes) -> None:
        with self._lock:
            self._kept[pk] = key, time.monotonic()
            self._kept.move_to_end(pk)
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)

    def drop(self, pk: uuid.UUID | None = None) -> None:
        with self._lock:
            if pk is None:
                self._kept.clear()
            else:
                self._kept.pop(pk, None)


_opened = _Opened()


def context(label: str, pk: uuid.UUID) -> bytes:
    """What a record key's wrap is bound to: the row it belongs to."""
    return b"record-key|" + label.encode() + b"|" + pk.bytes


def key_of_record(record: KeyedRecord) -> bytes | None:
    """The record's own key; a fresh one for a row that is not made yet, None once destroyed."""
    if record.record_key is None:
        return None
    pk: uuid.UUID = record.pk
    known = _opened.get(pk)
    if known is not None:
        return known
    label = record._meta.label_lower
    if not record.record_key:
        made = os.urandom(aead.KEY_BYTES)
        _opened.put(pk, made)
        record.__dict__["_fresh_record_key"] = made
        return made
    under = record.record_key_under_id
    return None if under is None else _unwrapped(label, pk, bytes(record.record_key), under)


def key_for(row: Any) -> bytes | None:
    """The key of the record that a row belongs to: a client's, else its practice's.

    No statement where the record is loaded or was used in the last minutes, else one.
    """
    if isinstance(row, KeyedRecord):
        return key_of_record(row)
    client_id = getattr(row, "client_id", None)
    label, pk = (_PRACTICE, row.practice_id) if client_id is None else (_CLIENT, client_id)
    known = _opened.get(pk)
    if known is not None:
        return known
    loaded = row._state.fields_cache.get("practice" if client_id is None else "client")
    if isinstance(loaded, KeyedRecord) and not loaded._state.adding:
        return key_of_record(loaded)
    return _fetched(label, pk)


def _unwrapped(label: str, pk: uuid.UUID, wrapped: bytes, under: uuid.UUID) -> bytes | None:
    try:
        key = unwrap(label, pk, wrapped, under)
    except KeyGone:
        # A rotation renewed the wrap since the row was read.
        return _fetched(label, pk)
    _opened.put(pk, key)
    return key


def _fetched(label: str, pk: uuid.UUID) -> bytes | None:
    rows = apps.get_model(label)._default_manager.filter(pk=pk)
    for _ in range(10):
        found = rows.values_list("record_key", "record_key_under_id").first()
        if found is None or found[0] is None:
            return None
        try:
            key = unwrap(label, pk, bytes(found[0]), found[1])
        except KeyGone:
            continue
        _opened.put(pk, key)
        return key
    raise KeyGone


def wrap_new(records: Iterable[KeyedRecord]) -> None:
    """Give rows that are about to be made their wrapped keys; in the transaction that makes them.

    One statement per practice, and one more for a new practice. A new practice gets its first key.
    """
    under: dict[uuid.UUID, uuid.UUID] = {}
    for record in records:
        if record.record_key is None or record.record_key:
            continue
        label = record._meta.label_lower
        practice_id: uuid.UUID = record.pk if label == _PRACTICE else record.practice_id  # type: ignore[attr-defined]
        if practice_id not in under:
            if label == _PRACTICE:
                under[practice_id] = keys.make("practice", practice_id).pk
            else:
                under[practice_id] = keys.current_of_practice(practice_id)
        key = record.__dict__.pop("_fresh_record_key", None) or os.urandom(aead.KEY_BYTES)
        record.record_key = wrap(key, label, record.pk, under[practice_id])
        record.record_key_under_id = under[practice_id]
        _opened.put(record.pk, key)


def unwrap(label: str, pk: uuid.UUID, wrapped: bytes, under: uuid.UUID) -> bytes:
    """A record key as its two columns hold it. Raises KeyGone."""
    return aead.decrypt(keys.opened(under), wrapped, context(label, pk))


def wrap(key: bytes, label: str, pk: uuid.UUID, under: uuid.UUID) -> bytes:
    """A record key under a practice key."""
    return aead.encrypt(keys.opened(under), key, context(label, pk))


def destroy(client_id: uuid.UUID) -> bool:
    """Destroy a person's record key: every sealed value of theirs is unreadable from here on.

    One statement, in the caller's transaction. True where there was a key. Reading gives each
    column's default, setting one raises KeyDestroyed. Other processes may remember the key for
    `REMEMBERED_SECONDS`; a backup made before has it, wrapped.
    """
    changed = (
        apps.get_model(_CLIENT)
        ._default_manager.filter(pk=client_id, record_key__isnull=False)
        .update(record_key=None, record_key_under=None)
    )
    _opened.drop(client_id)
    return bool(changed)


def is_destroyed(client_id: uuid.UUID) -> bool:
    """Whether the person has a record whose key was destroyed. One statement."""
    clients = apps.get_model(_CLIENT)._default_manager
    return bool(clients.filter(pk=client_id, record_key=None).exists())


def forget() -> None:
    """Drop the keys that this process remembers."""
    _opened.drop()
