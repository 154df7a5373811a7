"""The file around a backup: a compressed tar, encrypted to an age recipient."""

from __future__ import annotations

import os
import tarfile
import zlib
from pathlib import Path
from typing import Any, TypeAlias

import pyrage

from holdfast.cli.archive import manifest
from holdfast.cli.archive.errors import BackupFault
from holdfast.cli.archive.manifest import Entry, Manifest

#: pyrage tells no types; these are its `x25519.Recipient` and `x25519.Identity`.
Recipient: TypeAlias = Any
Identity: TypeAlias = Any


def recipient(text: str) -> Recipient:
    """The public half that backups are encrypted to, such as `age1...`."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise BackupFault(
            "That is no age recipient; it starts with age1. Run: holdfast backup-key FILE"
        ) from error


def new_identity() -> Identity:
    """A fresh private half; `to_public()` is its recipient."""
    return pyrage.x25519.Identity.generate()


def identity(path: Path) -> Identity:
    """The private half, from the file that `holdfast backup-key` (or age-keygen) wrote."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupFault(f"{path} cannot be read as a backup key.") from error
    for line in lines:
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise BackupFault(f"{path} holds no backup key: no line AGE-SECRET-KEY-...")


def pack(folder: Path, paths: list[str], target: Path) -> None:
    """Write the files below `folder` that `paths` names into a compressed tar."""
    with tarfile.open(target, "w:gz", compresslevel=3) as tar:
        for path in paths:
            tar.add(folder / path, arcname=path, recursive=False)


def encrypt(source: Path, target: Path, to: list[Recipient]) -> None:
    """Encrypt a file in pieces; on return it is on the disk."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as plain, os.fdopen(descriptor, "wb") as sealed:
        pyrage.encrypt_io(plain, sealed, to)
        sealed.flush()
        os.fsync(sealed.fileno())


def decrypt(source: Path, target: Path, by: Identity) -> None:
    """Raises BackupFault when the key is another's, or a byte is not as it was written."""
    try:
        with source.open("rb") as sealed, target.open("wb") as plain:
            pyrage.decrypt_io(sealed, plain, [by])
    except pyrage.DecryptError as error:
        raise BackupFault(
            f"{source} cannot be decrypted: it is damaged, no backup, or made for another key."
        ) from error
    except OSError as error:
        # Damage beyond the head shows while reading on; a full disk shows here as well.
        raise BackupFault(
            f"{source} cannot be decrypted to its end: it is damaged or cut off"
            f" ({error.strerror or 'its seal is broken'})."
        ) from error


def open_archive(source: Path, by: Identity, folder: Path) -> Manifest:
    """Decrypt and unpack a backup into the empty `folder`; every file is as it was written.

    Raises BackupFault otherwise, whatever is wrong with it.
    """
    if not source.is_file():
        raise BackupFault(f"{source}: no such file")
    packed = folder / "packed"
    decrypt(source, packed, by)
    try:
        with tarfile.open(packed, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise BackupFault(f"{source} cannot be unpacked: {error}") from error
    packed.unlink()
    try:
        text = (folder / manifest.NAME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupFault(f"{source} is no backup of Holdfast.") from error
    told = manifest.parse(text)
    for entry in told.files:
        _compare(folder, entry)
    return told


def _compare(folder: Path, entry: Entry) -> None:
    path = folder / entry.path
    if not path.is_file() or manifest.digest(path) != (entry.sha256, entry.size):
        raise BackupFault(f"The backup's {entry.path} is not as it was written.")
