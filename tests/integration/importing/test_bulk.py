"""Rows written in bulk are the rows that Django would have written."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from holdfast.core import bulk
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.models import LifeEvent, Response, Score
from tests.factories import make_client, make_practice

pytestmark = pytest.mark.django_db

AT = datetime(2020, 7, 1, 23, 30, 0, 250, tzinfo=UTC)


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def stored(model: type[Model]) -> list[tuple[Any, ...]]:
    """The table as the database has it, with the type of each value."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
        return [tuple((type(value), value) for value in row) for row in cursor.fetchall()]


def response_of(client: Client, **changes: Any) -> Response:
    values: dict[str, Any] = {
        "practice_id": client.practice_id,
        "client_id": client.pk,
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": 'q"\\\t\n€',
        "answers": {"phq9_1": 1, "phq9_2": 0.5, "phq9_3": None},
        "answered_at": AT,
        "received_at": AT.replace(microsecond=0).astimezone(timezone(timedelta(hours=2))),
        "time_zone": "Europe/Berlin",
        "local_date": date(2020, 7, 2),
        "content_digest": "0" * 64,
        "missing": ["phq9_4", "\\N", "ä"],
        "alerts": [{"code": "a", "item": None}],
    }
    return Response(**(values | changes))


def rows_of_each_kind() -> list[Model]:
    client = make_client(make_practice())
    first, second = response_of(client), response_of(client, started_at=AT, parent=uuid.uuid4())
    score = Score(
        practice_id=client.practice_id,
        client=client,
        response=first,
        instrument="phq-9",
        scale="total",
        main=True,
        value=1.5,
        answered_at=AT,
    )
    event = LifeEvent(
        practice_id=client.practice_id, client=client, kind="life", at=AT, created_at=AT
    )
    event.label = "moved house"
    return [first, second, score, event]


def test_a_row_in_bulk_is_the_row_that_django_writes() -> None:
    rows = rows_of_each_kind()
    tables = (Response, Score, LifeEvent)
    for row in rows:
        row.save()
    expected = [stored(model) for model in tables]
    for model in reversed(tables):
        model.objects.all().delete()
    for model in tables:
        bulk.insert(model, [columns(row) for row in rows if isinstance(row, model)])
    assert [stored(model) for model in tables] == expected


def test_no_rows_are_no_statement() -> None:
    bulk.insert(Response, [])
    assert stored(Response) == []


@pytest.mark.parametrize("fault", ["forgotten", "unknown"])
def test_a_column_forgotten_or_unknown_is_an_error(fault: str) -> None:
    row = columns(response_of(make_client(make_practice())))
    if fault == "forgotten":
        del row["parent"]
    else:
        row["colour"] = "red"
    with pytest.raises(ValueError, match="Response has the columns id, practice_id"):
        bulk.insert(Response, [row])
    assert stored(Response) == []


def test_a_column_under_another_name_is_an_error() -> None:
    row = columns(response_of(make_client(make_practice())))
    row["colour"] = row.pop("parent")
    with pytest.raises(KeyError, match="parent"):
        bulk.insert(Response, [row])


def test_a_row_twice_is_an_integrity_error_and_nothing_is_written() -> None:
    row = columns(response_of(make_client(make_practice())))
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Response, [row, row])
    assert stored(Response) == []
