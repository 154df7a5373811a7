"""`python -m tests.integration.cli.earlier fill|read|open|obstruct|apps`: a database of an earlier
release, on the installation that the environment names.

"Earlier" is what `EARLIER` says of each app of ours: the migrations that a release had. An app that
is not named did not exist. With each release, its state takes the place of what stands here.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from holdfast.core.sqlite import create_sqlite_file, sqlite_file

#: 0.1.0.
EARLIER = {
    "audit": "0001_initial",
    "consent": "0001_initial",
    "encounters": "0001_initial",
    "flags": "0001_initial",
    "identity": "0001_initial",
    "lines": "0001_initial",
    "measures": "0001_initial",
    "notify": "0002_subject_index",
    "plans": "0001_initial",
    "tenancy": "0001_initial",
}
#: What a row of the care loop holds, where its type alone does not say.
VALUES: dict[str, Any] = {
    "tenancy.practice.countries": ["DE"],
    "tenancy.practice.time_zone": "Europe/Berlin",
    "tenancy.client.time_zone": "Europe/Berlin",
    "tenancy.monitoredhours.weekday": 1,
    "tenancy.monitoredhours.opens": time(9),
    "tenancy.monitoredhours.closes": time(17),
    "measures.assignment.instrument": "phq-9",
    "measures.assignment.every_days": 7,
    "measures.response.instrument": "phq-9",
}
PRACTICE_KEY = b"k" * 32
SEALED_SINCE = {
    "login", "email", "external_id", "display_name", "contact_phone", "end_of_chain_name",
    "end_of_chain_phone", "end_of_chain_instructions", "reason",
}  # fmt: skip
SAID = "what somebody said"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BY_TYPE: dict[type[models.Field[Any, Any]], Any] = {
    models.DateTimeField: WHEN,
    models.DateField: date(2026, 1, 2),
    models.TimeField: time(9),
    models.DurationField: timedelta(hours=1),
    models.BooleanField: True,
    models.BinaryField: b"\x01sealed",
    models.JSONField: {},
    models.FloatField: 1.5,
    models.EmailField: "a@example.org",
    models.TextField: "x",
    models.CharField: "x",
    models.IntegerField: 1,
}


def ours() -> list[str]:
    return sorted(one.label for one in apps.get_app_configs() if one.name.startswith("holdfast."))


def _targets(executor: MigrationExecutor) -> list[tuple[str, str]]:
    others = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in ours()]
    return others + sorted(EARLIER.items())


def _state() -> Any:
    """The models as they were then."""
    executor = MigrationExecutor(connection)
    return executor.loader.project_state(_targets(executor)).apps


def _models(state: Any) -> list[Any]:
    return [
        model for label in sorted(EARLIER) for model in state.get_app_config(label).get_models()
    ]


def fill() -> None:
    """Migrate to the earlier state and put one row into every table of ours."""
    if connection.vendor == "sqlite":
        create_sqlite_file(sqlite_file(str(connection.settings_dict["NAME"])))
    executor = MigrationExecutor(connection)
    executor.migrate(_targets(executor))
    call_command("createcachetable", verbosity=0)
    made: dict[Any, Any] = {}
    for model in _models(_state()):
        _row(model, made)


def _row(model: Any, made: dict[Any, Any]) -> Any:
    """The one row of a table, and before it those that it refers to."""
    if model not in made:
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if not (field.null or isinstance(field, models.AutoField)):
                values[field.name] = _value(field, made, values)
        made[model] = model._default_manager.create(**values)
    return made[model]


def _value(field: Any, made: dict[Any, Any], row: dict[str, Any]) -> Any:
    label = field.model._meta.label_lower
    named = VALUES.get(f"{label}.{field.name}")
    if named is not None:
        return named
    if field.name == "wrapped_key":
        return _encrypted(_master_key(), PRACTICE_KEY, b"practice-key|" + row["id"].bytes)
    if field.name.endswith("_sealed"):
        context = f"{label}.{field.name}|{row['id']}".encode()
        return _encrypted(PRACTICE_KEY, json.dumps(SAID).encode(), context)
    if field.is_relation:
        return _row(field.related_model, made)
    if field.has_default():
        return field.get_default()
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    return next(value for kind, value in BY_TYPE.items() if isinstance(field, kind))


def _encrypted(key: bytes, plain: bytes, context: bytes) -> bytes:
    """As 0.1.0 sealed: a column directly under its practice's key, that under the master key."""
    return b"\x01" + bytes(12) + AESGCM(key).encrypt(bytes(12), plain, context)


def _master_key() -> bytes:
    return bytes(settings.MASTER_KEY_SOURCE.secrets()[0])


def opened() -> dict[str, Any]:
    """What today's models make of what was sealed, or was in the clear and is sealed now."""
    from holdfast.core.identity.models import User
    from holdfast.core.tenancy.models import Client, Closure, Invitation, Membership, Practice
    from holdfast.sense.measures.models import LifeEvent, Medication

    client = Client.objects.get()
    return {
        "sealed": [client.display_name, client.contact, client.current_location,
                   LifeEvent.objects.get().label, Medication.objects.get().name],
        "in the clear": [client.external_id, User.objects.get(login="x").login,
                         Membership.objects.get().display_name, Closure.objects.get().reason,
                         Practice.objects.get().end_of_chain_instructions,
                         Medication.objects.get().frequency],
        "addresses": [User.objects.get().email, Invitation.objects.get().email],
    }  # fmt: skip


def read() -> dict[str, list[dict[str, str]]]:
    """Per model that both then and now have: every row's values in the columns that both have."""
    found = {}
    for then in _models(_state()):
        name = then._meta.label_lower
        try:
            now = apps.get_model(name)
        except LookupError:
            continue
        columns = _columns(now._meta.db_table) & _columns(then._meta.db_table)
        shared = sorted(
            field.column for field in then._meta.concrete_fields if field.column in columns
        )
        listed = ", ".join(connection.ops.quote_name(column) for column in shared)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {listed} FROM {connection.ops.quote_name(then._meta.db_table)}")
            found[name] = [
                {
                    column: str(bytes(value) if isinstance(value, memoryview) else value)
                    for column, value in zip(shared, row, strict=True)
                    if column in _today(now) and not _is_sealed(column)
                }
                for row in cursor.fetchall()
            ]
    return found


def _columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return {one.name for one in described}


def _is_sealed(column: str) -> bool:
    """Looked at by `opened`: since 0.1.0 it is another key that opens it."""
    return column.endswith("_sealed") or column in SEALED_SINCE


def _today(model: Any) -> set[str]:
    return {field.column for field in model._meta.concrete_fields}


def obstruct() -> None:
    """Put a table where a later migration wants to make one."""
    there = set(connection.introspection.table_names())
    wanted = [model._meta.db_table for model in apps.get_models()]
    missing = next(table for table in wanted if table not in there)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {connection.ops.quote_name(missing)} (occupied integer)")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
    django.setup()
    asked = sys.argv[1]
    if asked == "fill":
        fill()
    elif asked == "read":
        print(json.dumps(read()))  # noqa: T201 (read by the test that started this)
    elif asked == "open":
        print(json.dumps(opened()))  # noqa: T201
    elif asked == "obstruct":
        obstruct()
    else:
        print(*ours())  # noqa: T201
