"""Django's `migrate`, which makes SQLite's file where there is none: nothing else may.

A new database is made by an executor of our own, in a tenth of the time.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from holdfast.core.first_migration import Executor
from holdfast.core.sqlite import create_sqlite_file, sqlite_file

#: Django's command names the class itself and asks for none.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's own, whose checks already open the database. One in memory has no file."""
        connection = connections[options["database"]]
        name = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite" and "mode=rw" in name:
            create_sqlite_file(sqlite_file(name))
        done: str | None = super().execute(*args, **options)
        return done
