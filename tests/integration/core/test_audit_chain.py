"""The worker chains what requests wrote down; verifying names the first entry that was changed."""

from __future__ import annotations

import hashlib
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.db import connection, transaction

from holdfast.core import bulk, clock
from holdfast.core.actor import system
from holdfast.core.audit import chaining, rows
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import chain_batch, chain_waiting
from holdfast.core.audit.models import INSTALLATION, AuditChain, AuditEvent, Detail
from holdfast.core.audit.verifying import verify
from holdfast.core.ids import uuid7

pytestmark = pytest.mark.django_db

CHAIN = uuid7()


def write(number: int = 1, chain: uuid.UUID = CHAIN) -> list[AuditEvent]:
    return [
        record(
            "read",
            "client",
            by=system(chain),
            resource_id=uuid7(),
            client_id=uuid7(),
            detail={"b": 1, "a": ["é"]},
        )
        for _ in range(number)
    ]


def broken(chain: uuid.UUID = CHAIN) -> tuple[int, str] | None:
    found = verify(chain).broken
    return None if found is None else (found.seq, found.why)


def test_writing_down_is_one_statement_and_needs_nothing_of_the_chain(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(1):
        write()
    [event] = AuditEvent.objects.all()
    assert (event.seq, event.hash, event.detail) == (None, "", {"a": ["é"], "b": 1})


def test_each_practice_has_a_chain_of_its_own_in_the_order_of_chaining() -> None:
    other = uuid7()
    write(3)
    write(2, other)
    record("start", "worker", by=system())
    assert chain_waiting() == 6
    write(1)
    assert chain_waiting() == 1
    assert chain_waiting() == 0
    for chain, length in ((CHAIN, 4), (other, 2), (INSTALLATION, 1)):
        places = AuditEvent.objects.filter(practice_id=chain).order_by("id")
        assert list(places.values_list("seq", flat=True)) == list(range(1, length + 1))
        assert (verify(chain).intact, verify(chain).entries) == (True, length)


def test_where_nothing_waits_there_is_nothing_to_do(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert chain_waiting() == 0


def test_one_begun_earlier_and_committed_later_comes_after_and_breaks_nothing() -> None:
    early = AuditEvent(id=uuid7(), practice_id=CHAIN, at=clock.now(), detail={})
    write(2)
    chain_waiting()
    bulk.insert_few(AuditEvent, [bulk.row_of(early) | {"detail": "{}"}])
    chain_waiting()
    assert AuditEvent.objects.get(pk=early.pk).seq == 3
    assert verify(CHAIN).intact


def test_more_than_one_transaction_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "BATCH", 2)
    monkeypatch.setattr(rows, "PAGE", 3)
    write(7)
    assert chain_waiting() == 7
    assert (verify(CHAIN).entries, broken()) == (7, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", uuid7()),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("actor_id", uuid7()),
        ("actor_label", "systen"),
        ("action", "reae"),
        ("resource", "cliens"),
        ("resource_id", ""),
        ("client_id", None),
        ("detail", {"a": ["é"], "b": 3}),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_column_is_found_where_it_is(column: str, value: object) -> None:
    write(4)
    chain_waiting()
    AuditEvent.objects.filter(practice_id=CHAIN, seq=3).update(**{column: value})
    assert broken() == (3, "changed")


def test_an_entry_moved_to_another_place_or_practice_is_missed() -> None:
    for change in ({"seq": 9}, {"practice_id": uuid7()}, {"seq": None}):
        chain = uuid7()
        write(4, chain)
        chain_waiting()
        AuditEvent.objects.filter(practice_id=chain, seq=2).update(**change)
        assert broken(chain) == (2, "missing")


def test_what_was_cut_off_added_or_passed_off_as_the_end_is_noticed() -> None:
    write(3)
    chain_waiting()
    AuditChain.objects.filter(pk=CHAIN).update(hash="1" * 64)
    assert broken() == (3, "changed")
    [last] = AuditEvent.objects.filter(seq=3)
    AuditChain.objects.filter(pk=CHAIN).update(hash=last.hash, seq=3)
    write(1)
    AuditEvent.objects.filter(seq=None).update(seq=4, hash="1" * 64)
    assert broken() == (4, "appended")
    AuditEvent.objects.filter(seq__gte=3).delete()
    assert broken() == (3, "missing")
    AuditChain.objects.all().delete()
    assert broken() == (3, "missing")


@pytest.mark.any_database  # SQLite: it holds identifiers and JSON as texts, and any bytes as both
@pytest.mark.parametrize(
    "change",
    [
        "client_id = upper(client_id)",
        "detail = replace(detail, ':', ': ')",
        "actor_label = CAST(x'73FF' AS TEXT)",
        "action = x'72656164'",
    ],
)
def test_what_reads_the_same_but_is_not_the_same_is_found(change: str) -> None:
    event = AuditEvent(practice_id=CHAIN, at=clock.now(), client_id=uuid.UUID(int=2**128 - 1))
    bulk.insert_few(AuditEvent, [bulk.row_of(event) | {"detail": '{"a":1}', "action": "read"}])
    chain_waiting()
    assert broken() is None
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_auditevent SET {change}")
    assert broken() == (1, "changed")


def test_entries_of_before_keep_the_hash_they_had() -> None:
    """As version 0.1.0 hashed them, when requests chained by themselves."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    client = uuid7()
    previous = "0" * 64
    for seq, detail in ((1, {}), (2, {"b": [1], "a": "é"})):
        body = [previous, str(CHAIN), seq, at.isoformat(), "None", "system", "read", "client",
                "x", str(client), detail]  # fmt: skip
        previous = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        event = AuditEvent(
            practice_id=CHAIN, seq=seq, at=at, actor_label="system", action="read",
            resource="client", resource_id="x", client_id=client, hash=previous,
        )  # fmt: skip
        bulk.insert_few(AuditEvent, [bulk.row_of(event) | {"detail": Detail.text(detail)}])
    AuditChain.objects.create(practice_id=CHAIN, seq=2, hash=previous)
    write(1)
    chain_waiting()
    assert (verify(CHAIN).entries, broken()) == (3, None)
    AuditEvent.objects.filter(seq=2).update(detail={"b": [1], "a": "e"})
    assert broken() == (2, "changed")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_chain_each_entry_once() -> None:
    chains = [uuid7() for _ in range(5)]
    for chain in chains:
        write(40, chain)
    done: list[int] = []

    def work() -> None:
        try:
            done.append(chain_waiting())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(done) + chain_waiting() == 200
    assert [verify(chain).entries for chain in chains] == [40] * 5
    assert all(verify(chain).intact for chain in chains)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_chain_that_another_worker_holds_is_left_to_it() -> None:
    write(2)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                chain_batch(CHAIN)
                held.set()
                release.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    AuditChain.objects.create(practice_id=CHAIN)
    other.start()
    assert held.wait(10)
    write(1)
    assert chain_batch(CHAIN) == 0
    release.set()
    other.join()
    assert chain_batch(CHAIN) == 1
    assert (verify(CHAIN).entries, broken()) == (3, None)
