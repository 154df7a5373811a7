"""SQLite's file. Opening the database never makes it (`config.environment.sqlite` says why)."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def sqlite_file(name: str) -> Path:
    """The file behind Django's NAME, which is a `file:` address."""
    return Path(unquote(urlsplit(name).path))


def create_sqlite_file(path: Path) -> None:
    """An empty database file that only its owner can read, unless there is one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
