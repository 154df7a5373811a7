"""A message looked at in passing by a real live process, and nothing of it kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from holdfast.core import tickets
from tests.integration.live.process import ALARMING, ORIGIN, SECRET, Answer, Live, ticket

pytestmark = pytest.mark.any_database

CANARY = "quiet-heron-9317"


def look(running: Live, text: str, /, presented: str | None = None, **more: Any) -> Answer:
    body = {"id": str(uuid.uuid4()), "text": text, "language": "en", **more}
    headers = {
        "Authorization": f"Ticket {presented or ticket(purpose='message')}",
        "Content-Type": "application/json",
        "Origin": ORIGIN,
    }
    return running.ask("POST", "/looks", json.dumps(body).encode(), headers)


def test_a_message_without_danger_shows_and_tells_nothing(running: Live) -> None:
    answer = json.loads(look(running, "See you on Thursday, I will bring the form").body)
    assert answer == {"card": None, "looked": True, "report": None, "told": "no", "flag": None}
    assert running.web.raw == []


def test_danger_shows_the_card_and_is_told_as_codes_under_the_message_s_id(running: Live) -> None:
    message = str(uuid.uuid4())
    answer = json.loads(look(running, f"{CANARY}: {ALARMING}", id=message).body)
    assert (answer["card"]["kind"], answer["card"]["emergency"]) == ("crisis", "112")
    assert answer["card"]["lines"][0]["id"] == "line-1"
    assert (answer["told"], answer["flag"]) == ("yes", {"status": "open"})
    [report] = running.web.reports
    assert (report["id"], report["source"], report["level"]) == (message, "message", "urgent")
    assert report["referrals"] == ["line-1"]
    assert report["hash"] == tickets.text_hash(f"{CANARY}: {ALARMING}", SECRET)
    assert "tonight" not in json.dumps(report)


def test_nothing_of_a_message_is_logged_or_put_into_a_file(running: Live) -> None:
    look(running, f"{CANARY} {ALARMING}")
    look(running, "", text=[CANARY])
    look(running, f"{CANARY} " * 5000)
    kept = [one for one in running.log.parent.rglob("*") if one.is_file()]
    assert running.log in kept
    assert not [one for one in kept if CANARY.encode() in one.read_bytes()]
    assert not any(CANARY.encode() in one for one in running.web.raw)


def test_a_ticket_for_one_is_none_for_the_other(running: Live) -> None:
    refused = look(running, ALARMING, ticket())
    assert (refused.status, refused.code) == (401, "ticket-refused")
    refused = running.say(ALARMING, ticket=ticket(purpose="message"))
    assert (refused.status, refused.code) == (401, "ticket-refused")
    assert running.web.raw == []


@pytest.mark.parametrize("wrong", [{"text": ""}, {"id": "17"}, {"language": "<b>"}])
def test_what_is_no_message_is_refused_and_not_repeated(
    running: Live, wrong: dict[str, Any]
) -> None:
    refused = look(running, "a private sentence", **wrong)
    assert (refused.status, refused.code) == (422, "invalid")
    assert b"private" not in refused.body
