"""A practice's language model behind the live process: streamed, gated, told, never waited for."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.support.companion.engine.library import shipped
from tests.fake_model import FakeModel, wait, whole
from tests.integration.live.process import ALARMING, PATIENCE_SECONDS, Answer, Live, live, ticket

pytestmark = pytest.mark.any_database
WORRY = "I worry that the exam next week goes wrong"


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel().serving() as one:
        yield one


def in_a_flow(
    running: Live,
    model: FakeModel,
    *,
    model_claim: dict[str, Any] | None = None,
    **claims: Any,
) -> dict[str, Any]:
    """A conversation that has come to a question with words for an answer; its ticket names the
    model.
    """
    running.ticket = ticket(
        flows={"worry": True},
        model=model_claim or {"url": model.url, "key": "k", "name": "tiny"},
        **claims,
    )
    begun = running.turn({"kind": "opened"}).first
    asked = running.turn(
        {"kind": "chose", "codes": ["flow:worry"]}, conversation=begun["conversation"]
    ).first
    assert asked["conversation"]["companion"]["place"]["step"] == "worry"
    found: dict[str, Any] = asked["conversation"]
    return found


def lines(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.body.splitlines()]


def test_what_the_gate_lets_through_comes_sentence_by_sentence(
    running: Live, model: FakeModel
) -> None:
    model.script = whole("You worry about the exam next week.")
    conversation = in_a_flow(running, model)
    first, *rest, end = lines(running.say(WORRY, conversation=conversation))
    # The scripted words are there already; the model's are beside them.
    assert first["reflecting"] is True
    assert first["messages"]
    assert rest == [{"kind": "words", "text": "You worry about the exam next week."}]
    assert (end["kind"], end["source"], end["told"]) == ("end", "model", "yes")
    # It was told what the person had been asked, in the script's words.
    worry = shipped().flows["worry"].steps["worry"]
    assert any(variant in model.told for variant in worry.say)
    [report] = running.web.reports
    assert [one["decision"] for one in report["gate"]] == ["shown"]
    assert report["versions"]["model"] == "tiny"
    assert "exam" not in json.dumps(report)


def test_what_it_holds_back_is_told_and_not_shown(running: Live, model: FakeModel) -> None:
    model.script = whole("You clearly have an anxiety disorder and should take sertraline.")
    conversation = in_a_flow(running, model)
    _, *rest, end = lines(running.say(WORRY, conversation=conversation))
    assert rest == []
    assert end["source"] == "script"
    [report] = running.web.reports
    assert [one["decision"] for one in report["gate"]] == ["held-back"]
    assert report["gate"][0]["reasons"]


def test_a_model_that_is_silent_holds_nobody_up(running: Live, model: FakeModel) -> None:
    model.script = [wait(30)]
    conversation = in_a_flow(running, model)
    began = time.monotonic()
    _, *rest, end = lines(running.say(WORRY, conversation=conversation))
    assert time.monotonic() - began < 3.0
    assert (rest, end["source"]) == ([], "script")


def test_after_a_sign_of_danger_and_without_consent_no_model_is_asked(
    running: Live, model: FakeModel
) -> None:
    conversation = in_a_flow(running, model)
    assert lines(running.say(ALARMING, conversation=conversation))[0]["reflecting"] is False
    running.ticket = ticket(flows={"worry": True}, model=None)
    [only] = lines(running.say(WORRY, conversation=conversation))
    assert only["reflecting"] is False
    assert model.requests == []


@pytest.mark.exhaustive
def test_a_practices_budget_holds_over_children_and_restarts(
    tmp_path: Path, model: FakeModel
) -> None:
    model.script = whole("You worry about the exam next week.")
    spend = tmp_path / "model-spend"
    practice = str(uuid.uuid4())
    endpoint = {"url": model.url, "key": "", "name": "tiny", "requests_a_day": 2}
    reflected = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        short = {"HOLDFAST_LIVE_WINDOW_SECONDS": "2"}
        with live(folder, "--spend", str(spend), **short) as running:
            conversation = in_a_flow(running, model, practice=practice, model_claim=endpoint)
            for _ in range(2):
                before = running.children()
                said = running.say(WORRY, conversation=conversation)
                reflected.append(said.first["reflecting"])
                until = time.monotonic() + PATIENCE_SECONDS
                while before <= running.children() and time.monotonic() < until:
                    time.sleep(0.05)
                assert not before <= running.children()  # whoever read it is gone
    assert reflected == [True, True, False, False]
    assert len(model.requests) == 2
    assert practice.encode() not in spend.read_bytes()
