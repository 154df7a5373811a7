"""A new database is made quickly, and is the one that Django's own way makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli.installation import ROOT, Installation, new_database

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive]

#: Our command, with the executor that Django's command has by itself.
DJANGOS_OWN = """
import django
django.setup()
from django.core.management import call_command
from holdfast.core.identity.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
migrate.migrate.MigrationExecutor = MigrationExecutor
call_command("migrate", verbosity=0)
"""
ON_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master"
ON_POSTGRESQL = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef
  FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE NOT tgisinternal
"""


def schema(installation: Installation) -> list[tuple[object, ...]]:
    return sorted(installation.query(ON_POSTGRESQL if installation.url else ON_SQLITE), key=str)


def test_it_is_the_one_that_djangos_own_way_makes(migrated: Installation, tmp_path: Path) -> None:
    own = Installation(tmp_path / "own", new_database())
    settings = {"DJANGO_SETTINGS_MODULE": "holdfast.config.settings"}
    subprocess.run(
        [sys.executable, "-c", DJANGOS_OWN], env=own.environment | settings, cwd=ROOT, check=True
    )
    found = schema(migrated)
    assert len(found) > 400
    assert found == schema(own)
