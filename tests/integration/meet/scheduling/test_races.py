"""Many at one time, on both databases: one of them gets it, and nobody waits for a deadlock."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.problems import Problem
from holdfast.meet.scheduling import booking, guards
from holdfast.meet.scheduling.models import Appointment, Participant, Reservation
from tests import factories
from tests.integration.meet.scheduling.scene import Scene, make_scene

pytestmark = pytest.mark.django_db(transaction=True)

BOOKERS = 50


def at_once(count: int, act: Callable[[int], object]) -> Counter[str]:
    """What came of `count` threads that begin together, each with a connection of its own."""
    gate = threading.Barrier(count)

    def one(number: int) -> str:
        gate.wait()
        try:
            act(number)
        except Problem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


@pytest.fixture
def on_disk(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """SQLite as a practice has it: tests run in memory, where connections refuse each other at once
    and nobody waits for a lock.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    kept, settings = connection.connection, connection.settings_dict
    name = settings["NAME"]
    with closing(sqlite3.connect(tmp_path / "race.sqlite3")) as file:
        kept.backup(file)
    settings["NAME"] = f"file:{tmp_path / 'race.sqlite3'}?mode=rw"
    connection.connection = None
    yield
    connection.close()
    settings["NAME"], connection.connection = name, kept


@pytest.fixture
def scene(on_disk: None) -> Scene:
    return make_scene()


def _book_at_once(scene: Scene) -> Counter[str]:
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    people = [factories.make_client(scene.practice, account=False) for _ in range(BOOKERS)]
    return at_once(BOOKERS, lambda number: scene.book(starts, people[number]))


def test_fifty_who_want_one_time_get_it_once(scene: Scene) -> None:
    assert _book_at_once(scene) == {"done": 1, "slot-taken": BOOKERS - 1}
    assert Appointment.objects.count() == Participant.objects.count() == 1
    assert Reservation.objects.filter(holder_kind="membership").count() == 1


def test_one_booking_sent_by_twenty_at_once_is_one(scene: Scene) -> None:
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    made = uuid7()
    assert at_once(20, lambda _: scene.book(starts, id=made)) == {"done": 20}
    assert Appointment.objects.count() == 1


def test_a_group_is_never_overbooked(scene: Scene) -> None:
    type(scene.kind).objects.update(capacity=5)
    starts = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    made = scene.book(starts)
    people = [factories.make_client(scene.practice, account=False) for _ in range(20)]
    found = at_once(
        20, lambda n: booking.join(scene.practice.pk, made.pk, people[n], by=scene.by_dana)
    )
    assert found == {"done": 4, "group-full": 16}
    assert made.participants.count() == 5


def test_the_database_itself_refuses_two_at_once(scene: Scene) -> None:
    starts = clock.now() + timedelta(days=3)
    made = scene.book(starts.replace(second=0, microsecond=0))
    held = Reservation.objects.get(appointment=made, holder_kind="membership")
    held.pk = uuid7()
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save(force_insert=True)
    held.active = False
    held.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.filter(pk=held.pk).update(active=True)


@pytest.fixture
def without_btree_gist() -> Iterator[None]:
    """As on a PostgreSQL server that has no contrib modules."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        guards.install_trigger(cursor)
    yield
    guards.install(connection)


@pytest.mark.postgres
@pytest.mark.usefixtures("without_btree_gist")
def test_a_server_without_btree_gist_refuses_them_too(scene: Scene) -> None:
    assert _book_at_once(scene) == {"done": 1, "slot-taken": BOOKERS - 1}
    held = Reservation.objects.get(holder_kind="membership")
    held.pk = uuid7()
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save(force_insert=True)
