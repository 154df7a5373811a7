"""The chain of hashes: what an entry's hash covers, and where a chain no longer fits.

An entry is a row of ten texts, as `COLUMNS` names them; nothing here knows a database or a clock.
docs/reference/audit.md describes the same for whoever verifies an export elsewhere.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

#: What precedes the first entry.
GENESIS = "0" * 64
#: Names what the hash is made of; part of it.
FORM = "holdfast-audit-2"
#: An entry's texts, in order. Identifiers are 32 hexadecimal digits or nothing, `at` is
#: `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, `detail` is JSON with sorted keys and no spaces.
COLUMNS = (
    "id",
    "practice_id",
    "at",
    "actor_id",
    "actor_label",
    "action",
    "resource",
    "resource_id",
    "client_id",
    "detail",
)
Entry = tuple[Any, ...]
#: Place in the chain, hash, entry.
Link = tuple[int, str, Entry]


def digest(previous: str, seq: int, entry: Entry) -> str:
    """SHA-256, in hexadecimal, over the JSON array [form, previous hash, place, entry]."""
    # What no writer of ours left, such as bytes where a text stood, must not stop a verification.
    body = orjson.dumps((FORM, previous, seq, entry), default=repr)
    return hashlib.sha256(body).hexdigest()


def digest_of_first_form(previous: str, seq: int, entry: Entry) -> str | None:
    """As entries were hashed before `FORM`; None for what cannot be one of those."""
    _, practice, at, actor, label, action, resource, resource_id, client, detail = entry
    try:
        body = [
            previous,
            str(uuid.UUID(practice)),
            seq,
            _isoformat(at),
            "None" if actor is None else str(uuid.UUID(actor)),
            label,
            action,
            resource,
            resource_id,
            "None" if client is None else str(uuid.UUID(client)),
            orjson.loads(detail),
        ]
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except (ValueError, TypeError, AttributeError):
        return None
    return hashlib.sha256(text).hexdigest()


def _isoformat(at: str) -> str:
    return at.removesuffix(".000000").replace(" ", "T") + "+00:00"


@dataclass(frozen=True)
class Position:
    """The last link that is known to fit: its place and its hash."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True)
class Misfit:
    """The first place at which a chain does not fit, and the entry that stands there, if any."""

    seq: int
    why: Literal["changed", "missing", "appended"]
    id: str | None = None


def walk(links: Iterable[Link], position: Position) -> Position | Misfit:
    """Follow links, in order of their places, from a position: to the last one or to a misfit."""
    seq, previous = position.seq, position.hash
    for place, kept, entry in links:
        seq += 1
        if place != seq:
            return Misfit(seq, "missing")
        if kept != digest(previous, seq, entry) and kept != digest_of_first_form(
            previous, seq, entry
        ):
            return Misfit(seq, "changed", str(entry[0]))
        previous = kept
    return Position(seq, previous)
