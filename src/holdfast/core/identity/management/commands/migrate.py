"""Django's `migrate`, which makes SQLite's file where there is none: nothing else may."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as DjangosCommand
from django.db import connections

from holdfast.core.sqlite import create_sqlite_file, sqlite_file


class Command(DjangosCommand):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django's own, whose checks already open the database. One in memory has no file."""
        connection = connections[options["database"]]
        name = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite" and "mode=rw" in name:
            create_sqlite_file(sqlite_file(name))
        done: str | None = super().execute(*args, **options)
        return done
