"""Where sealed files lie: one folder per practice and client under the data folder.

A file is written beside its place (`.part`) and moved there when all of it has arrived. Whatever
was told to have arrived is on the disk: each piece is synced before its row says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_BLOCK = 65_536


def folder_of(practice_id: uuid.UUID, client_id: uuid.UUID) -> Path:
    """The folder of one client's files; it need not be there."""
    return Path(settings.DATA_DIR) / "files" / "vault" / str(practice_id) / str(client_id)


def folder_of_thread(practice_id: uuid.UUID, thread_id: uuid.UUID) -> Path:
    """The folder of one thread's files; it need not be there."""
    return Path(settings.DATA_DIR) / "files" / "threads" / str(practice_id) / str(thread_id)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Write a piece of what is still arriving, and sync it. What follows it is cut off."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = _part(path)
    if path.exists() and not part.exists():
        path.replace(part)  # moved into place, and killed before its row said so
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.seek(offset)
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def arrived(path: Path) -> int:
    """Bytes that are there of what is still arriving."""
    for each in (_part(path), path):
        if each.exists():
            return each.stat().st_size
    return 0


def finish(path: Path, sha256: bytes) -> bool:
    """Move into place what has arrived, if it is what was announced; else throw it away."""
    part = _part(path)
    with part.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").digest() == sha256
    if not whole:
        part.unlink()
        return False
    part.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return True


def remove(path: Path) -> None:
    """Take a file away, finished or not; safe to run twice."""
    path.unlink(missing_ok=True)
    _part(path).unlink(missing_ok=True)


def keep_only(folder: Path, names: set[str]) -> None:
    """Remove every file of a folder that is not named."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.removesuffix(".part") not in names:
            path.unlink(missing_ok=True)


def remove_folder(practice_id: uuid.UUID, client_id: uuid.UUID) -> None:
    """Everything of one client; safe to run twice."""
    remove_tree(folder_of(practice_id, client_id))


def remove_tree(folder: Path) -> None:
    """A folder with all that is in it; safe to run twice."""
    if folder.is_dir():
        shutil.rmtree(folder)


def blocks(path: Path, first: int, last: int) -> Iterator[bytes]:
    """The bytes from `first` to `last`, both included."""
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            left -= len(block)
            yield block
