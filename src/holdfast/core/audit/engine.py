"""The chain of hashes: what an entry's hash covers, and where a chain no longer fits.

An entry is a row of ten texts, as `COLUMNS` names them; nothing here knows a database or a clock.
docs/reference/audit.md describes the same for whoever verifies an export elsewhere.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: What precedes the first entry.
GENESIS = "0" * 64
#: Names what the hash is made of; part of it.
FORM = "holdfast-audit-2"
CHECKPOINT_FORM = "holdfast-audit-checkpoint-1"
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
#: Links after one place and up to another.
Links = Callable[[int, int], Iterable[Link]]


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
    """The first place at which a chain does not fit, and the entry that stands there, if any.

    `changed`: the entry is not what was hashed. `missing`: there is none. `appended`: the chain
    ended before. `rewritten`: the chain fits itself, and not what a checkpoint signed. `unsigned`:
    a checkpoint does not have the practice's signature.
    """

    seq: int
    why: Literal["changed", "missing", "appended", "rewritten", "unsigned"]
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


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement that a chain stood at a position. `at` is an instant in ISO 8601, UTC."""

    practice: str
    position: Position
    at: str
    removes: bool
    signature: bytes

    def message(self) -> bytes:
        """What is signed (Ed25519)."""
        body = (CHECKPOINT_FORM, self.practice, self.position.seq, self.position.hash, self.at)
        return orjson.dumps((*body, self.removes))

    def signed_by(self, public_key: bytes) -> bool:
        """Whether the holder of the key's private half signed it."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.message())
        except InvalidSignature:
            return False
        return True

    def follow(self, position: Position, public_key: bytes) -> Position | Misfit:
        """Past this checkpoint, from where the chain was followed to before it."""
        if not self.signed_by(public_key):
            return Misfit(self.position.seq, "unsigned")
        if self.removes and position == Position():
            return self.position
        if position.seq < self.position.seq:
            return Misfit(position.seq + 1, "missing")
        return position if position == self.position else Misfit(self.position.seq, "rewritten")


def walk_past(
    checkpoints: Sequence[Checkpoint], public_key: bytes, links: Links, end: int
) -> Position | Misfit:
    """Follow a chain through its checkpoints, in order of their places, up to a place.

    Where the first one removes, the chain begins after it.
    """
    position = Position()
    for one in checkpoints:
        upto = 0 if one.removes and position == Position() else one.position.seq
        found = walk(links(position.seq, upto), position)
        if isinstance(found, Position):
            found = one.follow(found, public_key)
        if isinstance(found, Misfit):
            return found
        position = found
    return walk(links(position.seq, end), position)
