"""Readiness and what waits, judged at instants that the test chooses."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection

from holdfast.config import readiness
from holdfast.core.heartbeat import facade as heartbeat
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures.models import Response
from tests.integration.core import wire
from tests.integration.safety.scene import MONDAY_10, at, make_scene, phq9

pytestmark = pytest.mark.django_db
NOW = MONDAY_10


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_everything_is_ready_beside_a_living_worker() -> None:
    heartbeat.beat(NOW)
    assert set(readiness.look(NOW).values()) == {"ok"}


def test_looking_costs_four_statements(django_assert_max_num_queries: Any) -> None:
    heartbeat.beat(NOW)
    readiness.look(NOW)
    with django_assert_max_num_queries(4):
        readiness.look(NOW)


def test_a_silent_worker_is_not_ready() -> None:
    assert readiness.look(NOW)["worker"] == "never-seen"
    heartbeat.beat(NOW)
    assert readiness.look(NOW + timedelta(seconds=59))["worker"] == "ok"
    assert readiness.look(NOW + timedelta(seconds=61))["worker"] == "silent"


def test_a_disk_without_room_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 1000))
    assert readiness.look(NOW)["disk"] == "full"


def test_a_missing_migration_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_known_complete", False)
    monkeypatch.setattr(readiness, "unapplied_migrations", lambda: ["tenancy.0009_later"])
    assert readiness.look(NOW)["migrations"] == "missing"


def test_waiting_is_nothing_where_nothing_waits() -> None:
    assert set(vars(readiness.waiting(NOW)).values()) == {0}


def test_overdue_flags_and_messages_that_wait_are_counted(
    django_assert_num_queries: Any,
) -> None:
    with at(NOW):
        scene = make_scene()
        sent = wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=2))
        assert sent.status_code == 201
    due = Flag.objects.get().due_at
    assert due is not None
    soon, late = NOW + timedelta(seconds=30), due + timedelta(seconds=1)
    assert readiness.waiting(soon).overdue_flags == 0
    with django_assert_num_queries(7):
        found = readiness.waiting(late)
    assert found.overdue_flags == 1
    assert found.messages > 0
    assert found.oldest_message == pytest.approx((late - NOW).total_seconds(), abs=1)
    DeliveryAttempt.objects.filter(outcome="waiting").update(
        outcome="failed", next_attempt_at=None, finished_at=late
    )
    assert readiness.waiting(late).failed_deliveries == found.messages
    assert readiness.waiting(late + timedelta(days=2)).failed_deliveries == 0


# --- a clock that is wrong by a day ------------------------------------------------------------


def test_a_clock_set_back_by_a_day_is_noticed() -> None:
    heartbeat.beat(NOW + timedelta(days=1))
    found = readiness.look(NOW)
    assert (found["clock"], found["worker"]) == ("wrong", "silent")


def test_a_clock_apart_from_the_database_s_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite there is no second clock to compare with."""
    heartbeat.beat(NOW)
    day_off = 86_400.0
    monkeypatch.setattr("holdfast.config.readiness.time.time", lambda: NOW.timestamp() + day_off)
    expected = "wrong" if connection.vendor == "postgresql" else "ok"
    assert readiness.look(NOW)["clock"] == expected


@pytest.mark.parametrize("days", [-1, 1])
def test_an_answer_s_own_instant_survives_a_server_that_is_a_day_off(days: int) -> None:
    """Behind: the answer seems to come from the future, is dated by the server, and what the device
    said is kept beside it. Ahead: it is dated by the device, as any answer given without network.
    """
    given = NOW - timedelta(minutes=1)
    with at(NOW + timedelta(days=days)):
        scene = make_scene()
        body = phq9(answered_at=given.isoformat())
        sent = wire.send(scene.person(), "POST", scene.mine("responses"), body)
    assert sent.status_code == 201
    response = Response.objects.get()
    if days > 0:
        assert (response.answered_at, response.claimed_at) == (given, None)
    else:
        assert response.claimed_at == given
        assert response.answered_at == response.received_at == NOW - timedelta(days=1)
