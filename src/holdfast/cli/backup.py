"""`holdfast backup`, `backup-key`, `backup-check`, `restore` and `upgrade`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.server import fail, forget_again, migrate, start_django, unapplied_migrations

if TYPE_CHECKING:
    from holdfast.cli.archive.make import Made
    from holdfast.cli.archive.manifest import Manifest

To = Annotated[
    Path | None,
    typer.Option("--to", envvar="HOLDFAST_BACKUP_DIR", help="Folder for backups; another disk."),
]
Recipient = Annotated[
    str,
    typer.Option(
        envvar="HOLDFAST_BACKUP_RECIPIENT", help="Whom it is encrypted to (age1...): backup-key."
    ),
]
KeysTo = Annotated[
    Path | None,
    typer.Option(
        "--keys-to",
        envvar="HOLDFAST_BACKUP_KEYS_DIR",
        help="Another folder, for the installation's keys.",
    ),
]
Key = Annotated[Path, typer.Option("--key", help="The private backup key's file.")]
Archive = Annotated[Path, typer.Argument(help="A file that holdfast backup wrote.")]


def backup_key_command(
    file: Annotated[Path, typer.Argument(help="Where to; not on this machine's disk for long.")],
) -> None:
    """Make a backup key: the private half into FILE, the public half printed."""
    from holdfast.cli.archive import container
    from holdfast.cli.archive.make import place

    if file.resolve().is_relative_to(place().data):
        fail(f"{file} lies in the data folder: whoever takes that has both. Name another place.")
    made = container.new_identity()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(f"# public key: {made.to_public()}\n{made}\n")
    typer.echo(f"Keep {file} away from this machine: only with it can a backup be opened.")
    typer.echo("Set on this machine:")
    typer.echo(f"HOLDFAST_BACKUP_RECIPIENT={made.to_public()}")


def backup_command(
    to: To = None,
    recipient: Recipient = "",
    keys_to: KeysTo = None,
    keep: Annotated[
        int, typer.Option(min=0, help="Remove all but the newest N of the folder; 0 keeps all.")
    ] = 0,
) -> None:
    """Write an encrypted, verified backup of database and files while the practice works."""
    made = _make(to, recipient, keys_to)
    typer.echo(f"{made.archive}: {_contents(made.manifest)}")
    if made.keys is None:
        typer.echo("The installation's keys are not in it: --keys-to FOLDER writes them elsewhere.")
    else:
        typer.echo(f"{made.keys}: the installation's keys")
    if keep:
        for old in sorted(made.archive.parent.glob("holdfast-*.backup"))[:-keep]:
            old.unlink()


def _make(to: Path | None, recipient: str, keys_to: Path | None) -> Made:
    from holdfast.cli.archive.errors import BackupFault
    from holdfast.cli.archive.make import make_backup

    if to is None:
        fail("Where to? Give --to FOLDER, or set HOLDFAST_BACKUP_DIR.")
    if not recipient:
        fail(
            "For whom? Run holdfast backup-key once, then give --recipient age1... or set"
            " HOLDFAST_BACKUP_RECIPIENT."
        )
    try:
        return make_backup(to, recipient, keys_to)
    except BackupFault as fault:
        fail(str(fault))


def _contents(told: Manifest) -> str:
    total = sum(told.rows.values())
    return (
        f"{total:,} rows in {len(told.rows)} tables and {len(told.files) - 1} files as of"
        f" {told.taken_at.isoformat()}"
    )


def backup_check_command(archive: Archive, key: Key) -> None:
    """Open a backup and look at all that is in it, changing nothing."""
    import tempfile

    from holdfast.cli.archive import container
    from holdfast.cli.archive.errors import BackupFault
    from holdfast.cli.archive.make import verify

    try:
        with tempfile.TemporaryDirectory() as staging:
            told = verify(archive, container.identity(key), Path(staging))
    except BackupFault as fault:
        fail(str(fault))
    typer.echo(f"{archive} is whole: {_contents(told)}")


def restore_command(
    archive: Archive,
    key: Key,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The file of the installation's keys.")
    ] = None,
    erasures: Annotated[
        Path | None,
        typer.Option("--erasures", help="The list of deletions, if it is not beside the backup."),
    ] = None,
    no_erasures: Annotated[
        bool, typer.Option("--no-erasures", help="There is no list: nobody has ever left.")
    ] = False,
) -> None:
    """Put a backup back onto an empty machine, and do again the deletions made since."""
    from holdfast.cli.archive.errors import BackupFault
    from holdfast.cli.archive.restore import list_of_erasures, restore

    try:
        again = [] if no_erasures else list_of_erasures(archive, erasures)
        told = restore(archive, key, keys, again)
    except BackupFault as fault:
        fail(str(fault))
    typer.echo(f"Restored {_contents(told)}.")
    start_django()
    missing = unapplied_migrations()
    if missing:
        typer.echo(f"It lacks {len(missing)} migration(s). Then: holdfast upgrade")
    else:
        forget_again()
    typer.echo("Then: holdfast doctor, and holdfast serve")


def upgrade_command(to: To = None, recipient: Recipient = "", keys_to: KeysTo = None) -> None:
    """Back up, then bring the database to the present schema; a new one is just made."""
    from holdfast.cli.archive.make import place

    new = not place().secrets.exists()
    start_django()
    from django.db import Error, connection

    if new:
        migrate()
        return
    missing = unapplied_migrations()
    if not missing:
        forget_again()
        typer.echo("Nothing to do: the database has every migration.")
        return
    if not connection.introspection.table_names():
        migrate()
        return
    typer.echo(f"{len(missing)} migration(s) to apply, the first is {missing[0]}. Backing up ...")
    made = _make(to, recipient, keys_to)
    typer.echo(f"{made.archive}: {_contents(made.manifest)}")
    try:
        migrate()
    except Error as error:
        fail(f"The upgrade failed ({type(error).__name__}). {_way_back(made)}")
    except BaseException:  # a Ctrl+C half way needs the way back as much; it goes on from here
        typer.secho(f"The upgrade failed. {_way_back(made)}", fg=typer.colors.RED, err=True)
        raise
    forget_again()
    typer.echo("Upgraded.")


def _way_back(made: Made) -> str:
    keys = f" --keys {shlex.quote(str(made.keys))}" if made.keys else ""
    return (
        "Nothing is lost: install the version from before, move the data folder and the database"
        f" aside, then run: holdfast restore {shlex.quote(str(made.archive))}"
        f" --key BACKUP-KEY{keys}"
    )
