"""What a browser may have the SFU's SIP plugin do, and what it hears of it: never the number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast.core.fanout import phone_wire
from holdfast.core.fanout.phone_wire import Trunk, TrunkError, trunk
from holdfast.live.topics.connection import Refused
from holdfast.live.topics.phone import Line

pytestmark = pytest.mark.any_database

NUMBER = "+4930123456"
OURS = Trunk("sip:trunk.example.org:5060;transport=tls", "+49301", "hf", "pass", "sdes_mandatory")
JSEP = {"type": "offer", "sdp": "v=0"}


def line(**more: Any) -> Line:
    made = Line(NUMBER, OURS, "apisecret")
    made.passed_on({"janus": "create", "transaction": "c"})
    made.heard(json.dumps({"janus": "success", "transaction": "c", "data": {"id": 7}}))
    made.passed_on({"janus": "attach", "transaction": "a", "plugin": "janus.plugin.videoroom"})
    return made


def call(**body: Any) -> dict[str, Any]:
    body = {"request": "call", **body}
    return {"janus": "message", "transaction": "t", "handle_id": 9, "body": body, "jsep": JSEP}


def test_a_call_goes_to_the_ticket_s_number_through_the_practice_s_provider() -> None:
    register, asked = line().passed_on(call(uri="sip:premium@evil.example", proxy="sip:evil"))
    assert register["body"] == {
        "request": "register",
        "type": "guest",
        "username": "sip:+49301@trunk.example.org:5060",
        "proxy": OURS.proxy,
    }
    assert asked["body"] == {
        "request": "call",
        "uri": f"sip:{NUMBER}@trunk.example.org:5060",
        "authuser": "hf",
        "secret": "pass",
        "srtp": "sdes_mandatory",
    }
    assert (asked["session_id"], asked["jsep"], asked["apisecret"]) == (7, JSEP, "apisecret")


@pytest.mark.parametrize(
    "message",
    [
        {"janus": "attach", "transaction": "t", "plugin": "janus.plugin.sip"},
        {"janus": "create", "transaction": "t"},
        {"janus": "destroy", "transaction": "t"},
        call(request="register"),
        call(request="message"),
        call(request="transfer"),
        call(request="recording"),
        call() | {"jsep": None},
        call() | {"body": None},
        {"janus": "keepalive"},
    ],
)
def test_nothing_else_is_passed_on(message: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        line().passed_on(message)


def test_one_socket_calls_once() -> None:
    made = line()
    made.passed_on(call())
    with pytest.raises(Refused, match="too-many"):
        made.passed_on(call())
    [hangup] = made.passed_on(call(request="hangup", reason="x"))
    assert hangup["body"] == {"request": "hangup"}


def heard(made: Line, result: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    data = {"sip": "event", "call_id": f"{NUMBER}-1", "result": result}
    frame = {"janus": "event", "session_id": 7, "sender": 9, "transaction": "t", **more}
    return told_of(made, frame | {"plugindata": {"plugin": "x", "data": data}})


def told_of(made: Line, frame: dict[str, Any]) -> dict[str, Any] | None:
    told = made.heard(json.dumps(frame))
    return None if told is None else json.loads(told)


def test_the_number_comes_back_in_nothing_that_is_heard() -> None:
    made = line()
    told = heard(made, {"event": "accepted", "username": f"sip:{NUMBER}@x"}, jsep=JSEP)
    assert told is not None
    assert told["plugindata"]["data"] == {"event": "accepted"}
    assert told["jsep"] == JSEP
    told = heard(made, {"event": "hangup", "code": 486, "reason": f"{NUMBER} is busy"})
    assert told is not None
    assert told["plugindata"]["data"] == {"event": "hangup", "code": 486}
    wrong = {"janus": "error", "error": {"code": 458, "reason": f"no {NUMBER}"}}
    assert told_of(made, wrong) == {"janus": "error", "error": {"code": 458}}
    assert heard(made, {"event": "registered"}, transaction=made.introduction) is None
    assert told_of(made, {"janus": "webrtcup", "sender": 9, "x": NUMBER}) == {
        "janus": "webrtcup",
        "sender": 9,
    }
    assert told_of(made, {"janus": "server_info", "x": NUMBER}) is None
    assert NUMBER not in repr(made)


def test_the_provider_s_settings_are_read_strictly(tmp_path: Path) -> None:
    assert trunk({}) is None
    secret = tmp_path / "secret"
    secret.write_text("pass\n")
    found = trunk(
        {
            phone_wire.PROXY_VARIABLE: "sip:trunk.example.org:5060;transport=tls",
            "HOLDFAST_SIP_USERNAME": "hf",
            "HOLDFAST_SIP_CALLER": "+49301",
            "HOLDFAST_SIP_SECRET_FILE": str(secret),
            "HOLDFAST_SIP_SRTP": "required",
        }
    )
    assert found == OURS
    assert "pass" not in repr(found)
    for wrong in (
        {phone_wire.PROXY_VARIABLE: "trunk.example.org"},
        {phone_wire.PROXY_VARIABLE: "sip:a.example"},
        {phone_wire.PROXY_VARIABLE: "sip:a.example", "HOLDFAST_SIP_CALLER": "a@b;c"},
        {
            phone_wire.PROXY_VARIABLE: "sip:a.example",
            "HOLDFAST_SIP_CALLER": "x",
            "HOLDFAST_SIP_SRTP": "yes",
        },
    ):
        with pytest.raises(TrunkError):
            trunk(wrong)
