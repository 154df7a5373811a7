"""Standings worked out anew from the rows they sum up: to fill them, to compare, to put right.

Writers keep them as they go; see `core.tenancy.models.ClientStanding`. Nothing here is part of an
ordinary day, but for making those of clients that have none (after an upgrade).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction

from holdfast.core.notify import standing as messages
from holdfast.core.tenancy.models import Client, ClientStanding
from holdfast.meet.encounters import facade as encounters
from holdfast.sense.measures import facade as measures

#: How many people are worked out in one transaction.
BATCH = 500
COLUMNS = ("answered_at", "met_at", "undelivered_at", "deteriorated", "scores")


def fill_missing(now: datetime) -> int:
    """Make the standings of clients that have none; returns how many there were."""
    made = 0
    while missing := _some_without():
        for practice_id, ids in _by_practice(missing):
            made += put_right(practice_id, ids, now)
    return made


def _some_without() -> list[tuple[uuid.UUID, uuid.UUID]]:
    rows = Client.objects.filter(standing=None).order_by("practice_id", "pk")
    return list(rows.values_list("practice_id", "pk")[:BATCH])


def all_batches() -> Iterator[tuple[uuid.UUID, list[uuid.UUID]]]:
    """Every client of this installation: a practice and some of its people at a time."""
    last: uuid.UUID | None = None
    while True:
        rows = Client.objects.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        some = list(rows.values_list("practice_id", "pk")[:BATCH])
        if not some:
            return
        last = some[-1][1]
        yield from _by_practice(some)


def _by_practice(
    rows: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> Iterator[tuple[uuid.UUID, list[uuid.UUID]]]:
    for practice_id in sorted({practice_id for practice_id, _ in rows}):
        yield practice_id, [client_id for own, client_id in rows if own == practice_id]


def differing(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], now: datetime
) -> list[uuid.UUID]:
    """Whose standing is missing or says something else than the rows. Seven statements.

    In one transaction, so that what is written meanwhile is in both or in neither on SQLite; on
    PostgreSQL somebody who answers at this moment may be reported once.
    """
    with transaction.atomic():
        rows = ClientStanding.objects.filter(practice_id=practice_id, pk__in=client_ids)
        kept = {row[0]: row[1:] for row in rows.values_list("pk", *COLUMNS)}
        right = _worked_out(practice_id, client_ids, now)
    return [
        client_id
        for client_id, one in right.items()
        if kept.get(client_id) != tuple(getattr(one, column) for column in COLUMNS)
    ]


def doubtful(now: datetime) -> int:
    """How many clients have no standing, or a wrong one among the 500 who answered last."""
    newest = ClientStanding.objects.order_by("-answered_at").values_list("practice_id", "pk")
    batches = _by_practice(list(newest[:BATCH]))
    wrong = sum(len(differing(practice_id, ids, now)) for practice_id, ids in batches)
    return wrong + Client.objects.filter(standing=None).count()


def put_right(practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], now: datetime) -> int:
    """Write the standings of these clients anew; returns how many. Eight statements.

    The clients are locked: nobody adds an answer between reading and writing.
    """
    with transaction.atomic():
        rows = Client.objects.select_for_update().filter(practice_id=practice_id, pk__in=client_ids)
        there = list(rows.order_by("pk").values_list("pk", flat=True))
        right = _worked_out(practice_id, there, now)
        ClientStanding.objects.bulk_create(
            right.values(), update_conflicts=True, unique_fields=["client"], update_fields=COLUMNS
        )
    return len(there)


def _worked_out(
    practice_id: uuid.UUID, client_ids: Collection[uuid.UUID], now: datetime
) -> dict[uuid.UUID, ClientStanding]:
    answers = measures.standings(practice_id, client_ids)
    met = encounters.standings(practice_id, client_ids)
    undelivered = messages.worked_out(practice_id, client_ids, now)
    return {
        client_id: ClientStanding(
            client_id=client_id,
            practice_id=practice_id,
            met_at=met[client_id],
            undelivered_at=undelivered[client_id],
            **answers[client_id],
        )
        for client_id in client_ids
    }
