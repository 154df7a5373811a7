"""Make a backup: dump, pack, encrypt, open again and compare, and only then give it its name."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import holdfast
from holdfast.cli.archive import container, latest, manifest, postgresql, sqlite
from holdfast.cli.archive.errors import BackupFault
from holdfast.cli.archive.manifest import Entry, Manifest
from holdfast.core.crypto import master_key
from holdfast.core.crypto.master_key import MasterKeyFault, Source
from holdfast.core.leaving import outside

STAGING = ".backup-"
FILES = "files"
INSTRUMENTS = "instruments"


@dataclass(frozen=True)
class Place:
    """Where an installation keeps what a backup holds.

    `sqlite` is the database's file, or `url` the PostgreSQL server's address; one of the two.
    `instruments` is set when the packs lie outside the data folder. `master` holds the master key.
    """

    data: Path
    secrets: Path
    sqlite: Path | None
    url: str
    instruments: Path | None
    master: Source


@dataclass(frozen=True)
class Made:
    """A finished backup; `keys` is where the installation's keys went, if they were asked for."""

    archive: Path
    keys: Path | None
    manifest: Manifest


def place() -> Place:
    """The installation that the environment names; touches nothing and needs no Django."""
    from holdfast.config.environment import database
    from holdfast.core.sqlite import sqlite_file

    data = Path(os.environ.get("HOLDFAST_DATA_DIR", "var")).resolve()
    settings = database(data)
    on_sqlite = str(settings["ENGINE"]).endswith("sqlite3")
    packs = os.environ.get("HOLDFAST_INSTRUMENTS_DIR")
    secrets = Path(os.environ.get("HOLDFAST_SECRETS_FILE", data / "secrets.json")).resolve()
    outside = packs is not None and not Path(packs).resolve().is_relative_to(data)
    return Place(
        data=data,
        secrets=secrets,
        sqlite=sqlite_file(str(settings["NAME"])) if on_sqlite else None,
        url="" if on_sqlite else os.environ["HOLDFAST_DATABASE_URL"],
        instruments=Path(packs).resolve() if packs and outside else None,
        master=_master(secrets),
    )


def _master(secrets: Path) -> Source:
    try:
        return master_key.source(secrets)
    except MasterKeyFault as fault:
        raise BackupFault(str(fault)) from fault


def make_backup(to: Path, recipient: str, keys_to: Path | None = None) -> Made:
    """Write one encrypted, verified file into the folder `to` while the practice goes on working.

    Every answer acknowledged before `manifest.taken_at` is in it. `keys_to` is another folder,
    for the installation's keys; with one of the two alone nobody can read names. Raises
    BackupFault; then nothing was left behind.
    """
    here = place()
    reader = container.recipient(recipient)
    _refuse_bad_folders(here, to, keys_to)
    # Known to this run alone: opens what was written, to see that it can be opened.
    witness = container.new_identity()
    with _staging(here.data) as staging, _room_explained():
        contents = staging / "contents"
        contents.mkdir()
        told = _gather(here, contents)
        stamp = told.taken_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        archive = _unused(to / f"holdfast-{stamp}.backup")
        paths = [manifest.NAME, *(entry.path for entry in told.files)]
        container.pack(contents, paths, staging / "packed")
        shutil.rmtree(contents)
        with _part_of(archive) as part:
            container.encrypt(staging / "packed", part, [reader, witness.to_public()])
            (staging / "packed").unlink()
            verify(part, witness, staging)
        keys = None
        if keys_to is not None:
            keys = _unused(keys_to / f"holdfast-{stamp}.keys")
            plain = staging / "plain"
            master_key.replace(plain, _keys_text(here))
            with _part_of(keys) as part:
                container.encrypt(plain, part, [reader, witness.to_public()])
                container.decrypt(part, staging / "keys", witness)
                if (staging / "keys").read_bytes() != plain.read_bytes():
                    raise BackupFault("The file of keys is not as it was written.")
            plain.unlink()
    bring_lists_together(here.data, to)
    latest.write(latest.LastBackup(told.taken_at, str(archive)))
    return Made(archive, keys, told)


def bring_lists_together(data: Path, to: Path) -> None:
    """The list of deletions in the data folder, and the one beside the backups: both hold all."""
    own, beside = data / outside.NAME, to / outside.NAME
    try:
        outside.append(beside, outside.read(own))
        outside.append(own, outside.read(beside))
    except OSError as error:
        raise BackupFault(
            f"{error.filename or beside} cannot be written: {error.strerror}"
        ) from error
    except outside.ListDamaged as error:
        raise BackupFault(f"The list of deletions is damaged. {error}") from error


def verify(archive: Path, by: container.Identity, staging: Path) -> Manifest:
    """Open a backup and look at all that is in it. Raises BackupFault."""
    opened = Path(tempfile.mkdtemp(dir=staging))
    try:
        told = container.open_archive(archive, by, opened)
        if told.database == "sqlite":
            sqlite.check(opened / sqlite.FILE, told.rows)
        else:
            postgresql.check(opened / postgresql.FILE, told.rows)
        return told
    finally:
        shutil.rmtree(opened, ignore_errors=True)


