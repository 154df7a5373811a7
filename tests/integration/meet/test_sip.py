"""A real Janus calls a real SIP peer for a browser that never hears the number."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from holdfast.cli import sfu as starting
from holdfast.core import tickets
from holdfast.core.fanout import phone_wire
from tests import sip_peer
from tests.integration.fanout.process import ORIGIN, PATIENCE_SECONDS, SECRET, Topics, running
from tests.integration.meet.test_sfu import Member
from tests.sip_peer import Peer

pytestmark = [pytest.mark.any_database, pytest.mark.exhaustive]

NUMBER = "+4930123456"
#: What a browser's sound is offered with; nobody connects to it.
OFFER = "\r\n".join(
    [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=ice-options:trickle",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=setup:actpass", "a=mid:0",
        "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000", "a=ssrc:1 cname:x", "",
    ]
)  # fmt: skip


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with sip_peer.running(tmp_path_factory.mktemp("sipp")) as one:
        yield one


@pytest.fixture(scope="module")
def provider(peer: Peer) -> dict[str, str]:
    return peer.provider


@pytest.fixture(scope="module")
def janus(
    tmp_path_factory: pytest.TempPathFactory, provider: dict[str, str]
) -> Iterator[tuple[starting.Sfu, Path]]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in provider.items():
            patch.setenv(name, value)
        found = starting.installed()
    assert found is not None, "python tools/system_packages.py janus"
    found = dataclasses.replace(found, local=True)
    folder = tmp_path_factory.mktemp("janus")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(found.command(folder / "settings"), stdout=log, stderr=log)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", found.port), 1):
            break
        time.sleep(0.05)
    try:
        yield found, folder / "log"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def topics(
    janus: tuple[starting.Sfu, Path],
    provider: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Topics]:
    folder = tmp_path_factory.mktemp("topics")
    with running(folder, **janus[0].environment, **provider) as one:
        yield one


def opened(topics: Topics, *, seconds: float = 60.0, label: str = phone_wire.TICKET) -> Member:
    expires = datetime.now(UTC) + timedelta(seconds=seconds)
    claims = {"number": NUMBER, "visit": uuid.uuid4().hex, "exp": int(expires.timestamp())}
    sealed = tickets.seal(label, claims, SECRET)
    url = f"ws://127.0.0.1:{topics.port}/phone"
    made = Member(connect(url, origin=Origin(ORIGIN), proxy=None, compression=None, legacy=True))
    made.send(kind="open", ticket=sealed)
    return made


def until(member: Member, event: str) -> dict[str, Any]:
    """The frame that says so; everything on the way is looked at for the number."""
    while True:
        frame = member.hear()
        assert NUMBER[1:] not in json.dumps(frame)
        if frame.get("plugindata", {}).get("data", {}).get("event") == event:
            return frame


def test_a_phone_rings_is_answered_and_hung_up(
    topics: Topics, peer: Peer, janus: tuple[starting.Sfu, Path]
) -> None:
    member = opened(topics)
    assert member.hear() == {"kind": "opened"}
    member.session = member.asks(janus="create")["data"]["id"]
    member.handle = member.asks(janus="attach", plugin="janus.plugin.sip")["data"]["id"]
    jsep = {"type": "offer", "sdp": OFFER}
    answer = member.asks(janus="message", body={"request": "call", "uri": "sip:x@y"}, jsep=jsep)
    assert answer["plugindata"]["data"] == {"event": "calling"}
    until(member, "ringing")
    accepted = until(member, "accepted")
    assert "PCMU/8000" in accepted["jsep"]["sdp"]
    member.asks(janus="message", body={"request": "hangup"})
    invite = peer.messages
    assert f"INVITE sip:{NUMBER}@127.0.0.1:{peer.port} SIP" in invite
    assert "sip:+4930999@127.0.0.1" in invite
    peer.until("\nBYE ")
    # Neither process wrote down whom it called.
    assert NUMBER[1:] not in janus[1].read_text()


def test_a_browser_that_goes_away_hangs_up(topics: Topics, peer: Peer) -> None:
    member = opened(topics)
    member.hear()
    member.session = member.asks(janus="create")["data"]["id"]
    member.handle = member.asks(janus="attach", plugin="x")["data"]["id"]
    before = peer.messages.count("\nBYE ")
    jsep = {"type": "offer", "sdp": OFFER}
    member.asks(janus="message", body={"request": "call"}, jsep=jsep)
    until(member, "accepted")
    member.socket.close()
    peer.until("\nBYE ", before + 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"seconds": -1.0}, "ticket-expired"),
        ({"label": "room ticket"}, "ticket-refused"),
    ],
)
def test_a_ticket_for_this_is_needed(topics: Topics, given: dict[str, Any], code: str) -> None:
    assert opened(topics, **given).hear() == {"kind": "refused", "code": code}
