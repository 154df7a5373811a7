"""A real Janus behind the process with the sockets: one's own room with a ticket, nothing else."""

from __future__ import annotations

import dataclasses
import json
import secrets
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from holdfast.cli import sfu as starting
from holdfast.core.fanout import rooms_wire, wire
from holdfast.meet.rooms import sfu
from tests.integration.fanout.process import (
    ORIGIN,
    PATIENCE_SECONDS,
    SECRET,
    Browser,
    Topics,
    running,
)

pytestmark = [pytest.mark.any_database, pytest.mark.exhaustive]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[starting.Sfu]:
    found = starting.installed()
    assert found is not None, "python tools/system_packages.py janus"
    found = dataclasses.replace(found, local=True)
    folder = tmp_path_factory.mktemp("janus")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(found.command(folder / "settings"), stdout=log, stderr=log)
    try:
        yield found
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def topics(janus: starting.Sfu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topics]:
    with running(tmp_path_factory.mktemp("topics"), **janus.environment) as one:
        yield one


@pytest.fixture
def room(janus: starting.Sfu, topics: Topics, settings: Any) -> uuid.UUID:
    """A room that Django had made."""
    settings.SFU_URL, settings.SFU_SECRET = janus.environment.values()
    settings.TOPICS_SECRET = SECRET
    settings.TOPICS_ORIGIN = f"http://127.0.0.1:{topics.port}"
    made = uuid.uuid4()
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            sfu.open_room(made)
            return made
        except sfu.NoSfu:
            assert time.monotonic() < until


@dataclass
class Member(Browser):
    """A browser's side of the room, without media."""

    session: int = 0
    handle: int = 0

    def asks(self, **message: Any) -> dict[str, Any]:
        """The answer to one request of Janus' API; an acknowledgement is passed over."""
        transaction = secrets.token_hex(6)
        named = {"session_id": self.session, "handle_id": self.handle}
        self.socket.send(json.dumps({"transaction": transaction} | named | message))
        while True:
            found = self.hear()
            if found.get("kind") == "refused":
                return found
            done = found["janus"] != "ack" or message["janus"] == "keepalive"
            if found.get("transaction") == transaction and done:
                return found

    def attaches(self) -> None:
        self.session = self.asks(janus="create")["data"]["id"]
        self.handle = self.asks(janus="attach", plugin="janus.plugin.videoroom")["data"]["id"]

    def joins(self, **more: Any) -> dict[str, Any]:
        body = {"request": "join", "ptype": "publisher", **more}
        return self.asks(janus="message", body=body)


def opened(given: sfu.RoomTicket) -> Member:
    socket = connect(given.url, origin=Origin(ORIGIN), proxy=None, compression=None, legacy=True)
    made = Member(socket)
    made.send(kind="open", ticket=given.ticket)
    return made


def inside(room: uuid.UUID, name: str) -> Member:
    made = opened(sfu.ticket(room, name, datetime.now(UTC)))
    assert made.hear() == {"kind": "opened"}
    made.attaches()
    return made


def test_members_meet_in_their_room_under_the_names_that_their_tickets_say(
    room: uuid.UUID, janus: starting.Sfu
) -> None:
    first = inside(room, "first")
    answered = first.joins(display="somebody else", room="another")
    joined = answered["plugindata"]["data"]
    assert (joined["videoroom"], joined["room"]) == ("joined", room.hex)
    assert janus.secret not in json.dumps(answered)
    sfu.open_room(room)  # there already
    second = inside(room, "second")
    assert second.joins()["plugindata"]["data"]["videoroom"] == "joined"
    third = inside(uuid.uuid4(), "third")
    assert third.joins()["plugindata"]["data"]["error_code"] == 426, "nobody made that room"


