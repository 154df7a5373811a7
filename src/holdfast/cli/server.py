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
    """The names of migrations that the database has not seen."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(*, quiet: bool = False) -> None:
    """Bring the database to the present schema."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
