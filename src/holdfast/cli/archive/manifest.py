"""What a backup says of itself: by this it is checked after writing and before it is put back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from holdfast.cli.archive.errors import BackupFault

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One file of the archive: its path there, its SHA-256 and its length in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """`taken_at`: every answer acknowledged before it is in. `database`: sqlite or postgresql.

    `rows` is the number of rows per table, `migrations` the names of all that were applied, `keys`
    the fingerprint of the master key without which sealed fields cannot be read.
    """

    taken_at: datetime
    made_by: str
    database: str
    keys: str
    rows: dict[str, int]
    migrations: tuple[str, ...]
    files: tuple[Entry, ...]

    def to_json(self) -> str:
        """Written as it is read by `parse`."""
        values = asdict(self) | {"format": FORMAT, "taken_at": self.taken_at.isoformat()}
        return json.dumps(values, indent=1)


def parse(text: str) -> Manifest:
    """Raises BackupFault for what is no manifest, or one of a later format."""
    try:
        values = json.loads(text)
        if values.pop("format") != FORMAT:
            raise BackupFault(
                "This backup was made by a later version of Holdfast. Install that version first."
            )
        values["files"] = tuple(Entry(**entry) for entry in values["files"])
        values["migrations"] = tuple(values["migrations"])
        values["taken_at"] = datetime.fromisoformat(values["taken_at"])
        return Manifest(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise BackupFault("The backup holds no list of its contents that can be read.") from error


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 and length of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size
