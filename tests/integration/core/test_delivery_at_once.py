"""Several workers at the same instant, on real connections: each message goes out once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from holdfast.core.heartbeat import facade as heartbeat
from holdfast.core.notify import facade, tasks
from holdfast.core.notify.models import DeliveryAttempt
from tests import factories
from tests.integration.core import push_service
from tests.integration.core.push_service import Browser

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
WORKERS = 4
PEOPLE = 25


def at_once(call: Any) -> list[Any]:
    start = threading.Barrier(WORKERS)
    results: list[Any] = [None] * WORKERS

    def run(number: int) -> None:
        try:
            start.wait()
            results[number] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_several_workers_one_sends_each_message(settings: Any) -> None:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    practice = factories.make_practice()
    with push_service.running() as service:
        users = [factories.make_user() for _ in range(PEOPLE)]
        for user in users:
            body = Browser(service, user.login).subscription()
            answer = factories.browser(user).post(
                "/api/v1/me/notifications/devices", body, "application/json"
            )
            assert answer.status_code == 200
        facade.send(
            practice_id=practice.pk, recipients=[user.pk for user in users], kind="prompt", now=NOON
        )
        made = at_once(lambda: tasks.deliver_due(NOON))
        received = Counter(message.path for message in service.received)
    assert sum(made) == PEOPLE
    assert set(received.values()) == {1}
    assert len(received) == PEOPLE
    rows = DeliveryAttempt.objects.filter(channel="web_push")
    assert set(rows.values_list("outcome", "attempt")) == {("sent", 1)}


def test_of_several_workers_one_claims_the_minutes_ping() -> None:
    every = heartbeat.STALE_AFTER
    for _ in range(2):
        marked = at_once(lambda: heartbeat.mark("watchdog", NOON, every=every))
        assert marked.count(True) <= 1
    assert heartbeat.mark("watchdog", NOON + every, every=every)
