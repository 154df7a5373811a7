"""Put a backup back onto an empty machine: looked at whole first, then moved into place."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import holdfast
from holdfast.cli.archive import container, postgresql, sqlite
from holdfast.cli.archive.errors import BackupFault
from holdfast.cli.archive.make import FILES, INSTRUMENTS, Place, master_names, place
from holdfast.cli.archive.manifest import Manifest
from holdfast.core.crypto import master_key
from holdfast.core.crypto.master_key import MasterKeyFault
from holdfast.core.leaving import outside
from holdfast.core.leaving.outside import Erasure

STAGING = ".restoring-"


def restore(archive: Path, key: Path, keys: Path | None, erasures: list[Erasure]) -> Manifest:
    """Restore into the folder and database that the environment names; both must be empty.

    `key` is the private half of the backup key, `keys` the file of the installation's keys; without
    it they must be in place already. `erasures` are the deletions to do again
    (`core.leaving.restored`): until that is done, the folder is marked and nothing serves it.
    Raises BackupFault; then nothing was changed.
    """
    here = place()
    by = container.identity(key)
    _refuse_unless_empty(here)
    existed = here.data.is_dir()
    here.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=here.data))
    try:
        told = _look_through(here, archive, by, keys, staging)
        _mark(here, erasures)
        try:
            _put_in_place(here, told, staging)
        except BackupFault:
            _unmark(here)
            raise
        return told
    except OSError as error:
        raise BackupFault(f"Nothing was restored: {error.strerror}: {error.filename}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not existed and not any(here.data.iterdir()):
            here.data.rmdir()


def list_of_erasures(archive: Path, named: Path | None) -> list[Erasure]:
    """The deletions to do again: in the file that was named, or in the list beside the archive.

    Raises BackupFault where there is none: who had left would be back.
    """
    path = named or archive.with_name(outside.NAME)
    if not path.is_file():
        raise BackupFault(
            f"There is no list of deletions {path}: without it people who left since this backup"
            " would be back. Name it with --erasures FILE (holdfast backup keeps it beside the"
            f" backups as {outside.NAME}), or say --no-erasures where nobody has ever left."
        )
    try:
        return outside.read(path)
    except outside.ListDamaged as error:
        raise BackupFault(f"The list of deletions is damaged. {error}") from error


def _mark(here: Place, erasures: list[Erasure]) -> None:
    """Before anything is in place: a restore that is killed half-way is marked, too."""
    outside.append(here.data / outside.NAME, erasures)
    (here.data / outside.DUE).touch()


def _unmark(here: Place) -> None:
    for name in (outside.NAME, outside.DUE):
        (here.data / name).unlink(missing_ok=True)


def _refuse_unless_empty(here: Place) -> None:
    own = {here.secrets, here.data / "lost+found"}
    there = [path for path in here.data.iterdir() if path not in own] if here.data.is_dir() else []
    if here.sqlite is not None and here.sqlite.exists():
        there.append(here.sqlite)
    if there:
        raise BackupFault(
            f"{here.data} is not empty ({there[0].name}), so nothing was restored. Move what is"
            " there aside, or name an empty folder in HOLDFAST_DATA_DIR."
        )
    if here.sqlite is None:
        postgresql.refuse_unless_empty(here.url)


def _look_through(
    here: Place, archive: Path, by: container.Identity, keys: Path | None, staging: Path
) -> Manifest:
    """All that can be wrong is found here, before anything is put in place."""
    contents = staging / "contents"
    contents.mkdir()
    told = container.open_archive(archive, by, contents)
    ours = "sqlite" if here.sqlite is not None else "postgresql"
    if told.database != ours:
        raise BackupFault(
            f"This backup is of {told.database}, and HOLDFAST_DATABASE_URL names {ours}."
        )
    if _version(told.made_by) > _version(holdfast.__version__):
        raise BackupFault(
            f"This backup was made by Holdfast {told.made_by}, and this is"
            f" {holdfast.__version__}. Install that version first."
        )
    if told.database == "sqlite":
        sqlite.check(contents / sqlite.FILE, told.rows)
    else:
        postgresql.check(contents / postgresql.FILE, told.rows)
    _look_at_keys(here, told, by, keys, staging)
    return told


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _is_elsewhere(here: Place) -> bool:
    """Whether the master key is here already and comes from no file that a restore writes."""
    return not here.master.writable or (here.master.path is not None and here.master.path.exists())


def _names_in_place(here: Place) -> set[str]:
    try:
        return {keeper.name for keeper in here.master.keepers()}
    except MasterKeyFault as fault:
        raise BackupFault(str(fault)) from fault


def _look_at_keys(
    here: Place, told: Manifest, by: container.Identity, keys: Path | None, staging: Path
) -> None:
    unsealed = staging / "secrets.json"
    if keys is not None:
        if here.secrets.exists():
            raise BackupFault(f"{here.secrets} is there already; restore without --keys.")
        if not keys.is_file():
            raise BackupFault(f"{keys}: no such file")
        container.decrypt(keys, unsealed, by)
    elif not here.secrets.is_file():
        raise BackupFault(
            "Without the installation's keys names and notes cannot be read. Add --keys FILE, or"
            f" put the secrets file to {here.secrets}."
        )
    held = set() if keys is None else master_names(unsealed.read_text(encoding="utf-8"))
    if keys is None or _is_elsewhere(here):
        # What is in place is what the server will use; it has to be the one, too.
        held = _names_in_place(here)
    if told.keys not in held:
        raise BackupFault("These are not the keys that this backup belongs to.")


def _put_in_place(here: Place, told: Manifest, staging: Path) -> None:
    contents = staging / "contents"
    if here.sqlite is None:
        postgresql.restore(here.url, contents / postgresql.FILE, told.rows)
    files = contents / FILES
    for path in sorted(files.iterdir()) if files.is_dir() else []:
        path.replace(here.data / path.name)
    packs = contents / INSTRUMENTS
    if packs.is_dir():
        target = here.instruments or here.data / INSTRUMENTS
        shutil.copytree(packs, target, dirs_exist_ok=True)
    if here.sqlite is not None:
        here.sqlite.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (contents / sqlite.FILE).chmod(0o600)
        shutil.move(contents / sqlite.FILE, here.sqlite)
    unsealed = staging / "secrets.json"
    if unsealed.exists():
        _write_keys(here, json.loads(unsealed.read_text(encoding="utf-8")))


def _write_keys(here: Place, values: dict[str, Any]) -> None:
    """The secrets file, and the master keys to where the environment wants them."""
    if here.master.kind == "secrets":
        _write_secrets(here.secrets, json.dumps(values).encode())
        return
    texts = [values.pop("master_key", ""), *values.pop("previous_master_keys", [])]
    if here.master.path is not None and not here.master.path.exists():
        master_key.create_file(here.master.path, [b64decode(one) for one in texts if one])
    _write_secrets(here.secrets, json.dumps(values).encode())


def _write_secrets(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
