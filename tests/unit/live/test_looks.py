"""Text on its way to people, looked at in passing: told as codes, kept nowhere."""

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
from holdfast.live.looks import read_look
from holdfast.live.reflecting import reflector
from holdfast.live.turns import Companion
from holdfast.safety.engine.screen import Screening, screen
from holdfast.support.companion import dialogue
from tests.unit.live.test_screening_failed import CLAIMS, NOW, SECRET, SETTINGS, unscreened

KEPT = ("id", "practice", "client", "exp")
MESSAGE = {name: CLAIMS[name] for name in KEPT} | {"purpose": "message"}
ALARMING = "I want to kill myself tonight"


@pytest.fixture(scope="module")
def companion() -> Companion:
    return Companion(SETTINGS, dialogue.shipped_world(), reflector())


def looked(companion: Companion, text: str, *history: str) -> dict[str, Any]:
    said = {"id": str(uuid.uuid4()), "text": text, "history": history, "language": "en"}
    return asyncio.run(companion.look(MESSAGE, read_look(orjson.dumps(said)), NOW))


def test_nothing_is_shown_or_told_of_words_that_are_no_sign_of_anything(
    companion: Companion,
) -> None:
    found = looked(companion, "We had soup for lunch and it was good")
    assert found == {"card": None, "looked": True, "report": None, "told": "no", "flag": None}


def test_a_sign_of_danger_is_told_as_codes_and_never_in_words(companion: Companion) -> None:
    found = looked(companion, ALARMING)
    assert (found["card"]["kind"], found["card"]["level"]) == ("crisis", "urgent")
    assert found["told"] == "unreachable"  # nobody listens there: the browser posts it
    report = tickets.open_sealed(tickets.REPORT, found["report"], SECRET, NOW)
    assert (report["source"], report["client"]) == ("message", MESSAGE["client"])
    assert "tonight" not in json.dumps(report)


def test_what_adds_up_over_several_texts_is_seen() -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []

    def screening(text: str, history: tuple[str, ...], language: str) -> Screening:
        asked.append((text, history))
        return screen(text, history, language)

    companion = Companion(SETTINGS, dialogue.shipped_world(), reflector(), screening)
    looked(companion, "Thank you for everything", "I have written the letters")
    assert asked == [("Thank you for everything", ("I have written the letters",))]


def test_a_screen_that_fails_shows_the_lines_and_is_told() -> None:
    failing = Companion(SETTINGS, dialogue.shipped_world(), reflector(), unscreened)
    found = looked(failing, ALARMING)
    assert (found["looked"], found["card"]["kind"]) == (False, "lines")
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
    ours = whole | {"purpose": "message"}
    assert status("/looks", ours, said) == 200
    assert status("/looks", whole, said) == 401
    assert status("/companion/turns", ours, turn) == 401


def test_what_cannot_be_read_is_refused_without_repeating_it() -> None:
    with pytest.raises(Invalid) as refused:
        read_look(b'{"text": "hello", "language": "en"}')
    assert "hello" not in str(refused.value.as_dict())
