"""When this installation was last backed up: one small file in the data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from holdfast.config.environment import data_dir

NAME = "last-backup.json"


@dataclass(frozen=True)
class LastBackup:
    """The last backup that was made and found whole."""

    taken_at: datetime
    archive: str


def read() -> LastBackup | None:
    """None where there was never one."""
    try:
        text = (data_dir() / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    kept = json.loads(text)
    return LastBackup(datetime.fromisoformat(kept["taken_at"]), kept["archive"])


def write(made: LastBackup) -> None:
    """Replaced in one step: whoever reads sees the old or the new."""
    path: Path = data_dir() / NAME
    part = path.with_suffix(".part")
    part.write_text(
        json.dumps({"taken_at": made.taken_at.isoformat(), "archive": made.archive}),
        encoding="utf-8",
    )
    part.replace(path)
