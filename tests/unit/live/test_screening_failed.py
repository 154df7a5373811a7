"""Where the screen or the script fails, the crisis lines are shown and nothing is called safe."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from holdfast.core import tickets
from holdfast.live import reflecting, turns
from holdfast.live.reflecting import reflector
from holdfast.live.settings import Settings
from holdfast.live.turns import Answered, Companion, TurnIn, read_turn
from holdfast.safety.engine import gate
from holdfast.safety.engine.screen import Screening, Unscreened, screen
from holdfast.support.companion import dialogue
from holdfast.support.companion.model import PromptsError

SECRET = b"k" * 32
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLAIMS: dict[str, Any] = {
    "id": str(uuid.uuid4()), "practice": str(uuid.uuid4()), "client": str(uuid.uuid4()),
    "purpose": "companion", "language": "en", "country": "DE", "jurisdiction": None, "adult": None,
    "flows": {"grounding": True}, "monitored": {"now": True, "opens_at": None},
    "lines": [{"id": "line-1", "name": "TelefonSeelsorge", "number": "0800 1110111"}],
    "emergency": {"DE": {"ambulance": "112", "police": "110"}}, "model": None,
    "exp": NOW.timestamp() + 600,
}  # fmt: skip


SETTINGS = Settings(
    host="127.0.0.1",
    port=0,
    workers=1,
    origin="http://localhost:8000",
    web="http://127.0.0.1:9",  # nobody listens there
    web_host="localhost:8000",
    secret=SECRET,
)


def turn_of(event: dict[str, Any], conversation: Any) -> TurnIn:
    body = {"id": str(uuid.uuid4()), "event": event, "conversation": conversation, "language": "en"}
    return read_turn(orjson.dumps(body))


@pytest.fixture(scope="module")
def world() -> Any:
    screen("so that what is read on first use is read")
    return dialogue.shipped_world()


def said(world: Any, screening: Any, text: str = "hello there") -> dict[str, Any]:
    body = b'{"id": "%s", "event": {"kind": "said", "text": "%s"}, "language": "en"}'
    turn = read_turn(body % (str(uuid.uuid4()).encode(), text.encode()))
    companion = Companion(SETTINGS, world, reflector(), screening)
    return asyncio.run(companion.answer(CLAIMS, turn, NOW)).first


def unscreened(*_: object) -> Screening:
    raise Unscreened("rules cannot be read")


def broken(*_: object) -> Screening:
    raise IndexError("hello there")


def slow(*_: object) -> Screening:
    time.sleep(0.3)
    return screen("hello there")


@pytest.mark.parametrize("failing", [unscreened, broken, slow])
def test_a_screen_that_fails_is_told_as_failed_and_the_lines_are_shown(
    world: Any, failing: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(turns, "SCREEN_SECONDS", 0.05)
    answered = said(world, failing)
    assert answered["screening"] == {"level": None, "supported": False, "evidence": []}
    assert answered["card"]["kind"] == "lines"
    assert answered["card"]["lines"][0]["number"] == "0800 1110111"
    report = tickets.open_sealed(tickets.REPORT, answered["report"], SECRET, NOW)
    assert report["level"] is None
    assert answered["told"] == "unreachable"
    assert "hello there" not in [record.getMessage() for record in caplog.records]


def test_who_threatens_somebody_is_shown_the_number_of_the_police(world: Any) -> None:
    answered = said(world, screen, "I am going to kill my boss tonight, I have a gun")
    assert answered["card"]["kind"] == "others"
    assert answered["card"]["emergency"] == "110"


def test_a_script_that_fails_leaves_the_card_and_the_report(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> dialogue.Answer:
        raise KeyError("a step that is not there")

    monkeypatch.setattr(dialogue, "answer", fails)
    answered = said(world, screen, "I want to kill myself tonight")
    assert answered["messages"] == []
    assert answered["card"]["kind"] == "crisis"
    assert answered["card"]["lines"][0]["number"] == "0800 1110111"
    assert answered["card"]["emergency"] == "112"
    report = tickets.open_sealed(tickets.REPORT, answered["report"], SECRET, NOW)
    assert report["level"] == "urgent"
    assert "active_ideation" in report["categories"]
    failed = said(world, unscreened)
    assert failed["card"]["kind"] == "lines"
    report = tickets.open_sealed(tickets.REPORT, failed["report"], SECRET, NOW)
    assert report["level"] is None


@pytest.mark.parametrize("broken_part", ["rules", "prompts"])
def test_rules_or_prompts_that_cannot_be_read_close_the_gate_and_people_are_still_answered(
    world: Any,
    broken_part: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[dict[str, Any]] = []

    async def keep(_self: Any, report: dict[str, Any]) -> tuple[str, str, None]:
        told.append(report)
        return "blob", "yes", None

    def unreadable(*_: object) -> Any:
        if broken_part == "rules":
            raise gate.PolicyError("en.yaml: line 3: “version” stands here a second time")
        raise PromptsError("en.yaml: line 3: “version” stands here a second time")

    monkeypatch.setattr("holdfast.live.reports.Reports.send", keep)
    if broken_part == "rules":
        monkeypatch.setattr(gate, "shipped", unreadable)
    else:
        monkeypatch.setattr(reflecting, "shipped_prompts", unreadable)
    model = {"url": "http://127.0.0.1:9/v1", "name": "tiny"}
    claims = CLAIMS | {"flows": {"worry": True}, "model": model}
    companion = Companion(SETTINGS, world, reflector())
    assert "en.yaml: line 3" in caplog.records[-1].fault  # type: ignore[attr-defined]

    async def conversation() -> Answered:
        state = None
        for event in ({"kind": "opened"}, {"kind": "chose", "codes": ["flow:worry"]}):
            state = (await companion.answer(claims, turn_of(event, state), NOW)).first[
                "conversation"
            ]
        said = {"kind": "said", "text": "I worry that the exam next week goes wrong"}
        return await companion.answer(claims, turn_of(said, state), NOW)

    answered = asyncio.run(conversation())
    assert answered.first["messages"]
    assert answered.first["reflecting"] is False
    assert answered.sentences is None
    assert told[-1]["gate_closed"] is True
