"""The keys that lie wrapped in the database: made, found and opened."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from holdfast.core import clock
from holdfast.core.crypto.master_key import Keeper, MasterKeyFault
from holdfast.core.crypto.models import INSTALLATION, Key, MasterKeyName

_LENGTH = {Key.Purpose.LOOKUP: 64}
_OF_THE_INSTALLATION = (Key.Purpose.INSTALLATION, Key.Purpose.LOOKUP, Key.Purpose.INDEX)


class KeyGone(LookupError):
    """There is no such key any more: a rotation replaced it. Read anew what names it."""


@lru_cache(maxsize=16)
def keeper(name: str) -> Keeper:
    """Whatever wraps under the master key of this name. Raises MasterKeyFault.

    A running server finds a key that `holdfast keys rotate` added meanwhile: the source is read
    anew for a name that is not known yet.
    """
    found: Keeper = settings.MASTER_KEY_SOURCE.keeper(name)
    return found


def current_keeper() -> Keeper:
    """The one that new keys are to be wrapped with; read anew each time."""
    found: Keeper = settings.MASTER_KEY_SOURCE.keepers()[0]
    return found


def context(key: Any) -> bytes:
    """What a wrap is bound to: the key's identity and what it is for."""
    owner: bytes = key.practice_id.bytes
    identity: bytes = key.id.bytes
    return b"key|" + str(key.purpose).encode() + b"|" + owner + identity


def make(
    purpose: str,
    practice_id: uuid.UUID = INSTALLATION,
    *,
    version: int = 1,
    model: type[Any] = Key,
    names: type[Any] = MasterKeyName,
) -> Any:
    """A new current key, random. The models are a migration's, there."""
    by = current_keeper()
    names.objects.get_or_create(pk=by.name, defaults={"noted_at": clock.now()})
    row = model(
        id=uuid.uuid4(),
        purpose=purpose,
        practice_id=practice_id,
        version=version,
        current=True,
        master_id=by.name,
        made_at=clock.now(),
    )
    length = _LENGTH.get(Key.Purpose(purpose), 32)
    row.wrapped = by.wrap(os.urandom(length), context(row))
    row.save(force_insert=True)
    return row


def make_missing(model: type[Any] = Key, names: type[Any] = MasterKeyName) -> None:
    """The keys of the installation, where there are none. Never in a request: what it writes with
    a key whose row is then rolled back could not be read again.
    """
    there = set(model.objects.filter(practice_id=INSTALLATION).values_list("purpose", flat=True))
    missing = [purpose for purpose in _OF_THE_INSTALLATION if purpose not in there]
    if not missing:
        return
    with transaction.atomic():
        for purpose in missing:
            make(purpose, model=model, names=names)
    forget()


@lru_cache(maxsize=4096)
def opened(key_id: uuid.UUID) -> bytes:
    """The key itself. One statement for the first use in a process. Raises KeyGone."""
    row = Key.objects.filter(pk=key_id).first()
    if row is None:
        raise KeyGone
    return open_row(row)


def open_row(row: Any) -> bytes:
    """The key that a row holds. Raises MasterKeyFault."""
    try:
        return keeper(row.master_id).unwrap(bytes(row.wrapped), context(row))
    except MasterKeyFault:
        # Re-wrapped since the row was read, and its old master key thrown away?
        again = Key.objects.filter(pk=row.pk).exclude(master_id=row.master_id).first()
        if again is None:
            raise
        return keeper(again.master_id).unwrap(bytes(again.wrapped), context(again))


def current_of_practice(practice_id: uuid.UUID) -> uuid.UUID:
    """The key that new record keys of a practice are wrapped under. One statement.

    Ask in the transaction that writes what is wrapped: the row is held, so that a rotation that
    wants to delete it waits, and then finds what was written.
    """
    hold = " FOR KEY SHARE" if connection.features.has_select_for_update else ""
    for _ in range(10):
        found = list(
            Key.objects.raw(
                "SELECT id FROM crypto_key WHERE practice_id = %s AND purpose = 'practice'"  # noqa: S608
                f" AND current{hold}",
                [_as_stored(practice_id)],
            )
        )
        if found:
            pk: uuid.UUID = found[0].pk
            return pk
        # On PostgreSQL, a rotation made another one current in this very moment.
    raise KeyGone


def _as_stored(value: uuid.UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


def of_installation(purpose: str) -> bytes:
    """The installation's key for a purpose. Raises KeyGone in a database without migrations."""
    return _installation()[purpose]


@lru_cache(maxsize=1)
def _installation() -> dict[str, bytes]:
    """All of them, in one statement for the life of a process: they are never replaced."""
    rows = Key.objects.filter(practice_id=INSTALLATION, current=True)
    found = {row.purpose: open_row(row) for row in rows}
    if set(_OF_THE_INSTALLATION) - set(found):
        raise KeyGone
    return found


def forget() -> None:
    """Drop what this process remembers (in tests, where databases come and go)."""
    caches: Iterable[Any] = (keeper, opened, _installation)
    for cache in caches:
        cache.cache_clear()
