"""Give entries their places. The only writer of `seq` and `hash`.

The order of a chain is the order in which entries are chained: one that was begun earlier and
committed later comes after those that were there before it, and breaks nothing.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, connection, transaction

from holdfast.core import bulk
from holdfast.core.audit import rows
from holdfast.core.audit.engine import Position, digest
from holdfast.core.audit.models import AuditChain, AuditEvent

#: Entries per transaction: on SQLite other writers wait for it.
BATCH = 1000
#: Transactions per practice and tick. Escalation is a task of the same worker.
BATCHES = 20


def chain_waiting() -> int:
    """Chain what waits, of every practice; returns how many entries. Safe in several processes.

    One SQL statement when nothing waits, and no lock.
    """
    return sum(_chain(practice_id) for practice_id in _practices())


def _practices() -> list[uuid.UUID]:
    found = AuditEvent.objects.filter(seq__isnull=True).order_by()
    return list(found.values_list("practice_id", flat=True).distinct())


def _chain(practice_id: uuid.UUID) -> int:
    chained = 0
    for _ in range(BATCHES):
        done = chain_batch(practice_id)
        chained += done
        if done < BATCH:
            break
    return chained


def chain_batch(practice_id: uuid.UUID) -> int:
    """Chain up to `BATCH` entries; none where another process is at it. One transaction."""
    with transaction.atomic():
        chain = claim(practice_id)
        if chain is None:
            return 0
        entries = rows.waiting(practice_id, BATCH)
        if not entries:
            return 0
        end, places = Position(chain.seq, chain.hash), []
        for entry in entries:
            end = Position(end.seq + 1, digest(end.hash, end.seq + 1, entry))
            places.append((end.seq, end.hash, entry[0]))
        _place(places)
        AuditChain.objects.filter(pk=practice_id).update(seq=end.seq, hash=end.hash)
    return len(places)


def claim(practice_id: uuid.UUID) -> AuditChain | None:
    """Lock the chain's end for this transaction; None while another one holds it.

    SQLite's IMMEDIATE transactions let one writer in at a time.
    """
    if not AuditChain.objects.filter(pk=practice_id).exists():
        bulk.insert_few(AuditChain, [bulk.row_of(AuditChain(practice_id=practice_id))])
    return AuditChain.objects.select_for_update(skip_locked=True).filter(pk=practice_id).first()


def _place(places: list[tuple[int, str, str]]) -> None:
    """Write places down. Raises IntegrityError where an entry has one already."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*places, strict=True)]
            cursor.execute(
                "UPDATE audit_auditevent SET seq = place.seq, hash = place.hash"
                " FROM unnest(%s::bigint[], %s::text[], %s::uuid[]) AS place (seq, hash, id)"
                " WHERE audit_auditevent.id = place.id AND audit_auditevent.seq IS NULL",
                columns,
            )
        else:
            cursor.executemany(
                "UPDATE audit_auditevent SET seq = %s, hash = %s WHERE id = %s AND seq IS NULL",
                places,
            )
        if cursor.rowcount != len(places):
            raise IntegrityError("an entry that waited for its place has one")