def _refuse_bad_folders(here: Place, to: Path, keys_to: Path | None) -> None:
    for folder in (to, keys_to):
        if folder is None:
            continue
        if folder.resolve().is_relative_to(here.data):
            raise BackupFault(
                f"{folder} lies in the data folder: what loses one loses both. Name another disk."
            )
        if not folder.is_dir():
            raise BackupFault(f"{folder} is no folder. Make it, or mount its disk.")
    if keys_to is not None and keys_to.resolve() == to.resolve():
        raise BackupFault("Keys are kept apart: name another folder for them than for backups.")


def _unused(path: Path) -> Path:
    if path.exists():
        raise BackupFault(f"{path} is there already. Wait a second and try again.")
    return path


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """A folder beside the database, which is as readable as that; gone afterwards."""
    if not data.is_dir():
        raise BackupFault(f"There is no data folder {data}.")
    for left in data.glob(f"{STAGING}*"):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=data))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _room_explained() -> Iterator[None]:
    from holdfast.core.faults import StorageFull, fault_of

    try:
        yield
    except OSError as error:
        room = isinstance(fault_of(error), StorageFull)
        why = "there is no room on its disk" if room else f"{error.strerror}: {error.filename}"
        raise BackupFault(
            f"The backup was not made: {why}. It needs room for the database twice in the data"
            " folder, and once where it goes."
        ) from error


@contextmanager
def _part_of(path: Path) -> Iterator[Path]:
    """Where to write; becomes `path` in one step when all went well, and is gone otherwise."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        part.unlink(missing_ok=True)


def _gather(here: Place, contents: Path) -> Manifest:
    """The database first: a file that a row names is written before the row."""
    if here.sqlite is not None:
        taken_at = datetime.now(UTC)
        dump = contents / sqlite.FILE
        sqlite.dump(here.sqlite, dump)
        rows, migrations = sqlite.rows(dump), sqlite.migrations(dump)
    else:
        dump = contents / postgresql.FILE
        taken_at, rows, migrations = postgresql.dump(here.url, dump, lambda: datetime.now(UTC))
    for source, name in _files(here):
        target = contents / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:
            continue  # a message that was delivered meanwhile
    paths = sorted(path for path in contents.rglob("*") if path.is_file())
    entries = (Entry(str(path.relative_to(contents)), *manifest.digest(path)) for path in paths)
    told = Manifest(
        taken_at=taken_at,
        made_by=holdfast.__version__,
        database="sqlite" if here.sqlite is not None else "postgresql",
        keys=_master_name(here),
        rows=rows,
        migrations=tuple(migrations),
        files=tuple(entries),
    )
    (contents / manifest.NAME).write_text(told.to_json(), encoding="utf-8")
    return told


def _master_name(here: Place) -> str:
    """Of the master key in use. Raises BackupFault."""
    try:
        return here.master.keepers()[0].name
    except MasterKeyFault as fault:
        raise BackupFault(str(fault)) from fault


def _keys_text(here: Place) -> str:
    """The secrets file with the master keys, wherever they are kept; of a KMS the name alone."""
    text = here.secrets.read_text(encoding="utf-8")
    if here.master.kind == "secrets":
        return text
    values = json.loads(text)
    try:
        held = [b64encode(one).decode() for one in here.master.secrets()]
    except MasterKeyFault as fault:
        raise BackupFault(str(fault)) from fault
    if held:
        values |= {"master_key": held[0], "previous_master_keys": held[1:]}
    else:
        values["master_key_name"] = _master_name(here)
    return json.dumps(values)


def master_names(secrets: str) -> set[str]:
    """Of the master keys in the text of a file of keys. Raises BackupFault where it has none."""
    try:
        values = json.loads(secrets)
        if "master_key_name" in values:
            return {values["master_key_name"]}
        held = [values["master_key"], *values.get("previous_master_keys", [])]
        return {master_key.fingerprint(b64decode(one)) for one in held}
    except (ValueError, KeyError, TypeError) as error:
        raise BackupFault("The file of keys holds no master key.") from error


def _files(here: Place) -> Iterator[tuple[Path, str]]:
    """Every file of the practice beside database and keys, and its name in the archive."""
    # The list of deletions lies outside every backup: it says what to forget of them.
    not_ours = {here.secrets, here.data / latest.NAME, here.master.path}
    not_ours |= {here.data / outside.NAME, here.data / outside.DUE}
    if here.sqlite is not None:
        ending = ("", "-wal", "-shm", "-journal")
        not_ours |= {here.sqlite.with_name(here.sqlite.name + one) for one in ending}
    for path in sorted(here.data.rglob("*")):
        relative = path.relative_to(here.data)
        ordinary = path.is_file() and not path.is_symlink() and path not in not_ours
        if ordinary and not relative.parts[0].startswith(STAGING):
            yield path, f"{FILES}/{relative}"
    if here.instruments is not None:
        for path in sorted(here.instruments.rglob("*")):
            if path.is_file():
                yield path, f"{INSTRUMENTS}/{path.relative_to(here.instruments)}"
