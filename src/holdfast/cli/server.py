"""What every command that needs the server does first."""

from __future__ import annotations

import os
from typing import NoReturn

import typer


def fail(reason: str) -> NoReturn:
    """Print why, and end with status 2 as every refused input does."""
    typer.secho(reason, fg=typer.colors.RED, err=True)
    raise typer.Exit(2)


def start_django() -> None:
    """Set Django up, or end the command with the reason why it cannot be."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
    try:
        import django
    except ModuleNotFoundError:
        fail("This command needs the server's parts. Run: pip install 'holdfast[server]'")
    from holdfast.config.environment import ConfigurationError

    try:
        django.setup()
    except ConfigurationError as error:
        fail(str(error))


def unapplied_migrations() -> list[str]:
    """The names of migrations that the database has not seen; ends the command without one."""
    from django.db import InterfaceError, OperationalError

    from holdfast.config.readiness import unapplied_migrations as unapplied

    try:
        return unapplied()
    except (OperationalError, InterfaceError) as error:
        why, advice = unreadable(error)
        fail(f"The database cannot be read: {why}. {advice}")


def start_with_database() -> None:
    """Set Django up on a database that is there and has every migration, or end the command."""
    start_django()
    refuse_missing(unapplied_migrations())


def refuse_missing(migrations: list[str]) -> None:
    """End the command where the database lacks migrations, with what to do."""
    if migrations:
        fail(
            f"The database lacks {len(migrations)} migration(s), the first is {migrations[0]}."
            " Run: holdfast upgrade, which backs up and then migrates (holdfast migrate where you"
            " have a backup already, holdfast init for a new installation)"
        )


def unreadable(error: Exception) -> tuple[str, str]:
    """Why the database cannot be read, and what to do."""
    from django.db import connection

    from holdfast.core.faults import StorageFull, fault_of
    from holdfast.core.sqlite import sqlite_file

    if isinstance(fault_of(error), StorageFull):
        return "the disk is full", "Make room on it, then start again."
    if connection.vendor == "sqlite":
        path = sqlite_file(str(connection.settings_dict["NAME"]))
        if not path.exists():
            return f"there is no file {path}", (
                "If its disk is not mounted, mount it. Run holdfast init (or holdfast migrate) for"
                " a new installation, holdfast restore after a loss."
            )
        return str(error), "See docs/how-to/when-things-break.md."
    return "the server does not answer", "Is it running, and is HOLDFAST_DATABASE_URL right?"


def make_database_file() -> None:
    """SQLite's file where there is none."""
    from django.db import connection

    from holdfast.core.sqlite import create_sqlite_file, sqlite_file

    if connection.vendor == "sqlite":
        create_sqlite_file(sqlite_file(str(connection.settings_dict["NAME"])))


def forget_again() -> None:
    """After a restore: do the deletions made since the backup, or end the command.

    Every command that serves or migrates calls it; without a restore before it, it does nothing.
    """
    from holdfast.core.leaving import outside, restored

    if not restored.is_due():
        return
    try:
        again = restored.forget_again()
    except outside.ListDamaged as error:
        fail(f"The list of deletions is damaged. {error}")
    if again.left:
        fail(
            f"{again.left} deletions since the backup could not be done again, so nothing is"
            " served. Look at the log, then start once more."
        )
    typer.echo(f"Deletions made since the backup: {again.accounts} accounts removed again.")


def migrate(*, quiet: bool = False) -> None:
    """Bring the database to the present schema; makes SQLite's file where there is none."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
