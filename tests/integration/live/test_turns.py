"""Turns over HTTP, answered by a real live process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.core import tickets
from tests.integration.live.process import ALARMING, ORIGIN, SECRET, Live, opened, ticket

pytestmark = pytest.mark.any_database


def test_a_conversation_goes_on_from_the_state_that_the_client_brings(running: Live) -> None:
    begun = running.turn({"kind": "opened"})
    assert begun.status == 200
    assert begun.headers["content-type"].startswith("application/x-ndjson")
    assert begun.first["kind"] == "turn"
    assert begun.first["messages"]
    codes = [one["code"] for one in begun.first["ask"]["replies"]]
    flow = next(one for one in codes if one.startswith("flow:"))
    chosen = running.turn(
        {"kind": "chose", "codes": [flow]}, conversation=begun.first["conversation"]
    )
    assert chosen.first["conversation"]["companion"]["place"]["flow"] == flow[5:]
    # Another process, and a state that nobody wrote: the conversation begins anew.
    anew = running.turn({"kind": "opened"}, conversation={"companion": {"form": 99}})
    assert anew.status == 200
    assert anew.first["messages"]


def test_nothing_is_told_of_words_that_are_no_sign_of_anything(running: Live) -> None:
    answered = running.say("We had soup for lunch and it was good").first
    assert answered["screening"] == {"level": "none", "supported": True, "evidence": []}
    assert answered["card"] is None
    assert (answered["report"], answered["told"], answered["flag"]) == (None, "no", None)
    assert running.web.raw == []


def test_a_sign_of_danger_shows_the_card_and_is_told_before_the_answer(running: Live) -> None:
    answered = running.say(ALARMING).first
    assert answered["card"]["kind"] == "crisis"
    assert answered["card"]["lines"][0]["number"] == "0800 1110111"
    assert answered["card"]["emergency"] == "112"
    assert answered["screening"]["level"] == "urgent"
    assert answered["told"] == "yes"
    assert answered["flag"] == {"status": "open"}
    [report] = running.web.reports
    assert report == opened(answered["report"])
    assert report["level"] == "urgent"
    assert "active_ideation" in report["categories"]
    assert report["hash"] == tickets.text_hash(ALARMING, SECRET)
    assert all(len(ALARMING) >= one["end"] > one["start"] >= 0 for one in report["evidence"])
    # Codes, offsets, versions: not a word of the text, sealed or open.
    assert "tonight" not in json.dumps(report)
    assert b"tonight" not in running.web.raw[0]


def test_the_same_turn_sent_again_is_the_same_report(running: Live) -> None:
    turn = {"id": "01939b5e-0000-7000-8000-000000000001"}
    first, second = running.say(ALARMING, **turn).first, running.say(ALARMING, **turn).first
    assert [one["id"] for one in running.web.reports] == [turn["id"]] * 2
    assert first["messages"] == second["messages"]


def test_where_the_web_process_is_away_the_client_gets_the_report_to_post(running: Live) -> None:
    running.web.status = 503
    answered = running.say(ALARMING).first
    assert answered["told"] == "unreachable"
    assert len(running.web.raw) == 2  # one more try
    assert opened(answered["report"])["level"] == "urgent"
    assert answered["card"]["kind"] == "crisis"


def test_a_clinicians_preview_is_told_to_nobody(running: Live) -> None:
    answered = running.say(ALARMING, ticket=ticket(purpose="preview", client=None)).first
    assert answered["card"] is not None
    assert (answered["report"], answered["told"]) == (None, "no")
    assert running.web.raw == []


@pytest.mark.parametrize(
    ("presented", "code"),
    [
        (lambda: "", "ticket-refused"),
        (lambda: "AAAA", "ticket-refused"),
        (lambda: ticket(secret=b"o" * 32), "ticket-refused"),
        (lambda: tickets.seal(tickets.REPORT, {"exp": 9e9}, SECRET), "ticket-refused"),
        (lambda: tickets.seal(tickets.TICKET, {"id": "1"}, SECRET), "ticket-refused"),
        (lambda: ticket(seconds=-1.0), "ticket-expired"),
    ],
)
def test_without_a_ticket_that_holds_nothing_is_answered(
    running: Live, presented: Any, code: str
) -> None:
    refused = running.say("hello", ticket=presented())
    assert refused.status == 401
    assert refused.code == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": {"kind": "said", "text": ""}},
        {"event": {"kind": "shouted"}},
        {"event": {"kind": "chose", "codes": []}},
        {"id": "17"},
        {"language": "<script>"},
        {"history": ["one"] * 13},
        {"conversation": "a private sentence"},
    ],
)
def test_what_is_no_turn_is_refused_and_not_repeated(running: Live, wrong: dict[str, Any]) -> None:
    turn = {"event": {"kind": "opened"}, "memory": {"x": "a private sentence"}, **wrong}
    refused = running.turn(**turn)
    assert refused.status == 422
    assert refused.code == "invalid"
    assert json.loads(refused.body)["errors"]
    assert b"private" not in refused.body


def test_no_more_is_read_than_a_turn_may_hold(running: Live) -> None:
    refused = running.turn({"kind": "opened"}, memory={"long": "x" * 70_000})
    assert refused.status == 413
    assert refused.code == "body-too-large"


def test_no_ticket_asks_without_end(running: Live) -> None:
    statuses = [running.turn({"kind": "opened"}).status for _ in range(42)]
    # The minute may change on the way, once.
    assert statuses[0] == 200
    refused = running.turn({"kind": "opened"}) if 429 in statuses else None
    if refused is None:
        statuses += [running.turn({"kind": "opened"}).status for _ in range(42)]
    assert 429 in statuses
    assert running.turn({"kind": "opened"}, ticket=ticket()).status == 200


def test_the_clients_origin_may_read_the_answers_and_no_other(running: Live) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    allowed = running.ask("OPTIONS", "/companion/turns", headers={"Origin": ORIGIN, **asked})
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    for other in ("http://localhost:8001", "https://localhost:8000", "null", f"{ORIGIN}.example"):
        refused = running.ask("OPTIONS", "/companion/turns", headers={"Origin": other, **asked})
        assert refused.status == 400
        assert "access-control-allow-origin" not in refused.headers
    answered = running.turn({"kind": "opened"})
    assert answered.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in answered.headers


def test_no_answer_is_kept_and_no_connection_stays(running: Live) -> None:
    for answer in (running.ask("GET", "/healthz"), running.say("hello", ticket="AAAA")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["connection"] == "close"
        assert "server" not in answer.headers
    assert running.ask("GET", "/elsewhere").status == 404
