"""Text on its way from one person to another: screened, told as codes, kept nowhere."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx
import orjson
import pytest

from holdfast.core import tickets
from holdfast.core.problems import Invalid
from holdfast.live.app import application
from holdfast.live.limits import Limits
from holdfast.live.passing import read_passing
from holdfast.live.reflecting import reflector
from holdfast.live.turns import Companion
from holdfast.safety.engine.screen import screen
from holdfast.support.companion import dialogue
from tests.unit.live.test_screening_failed import CLAIMS, NOW, SECRET, SETTINGS, unscreened

PEERS = {name: CLAIMS[name] for name in ("id", "practice", "client", "exp")} | {"purpose": "peers"}
ALARMING = "I want to kill myself tonight"


@pytest.fixture(scope="module")
def companion() -> Companion:
    return Companion(SETTINGS, dialogue.shipped_world(), reflector())


def passed(companion: Companion, text: str) -> dict[str, Any]:
    body = orjson.dumps({"id": str(uuid.uuid4()), "text": text, "language": "en"})
    return asyncio.run(companion.pass_by(PEERS, read_passing(body), NOW))


def test_nothing_is_told_of_words_that_are_no_sign_of_anything(companion: Companion) -> None:
    found = passed(companion, "We had soup for lunch and it was good")
    assert found["level"] == "none"
    assert (found["report"], found["told"], found["flag"]) == (None, "no", None)


def test_a_sign_of_danger_is_told_as_codes_and_never_in_words(companion: Companion) -> None:
    found = passed(companion, ALARMING)
    assert found["level"] == "urgent"
    assert found["told"] == "unreachable"  # nobody listens there: the browser posts it
    report = tickets.open_sealed(tickets.REPORT, found["report"], SECRET, NOW)
    assert (report["source"], report["client"]) == ("peers", PEERS["client"])
    assert "tonight" not in json.dumps(report)


def test_a_screen_that_fails_is_told_and_answers_all_the_same() -> None:
    failing = Companion(SETTINGS, dialogue.shipped_world(), reflector(), unscreened)
    found = passed(failing, ALARMING)
    assert found["level"] is None
    report = tickets.open_sealed(tickets.REPORT, found["report"], SECRET, NOW)
    assert report["level"] is None


def test_a_ticket_is_good_for_its_own_purpose_alone(companion: Companion) -> None:
    screen("warm")
    transport = httpx.ASGITransport(application(SETTINGS, companion, Limits(), lambda: None))
    whole = CLAIMS | {"exp": 4_000_000_000}

    def status(path: str, claims: dict[str, Any], body: dict[str, Any]) -> int:
        sealed = tickets.seal(tickets.TICKET, claims, SECRET)
        headers = {"Authorization": f"Ticket {sealed}"}

        async def post() -> int:
            async with httpx.AsyncClient(transport=transport, base_url="http://live") as client:
                return (await client.post(path, json=body, headers=headers)).status_code

        return asyncio.run(post())

    said = {"id": str(uuid.uuid4()), "text": "hello", "language": "en"}
    turn = {"id": str(uuid.uuid4()), "event": {"kind": "opened"}, "language": "en"}
    peers = whole | {"purpose": "peers"}
    assert status("/passing", peers, said) == 200
    assert status("/passing", whole, said) == 401
    assert status("/companion/turns", peers, turn) == 401


def test_what_cannot_be_read_is_refused_without_repeating_it() -> None:
    with pytest.raises(Invalid) as refused:
        read_passing(b'{"text": "hello", "language": "en"}')
    assert "hello" not in str(refused.value.as_dict())
