"""Verify an exported audit trail. Pure: needs no database and no installation."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from holdfast.core.audit.engine import COLUMNS, Checkpoint, Misfit, Position, walk

FILE_FORM = "holdfast-audit-export-1"


class NotAnExport(ValueError):
    """A line that no export of ours has."""


@dataclass(frozen=True)
class Found:
    """What a file holds. `public_key` is the one that the file itself names."""

    practice: str
    public_key: str
    entries: int
    broken: Misfit | None


def check(lines: Iterable[bytes], public_key: str | None = None) -> Found:
    """Verify an export, with the key that its practice gave or else the one that it names.

    Needs no database. Reads the file once. Raises NotAnExport.
    """
    numbered = iter(lines)
    try:
        head = orjson.loads(next(numbered, b"null"))
        if not isinstance(head, dict) or head.get("form") != FILE_FORM:
            raise NotAnExport("the first line is not that of an audit export")
        key = base64.b64decode(public_key or head["public_key"], validate=True)
        return _follow(head, key, numbered)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise NotAnExport("a line is not one of an audit export") from error


def _follow(head: dict[str, Any], key: bytes, lines: Iterator[bytes]) -> Found:
    practice, position, entries, ends_at = str(head["practice"]), Position(), 0, ""
    found: Position | Misfit
    for line in map(orjson.loads, lines):
        if "checkpoint" in line:
            one = _checkpoint(practice, line["checkpoint"])
            found, ends_at = one.follow(position, key), one.at
        else:
            entry = tuple(line[column] for column in COLUMNS)
            found, ends_at = walk([(line["seq"], line["hash"], entry)], position), ""
            entries += 1
        if isinstance(found, Misfit):
            return Found(practice, head["public_key"], entries, found)
        position = found
    # What was cut off at its end does not end with the checkpoint that was made for it.
    whole = ends_at == head["exported_at"]
    broken = None if whole else Misfit(position.seq + 1, "missing")
    return Found(practice, head["public_key"], entries, broken)


def _checkpoint(practice: str, plain: dict[str, Any]) -> Checkpoint:
    return Checkpoint(
        practice=practice,
        position=Position(plain["seq"], plain["hash"]),
        at=plain["at"],
        removes=plain["removes"],
        signature=base64.b64decode(plain["signature"], validate=True),
    )
