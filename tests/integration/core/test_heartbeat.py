"""The worker's heartbeat: written while escalation works, missed when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError

from holdfast.config import worker
from holdfast.core.heartbeat import facade
from holdfast.core.heartbeat.models import Heartbeat
from tests import factories

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_before_any_worker_ran_none_was_seen_and_none_can_be_relied_on() -> None:
    assert facade.last_seen() is None
    assert facade.is_stale(None, NOON)


def test_a_tick_of_the_worker_beats() -> None:
    worker.tick(NOON)
    assert facade.last_seen() == NOON


def test_beats_within_a_few_seconds_write_once() -> None:
    facade.beat(NOON)
    facade.beat(NOON + facade.BEAT_EVERY / 2)
    assert facade.last_seen() == NOON
    facade.beat(NOON + facade.BEAT_EVERY)
    assert facade.last_seen() == NOON + facade.BEAT_EVERY
    assert Heartbeat.objects.count() == 1


def test_a_clock_that_was_set_back_does_not_silence_the_heart() -> None:
    facade.beat(NOON + timedelta(days=1))
    facade.beat(NOON)
    assert facade.last_seen() == NOON


def test_it_is_stale_after_60_seconds_and_when_it_comes_from_the_future() -> None:
    facade.beat(NOON)
    seen = facade.last_seen()
    assert not facade.is_stale(seen, NOON + timedelta(seconds=60))
    assert facade.is_stale(seen, NOON + timedelta(seconds=61))
    assert facade.is_stale(seen, NOON - timedelta(days=1))


def test_a_worker_that_cannot_escalate_looks_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: datetime) -> None:
        raise DatabaseError

    monkeypatch.setattr("holdfast.safety.flags.tasks.escalate_due", broken)
    worker.tick(NOON)
    assert facade.last_seen() is None


def test_a_worker_whose_other_work_fails_still_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: datetime) -> None:
        raise DatabaseError

    monkeypatch.setattr("holdfast.core.notify.tasks.deliver_due", broken)
    worker.tick(NOON)
    assert facade.last_seen() == NOON


def test_anybody_signed_in_may_ask_whether_flags_escalate(django_assert_num_queries: Any) -> None:
    browser = factories.browser(factories.make_user(), second_factor=False)
    path = "/api/v1/system-status"
    with time_machine.travel(NOON, tick=False):
        assert browser.get(path).json() == {"escalating": False, "worker_seen_at": None}
        worker.tick(NOON)
        with django_assert_num_queries(3):  # session, account, the heartbeat
            assert browser.get(path).json()["escalating"] is True
    with time_machine.travel(NOON + timedelta(seconds=61), tick=False):
        shown = browser.get(path).json()
    assert shown == {"escalating": False, "worker_seen_at": "2026-11-23T12:00:00Z"}
