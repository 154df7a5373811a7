"""`python -m tests.integration.cli.earlier fill|read|open|obstruct|apps`: a database of an earlier
state, on the installation that the environment names.

"Earlier" is what `EARLIER` says of each app of ours: the migrations that stood then. An app that is
not named did not exist. With each release, its state takes the place of what stands here.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from holdfast.core.sqlite import create_sqlite_file, sqlite_file

#: Where the migrations of before the first users were drawn together, without what has no rows of
#: a person's own or came last (assessments, leaving, heartbeat): the upgrade makes these.
EARLIER = {
    "audit": "0003_lists",
    "companion": "0001_initial",
    "consent": "0003_crisis_words",
    "crypto": "0002_keys_of_the_installation",
    "encounters": "0001_initial",
    "flags": "0002_withdrawn_flags",
    "identity": "0005_accounts_without_password",
    "lines": "0001_initial",
    "measures": "0008_how_often_in_the_clear_goes",
    "notes": "0001_initial",
    "notify": "0004_seal_under_a_key_of_the_installation",
    "plans": "0003_sealed_by_the_person",
    "screening": "0001_initial",
    "tenancy": "0009_supervision_cosigns",
    "vault": "0004_sharing",
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
#: Made by the first migration, and with each practice: one of no master key would shut all.
KEYS = {"crypto.Key", "crypto.MasterKeyName"}
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
    rows = _Rows()
    for model in _models(_state()):
        if model._meta.label not in KEYS:
            rows.of(model)


class _Rows:
    """One row of each table. What is sealed is sealed as today, for its form is that of then."""

    def __init__(self) -> None:
        self._made: dict[Any, Any] = {}
        self._keys: dict[Any, bytes] = {}

    def of(self, model: Any) -> Any:
        """The one row of a table, and before it those that it refers to."""
        if model not in self._made:
            values: dict[str, Any] = {}
            for field in model._meta.concrete_fields:
                if not (field.null or isinstance(field, models.AutoField)):
                    values[field.name] = self._value(field, values)
            if "record_key_under" in {field.name for field in model._meta.concrete_fields}:
                values |= self._own_key(model._meta.label_lower, values)
                for name in [name for name in values if name.endswith("_sealed")]:
                    values[name] = self._sealed(model, name, values)
            self._made[model] = model._default_manager.create(**values)
        return self._made[model]

    def _own_key(self, label: str, row: dict[str, Any]) -> dict[str, Any]:
        from holdfast.core.crypto import keys, records

        practice_id = row["id"] if "practice" not in row else row["practice"].pk
        if "practice" not in row:
            keys.make("practice", practice_id)
        under, self._keys[row["id"]] = keys.current_of_practice(practice_id), os.urandom(32)
        wrapped = records.wrap(self._keys[row["id"]], label, row["id"], under)
        return {"record_key": wrapped, "record_key_under_id": under}

    def _value(self, field: Any, row: dict[str, Any]) -> Any:
        from holdfast.core.crypto import lookup

        label = field.model._meta.label_lower
        named = VALUES.get(f"{label}.{field.name}")
        if named is not None:
            return named
        today = apps.get_model(label)._meta.get_field(field.name)
        if isinstance(today, lookup.FindableField | lookup.FindableEmail):
            plain = "a@example.org" if isinstance(field, models.EmailField) else "x"
            return lookup.seal_text(today.purpose, plain)
        if field.name.endswith("_sealed") and ("client" in row or "practice" in row):
            return self._sealed(field.model, field.name, row)
        if field.is_relation:
            return self.of(field.related_model)
        if field.has_default():
            return field.get_default()
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.UUIDField):
            return uuid.uuid4()
        return next(value for kind, value in BY_TYPE.items() if isinstance(field, kind))

    def _sealed(self, model: Any, column: str, row: dict[str, Any]) -> bytes:
        from holdfast.core.crypto.sealing import column_context, seal_value

        owner = row["id"] if row["id"] in self._keys else (row.get("client") or row["practice"]).pk
        context = column_context(model._meta.label_lower, column, row["id"])
        return seal_value(self._keys[owner], context, SAID)


def opened() -> dict[str, Any]:
    """What today's models make of what was sealed."""
    from holdfast.core.identity.models import User
    from holdfast.core.tenancy.models import Client, Closure, Invitation, Membership, Practice
    from holdfast.sense.measures.models import LifeEvent, Medication

    client = Client.objects.get()
    return {
        "sealed": [client.display_name, client.contact, client.current_location,
                   LifeEvent.objects.get().label, Medication.objects.get().name,
                   Medication.objects.get().frequency, Invitation.objects.get().email],
        "found by equality": [client.external_id, User.objects.get(login="x").login,
                              Membership.objects.get().display_name, Closure.objects.get().reason,
                              Practice.objects.get().end_of_chain_instructions],
        "addresses": [User.objects.get().email],
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
                    if column in _today(now)
                }
                for row in cursor.fetchall()
            ]
    return found


def _columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    return {one.name for one in described}


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