@pytest.mark.parametrize(
    "message",
    [
        {"janus": "message", "body": {"request": "create"}},
        {"janus": "message", "body": {"request": "list"}},
        {"janus": "message", "body": {"request": "enable_recording", "record": True}},
        {"janus": "message", "body": {"request": "join", "ptype": "moderator"}},
        {"janus": "message", "body": {"request": ["join"]}},
        {"janus": "message"},
        {"janus": "info"},
        {"janus": "destroy"},
        {"janus": "claim"},
        {"janus": 1},
    ],
)
def test_what_a_member_has_no_business_with_ends_the_socket(
    room: uuid.UUID, message: dict[str, Any]
) -> None:
    member = inside(room, "somebody")
    assert member.asks(**message) == {"kind": "refused", "code": "malformed"}
    assert member.closed_with() == 4400


def test_another_session_and_another_plugin_cannot_be_named(room: uuid.UUID) -> None:
    one, other = inside(room, "one"), inside(room, "other")
    taken = other.handle
    other.session, other.handle = one.session, one.handle
    assert other.joins()["janus"] == "error", "its own session has no such handle"
    other.handle = taken
    assert other.joins()["plugindata"]["data"]["videoroom"] == "joined"
    other.handle = other.asks(janus="attach", plugin="janus.plugin.recordplay")["data"]["id"]
    again = other.joins(ptype="publisher")
    assert again["plugindata"]["plugin"] == "janus.plugin.videoroom"


def test_a_ticket_of_ours_for_a_room_is_needed(room: uuid.UUID) -> None:
    good = sfu.ticket(room, "somebody", datetime.now(UTC))
    late = sfu.ticket(room, "somebody", NOW - sfu.LIFETIME - timedelta(seconds=1))
    for given, code in (
        (dataclasses.replace(good, ticket="made up"), "ticket-refused"),
        (late, "ticket-expired"),
    ):
        refused = opened(given)
        assert refused.hear() == {"kind": "refused", "code": code}
        assert refused.closed_with() == 4401


def test_everybody_leaves_a_room_that_is_closed(room: uuid.UUID) -> None:
    member = inside(room, "somebody")
    member.joins()
    sfu.close_room(room)
    sfu.close_room(room)
    while "plugindata" not in (heard := member.hear()):
        assert heard["janus"] in {"ack", "webrtcup", "hangup"}
    assert heard["plugindata"]["data"]["videoroom"] == "destroyed"
    assert inside(room, "late").joins()["plugindata"]["data"]["error_code"] == 426


def test_without_an_sfu_nobody_waits_for_one(settings: Any) -> None:
    settings.SFU_URL = ""
    assert not sfu.is_there()
    with pytest.raises(sfu.NoSfu):
        sfu.open_room(uuid.uuid4())
    settings.SFU_URL = "ws://127.0.0.1:9"
    with pytest.raises(sfu.NoSfu):
        sfu.open_room(uuid.uuid4())


def test_its_api_answers_nobody_without_the_secret(room: uuid.UUID, janus: starting.Sfu) -> None:
    with connect(
        janus.environment[rooms_wire.URL_VARIABLE],
        subprotocols=[Subprotocol(rooms_wire.SUBPROTOCOL)],
        proxy=None,
        legacy=True,
    ) as socket:
        socket.send(json.dumps({"janus": "create", "transaction": "x", "apisecret": "guessed"}))
        assert json.loads(socket.recv(timeout=PATIENCE_SECONDS))["error"]["code"] == 403


def test_its_settings_are_readable_by_us_alone(janus: starting.Sfu, tmp_path: Path) -> None:
    janus.command(tmp_path / "settings")
    modes = {one.name: one.stat().st_mode & 0o777 for one in (tmp_path / "settings").iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_who_is_out_of_the_group_is_out_of_its_room_with_every_ticket_from_before(
    room: uuid.UUID, topics: Topics
) -> None:
    account = str(uuid.uuid4())
    before = sfu.ticket(room, account, datetime.now(UTC))
    member, other = inside(room, account), inside(room, "other")
    for one in (member, other):
        one.joins()
    topics.sender().send(wire.told(f"room:{room}", None, {"out": account}))
    with pytest.raises(ConnectionClosed):
        _hear_for_ever(member)
    refused = opened(before)
    assert refused.hear() == {"kind": "refused", "code": "ticket-refused"}
    # Nobody else is.
    assert other.asks(janus="keepalive")["janus"] == "ack"


def _hear_for_ever(member: Member) -> None:
    while True:
        member.hear()
