"""`holdfast serve`: a ticket, a turn at the live process, and the flag that the care team gets."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import pytest

from holdfast.core.ids import uuid7
from tests.integration.cli.installation import (
    PATIENCE_SECONDS,
    Installation,
    Person,
    Served,
    free_port,
)
from tests.integration.live.process import ALARMING

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.exhaustive]


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def turn(given: dict[str, Any], event: dict[str, Any], origin: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(uuid7()), "conversation": None, "event": event, "history": [],
        "language": "en", "zone": "Europe/Berlin", "country": None, "memory": {},
    }  # fmt: skip
    request = urllib.request.Request(
        f"{given['url']}/companion/turns",
        json.dumps(body).encode(),
        {"Authorization": f"Ticket {given['ticket']}", "Origin": origin},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        found: dict[str, Any] = json.loads(answer.readline())
        return found


def presented(served: Served, person: Person) -> dict[str, Any]:
    path = f"/api/v1/practices/{person.practice}/clients/{person.client}/companion/tickets"
    answer = served.ask("POST", path, by=person, body={"language": "en", "country": None})
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.json
    return found


def test_what_is_written_reaches_the_live_process_and_codes_of_it_the_care_team(
    installation: Installation,
) -> None:
    [person] = installation.people()
    with installation.serving(HOLDFAST_LIVE_PORT=str(free_port())) as served:
        given = presented(served, person)
        origin = f"http://localhost:{served.port}"
        policy = served.get("/").headers.get("content-security-policy", "")
        assert f"connect-src 'self' {given['url']} ws:" in policy
        until = time.monotonic() + PATIENCE_SECONDS
        while not answers(f"{given['url']}/healthz"):
            assert time.monotonic() < until, served.log.read_text()
            time.sleep(0.1)
        assert turn(given, {"kind": "opened"}, origin)["messages"]
        answered = turn(given, {"kind": "said", "text": ALARMING}, origin)
        assert answered["card"]["kind"] == "crisis"
        assert answered["told"] == "yes", served.log.read_text()
        assert answered["flag"] is not None
    [(level, evidence)] = installation.query(
        "SELECT level, evidence FROM screening_screening WHERE level >= 2"
    )
    assert level == 3
    assert "tonight" not in str(evidence)
    assert "tonight" not in served.log.read_text()
