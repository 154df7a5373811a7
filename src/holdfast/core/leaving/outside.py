"""The list of deletions that lies outside every backup, so that a restore can do them again.

One JSON object a line, only ever added to: identifiers without a name. It stands in the data folder
and, where `HOLDFAST_BACKUP_DIR` names one, beside the backups; `holdfast backup` brings both
together.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.core.identity.erasure import Subject

NAME = "erasures.jsonl"
#: In the data folder from a restore until its deletions were done again: nothing is served.
DUE = "erasures-due"


class ListDamaged(Exception):
    """A line of the list cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Erasure:
    """One account that was deleted. `receipt` is the hash of the person's reference, or empty."""

    user_id: uuid.UUID
    at: datetime
    receipt: str = ""

    def to_line(self) -> str:
        """Written as it is read by `read`."""
        values = {"user": str(self.user_id), "at": self.at.isoformat(), "receipt": self.receipt}
        return json.dumps(values) + "\n"


def read(path: Path) -> list[Erasure]:
    """The list in its order, each account once; empty where there is no file.

    Raises ListDamaged. A last line that was cut off by a crash is left out: whoever wrote it did
    not come to the end, and writes it again.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    found: dict[uuid.UUID, Erasure] = {}
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if not line.endswith("\n"):
            break
        try:
            values = json.loads(line)
            user = uuid.UUID(values["user"])
            at = datetime.fromisoformat(values["at"])
            found.setdefault(user, Erasure(user, at, str(values["receipt"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ListDamaged(f"{path}, line {number}: no deletion that can be read.") from error
    return list(found.values())


def append(path: Path, entries: Iterable[Erasure]) -> None:
    """Add those that are not in it; on return they are on the disk. Raises OSError, ListDamaged."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        there = {one.user_id for one in read(path)}
        file.seek(0, os.SEEK_END)
        if _cut_off(path):
            file.truncate(path.read_bytes().rfind(b"\n") + 1)
        lines = [one.to_line() for one in entries if one.user_id not in there]
        file.write("".join(lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _cut_off(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")


def own_list() -> Path:
    """The one in the data folder."""
    from django.conf import settings

    return Path(settings.DATA_DIR) / NAME


def beside_backups() -> Path | None:
    """The one beside the backups, where the settings say where these go."""
    folder = os.environ.get("HOLDFAST_BACKUP_DIR")
    return Path(folder) / NAME if folder else None


def put_on_the_list(subject: Subject) -> None:
    """The erasing step of backups. Raises OSError while the backups' folder cannot be written."""
    from holdfast.core.leaving.models import Departure

    left = Departure.objects.get(user_id=subject.user_id)
    entry = Erasure(left.user_id, left.requested_at, left.receipt_hash)
    append(own_list(), [entry])
    beside = beside_backups()
    # Where the service may not write there, `holdfast backup` has brought it over meanwhile.
    if beside is not None and entry.user_id not in {one.user_id for one in read(beside)}:
        append(beside, [entry])


def due() -> Path:
    """Marks a restored installation whose deletions were not done again yet."""
    return own_list().with_name(DUE)
