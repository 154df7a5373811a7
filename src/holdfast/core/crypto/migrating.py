"""What migrations need to bring values from before record keys under their keys.

Until 0.1.0 each sealed column was directly under its practice's key, and that, as second factors
and browsers' addresses, directly under the master key; names and addresses were plain. These
functions take a migration's historical models and see what is stored, not what it means. There is
no way back: the point is that the older keys open nothing any more.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from django.conf import settings

from holdfast.core.crypto import aead, keys, records
from holdfast.core.crypto.sealing import column_context, seal_value

_OLD_FORM = b"\x01"
BATCH = 500


def _old_master_keys() -> list[bytes]:
    found = list(settings.MASTER_KEY_SOURCE.secrets())
    path = Path(os.environ.get("HOLDFAST_SECRETS_FILE", settings.DATA_DIR / "secrets.json"))
    text = json.loads(path.read_text(encoding="utf-8")).get("master_key") if path.exists() else ""
    return [*found, base64.b64decode(text)] if text else found


def open_old_master(context: bytes, blob: bytes) -> bytes:
    """What was directly under the master key. Raises InvalidTag under none that is here."""
    for secret in _old_master_keys():
        try:
            return aead.decrypt(secret, blob, context, _OLD_FORM)
        except InvalidTag:
            continue
    raise InvalidTag


def in_batches(rows: Any) -> Iterator[list[Any]]:
    """All rows of a queryset by primary key, so that none is held in memory for long."""
    rest = rows.order_by("pk")
    while batch := list(rest[:BATCH]):
        yield batch
        rest = rows.order_by("pk").filter(pk__gt=batch[-1].pk)


class Resealer:
    """Re-seals rows of one migration; remembers the keys of the practices it meets."""

    def __init__(self, apps: Any) -> None:
        self._keys = apps.get_model("crypto", "Key")
        self._clients = apps.get_model("tenancy", "Client")
        self._practice_key = lru_cache(maxsize=None)(self._opened)

    def _opened(self, practice_id: Any) -> bytes:
        row = self._keys.objects.get(practice_id=practice_id, purpose="practice", current=True)
        return keys.keeper(row.master_id).unwrap(bytes(row.wrapped), keys.context(row))

    def new_record_key(self, row: Any, label: str, practice_id: Any) -> bytes:
        """A record key for a row that has none; the row is not saved."""
        under = self._keys.objects.get(practice_id=practice_id, purpose="practice", current=True)
        made = os.urandom(aead.KEY_BYTES)
        row.record_key = aead.encrypt(
            self._practice_key(practice_id), made, records.context(label, row.pk)
        )
        row.record_key_under_id = under.pk
        return made

    def reseal(self, row: Any, label: str, column: str, key: bytes) -> None:
        """Take a column from under the practice's key to under the record's; not saved."""
        blob = bytes(getattr(row, column))
        if blob[:1] != _OLD_FORM:
            return
        practice_id = row.pk if label == "tenancy.practice" else row.practice_id
        context = column_context(label, column, row.pk)
        value = orjson.loads(
            aead.decrypt(self._practice_key(practice_id), blob, context, _OLD_FORM)
        )
        setattr(row, column, seal_value(key, context, value))

    def of_clients(self, model: Any, *columns: str) -> None:
        """Re-seal columns of a model whose rows belong to clients."""
        label = _label(model)
        for batch in in_batches(model.objects.all()):
            held = self._record_keys(batch)
            for row in batch:
                for column in columns:
                    self.reseal(row, label, column, held[row.client_id])
            model.objects.bulk_update(batch, columns)

    def plain_of_clients(self, model: Any, plain: str, column: str) -> None:
        """Seal what stood in the column `plain` of rows that belong to clients."""
        for batch in in_batches(model.objects.exclude(**{plain: ""})):
            held = self._record_keys(batch)
            for row in batch:
                context = column_context(_label(model), column, row.pk)
                setattr(row, column, seal_value(held[row.client_id], context, getattr(row, plain)))
            model.objects.bulk_update(batch, [column])

    def _record_keys(self, batch: list[Any]) -> dict[Any, bytes]:
        """The record keys of the people whom these rows belong to. One statement."""
        held = self._clients.objects.filter(pk__in={row.client_id for row in batch})
        return {
            pk: aead.decrypt(
                self._practice_key(practice_id),
                bytes(wrapped),
                records.context("tenancy.client", pk),
            )
            for pk, practice_id, wrapped in held.values_list("pk", "practice_id", "record_key")
        }


def _label(model: Any) -> str:
    return f"{model._meta.app_label}.{model._meta.model_name}"


def resealing(app: str, name: str, *columns: str) -> Callable[[Any, Any], None]:
    """For `RunPython`: re-seal these columns of a model whose rows belong to clients."""

    def forward(apps: Any, schema_editor: Any) -> None:
        Resealer(apps).of_clients(apps.get_model(app, name), *columns)

    return forward
