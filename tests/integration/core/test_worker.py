"""The worker ticks every capability's due work, and what all processes share is in the database."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client as Browser
from django.utils.module_loading import import_string

from holdfast.config import worker
from holdfast.core import clock
from tests import factories
from tests.integration.core import wire

pytestmark = pytest.mark.django_db


def test_every_task_exists_and_runs_on_an_empty_installation() -> None:
    for path in worker.TASKS:
        assert callable(import_string(path))
    worker.run(once=True)


def test_a_task_that_meets_a_broken_database_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[datetime] = []

    def broken(now: datetime) -> None:
        raise DatabaseError

    tasks = {"broken": broken, "whole": ran.append}
    monkeypatch.setattr(worker, "TASKS", tuple(tasks))
    monkeypatch.setattr(worker, "import_string", tasks.__getitem__)
    now = clock.now()
    worker.tick(now)
    assert ran == [now]


def test_attempts_are_counted_where_every_process_sees_them() -> None:
    wire.send(Browser(), "POST", "/api/v1/auth/kdf", {"login": "ada"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache WHERE cache_key LIKE '%holdfast_kdf%'")
        assert cursor.fetchone()[0] == 2  # one per address, one per name
    cache.clear()


def test_passkeys_are_offered_for_this_site_and_log_in_needs_no_name() -> None:
    user = factories.make_user("ada")
    browser = Browser()
    wire.log_in(browser, "ada")
    path = f"{wire.ALLAUTH}/account/authenticators/webauthn?passwordless"
    body = {"password": factories.auth_secret("ada")}
    wire.send(browser, "POST", f"{wire.ALLAUTH}/auth/reauthenticate", body)
    made = wire.send(browser, "GET", path).json()["data"]["creation_options"]["publicKey"]
    assert made["rp"] == {"id": "testserver", "name": "Holdfast"}
    assert made["user"]["name"] == user.login
    login = wire.send(Browser(), "GET", f"{wire.ALLAUTH}/auth/webauthn/login").json()["data"]
    assert login["request_options"]["publicKey"]["allowCredentials"] == []
    forged = {"credential": {"id": "x", "rawId": "x", "type": "public-key", "response": {}}}
    refused = wire.send(Browser(), "POST", f"{wire.ALLAUTH}/auth/webauthn/login", forged)
    assert refused.status_code == 400


def test_the_apis_own_document_is_served() -> None:
    document = Browser().get("/api/v1/openapi.json").json()
    assert document["paths"]["/api/v1/me"]["get"]["x-access"] == "SIGNED_IN"
