"""A practice's audit trail as a file that anybody can verify: JSON Lines, with signed checkpoints.

The first line says what the file is and by which key it is signed, the last is a checkpoint of
where the chain stood. docs/reference/audit.md describes every line.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit import checkpoints, rows
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import chain_batch, claim
from holdfast.core.audit.engine import COLUMNS, Checkpoint
from holdfast.core.audit.proof import FILE_FORM


class ChainBusy(RuntimeError):
    """Another process holds the chain; ask again."""


def export(practice_id: uuid.UUID, *, by: Actor, now: datetime) -> Iterator[bytes]:
    """The lines of an export, and an audit entry of it. Raises ChainBusy."""
    record("export", "audit", by=by, practice_id=practice_id)
    with transaction.atomic():
        chain_batch(practice_id)
        chain = claim(practice_id)
        if chain is None:
            raise ChainBusy
        last = checkpoints.make(chain, now)
    key = checkpoints.public_key(chain)
    signed = [one for one in checkpoints.of_chain(practice_id) if one.position.seq <= chain.seq]
    head = {
        "form": FILE_FORM,
        "practice": practice_id.hex,
        "public_key": base64.b64encode(key or b"").decode(),
        "exported_at": last.at,
    }
    return _lines(head, practice_id, signed)


def _lines(
    head: dict[str, Any], practice_id: uuid.UUID, signed: list[Checkpoint]
) -> Iterator[bytes]:
    yield orjson.dumps(head) + b"\n"
    after = 0
    for one in signed:
        # What a removal has not come to yet is not exported.
        links = () if one.removes else rows.links(practice_id, after, one.position.seq)
        for seq, kept, entry in links:
            named = dict(zip(COLUMNS, entry, strict=True))
            yield orjson.dumps({"seq": seq, "hash": kept, **named}, default=repr) + b"\n"
        after = max(after, one.position.seq)
        yield orjson.dumps({"checkpoint": _plain(one)}) + b"\n"


def _plain(one: Checkpoint) -> dict[str, Any]:
    return {
        "seq": one.position.seq,
        "hash": one.position.hash,
        "at": one.at,
        "removes": one.removes,
        "signature": base64.b64encode(one.signature).decode(),
    }
