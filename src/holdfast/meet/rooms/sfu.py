"""Rooms for three to thirty: made and destroyed at the SFU, joined by tickets of ours.

The one interface to Janus (VideoRoom); another SFU would take its place here and in
`live.topics.rooms`. Pictures and voices pass through it sealed by the members' room key, which it
never has.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from holdfast.core import tickets
from holdfast.core.fanout import rooms_wire

LIFETIME: Final = timedelta(minutes=10)
MOST_MEMBERS: Final = 30
#: Bits per second of one picture's best layer.
BITRATE: Final = 600_000
_SECONDS: Final = 3.0
#: Janus' own: docs of the VideoRoom plugin, error codes.
_NO_SUCH_ROOM, _EXISTS = 426, 427


class NoSfu(Exception):
    """There is none, or it does not answer: groups of up to four go without one."""


@dataclass(frozen=True)
class RoomTicket:
    """`url` is where the socket opens; `ticket` is its first frame's."""

    ticket: str
    url: str
    expires_at: datetime


def is_there() -> bool:
    """Whether this installation has an SFU."""
    return bool(settings.SFU_URL)


def open_room(room: uuid.UUID, *, members: int = MOST_MEMBERS) -> None:
    """Have the room; nothing where it is there. Raises NoSfu."""
    name = room.hex
    made = {
        "request": "create",
        "admin_key": rooms_wire.admin_key(settings.SFU_SECRET),
        "room": name,
        "pin": rooms_wire.pin(name, settings.SFU_SECRET),
        "secret": rooms_wire.room_secret(name, settings.SFU_SECRET),
        "is_private": True,
        "permanent": False,
        "publishers": members,
        "bitrate": BITRATE,
        "bitrate_cap": True,
        "audiocodec": "opus",
        "videocodec": "vp8",
        "record": False,
        "lock_record": True,
    }
    _ask(made, passing_over=_EXISTS)


def close_room(room: uuid.UUID) -> None:
    """Everybody leaves and the room is gone; nothing where it is. Raises NoSfu."""
    secret = rooms_wire.room_secret(room.hex, settings.SFU_SECRET)
    _ask(
        {"request": "destroy", "room": room.hex, "secret": secret, "permanent": False},
        passing_over=_NO_SUCH_ROOM,
    )


def ticket(room: uuid.UUID, member: str, now: datetime) -> RoomTicket:
    """For `member` (opaque, the same for all of one person's sockets) to join the room with."""
    expires = now + LIFETIME
    claims = {"room": room.hex, "member": member, "exp": int(expires.timestamp())}
    sealed = tickets.seal(rooms_wire.TICKET, claims, settings.TOPICS_SECRET)
    parts = urlsplit(settings.TOPICS_ORIGIN)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return RoomTicket(sealed, f"{scheme}://{parts.netloc}{parts.path}/room", expires)


def _ask(body: dict[str, Any], *, passing_over: int) -> None:
    if not is_there():
        raise NoSfu("This installation has no SFU.")
    try:
        with _handle() as (socket, session, handle):
            message = {"janus": "message", "session_id": session, "handle_id": handle}
            answer = _request(socket, message | {"body": body})
    except (OSError, WebSocketException, ValueError, KeyError) as error:
        raise NoSfu(type(error).__name__) from error
    # What the plugin refuses comes as an answer, not as Janus' error.
    found = answer.get("plugindata", {}).get("data", {})
    if answer.get("janus") == "error" or found.get("error_code", passing_over) != passing_over:
        raise NoSfu(f"refused: {found.get('error_code', answer.get('error', {}).get('code'))}")


@contextmanager
def _handle() -> Iterator[tuple[ClientConnection, int, int]]:
    with connect(
        settings.SFU_URL,
        subprotocols=[Subprotocol(rooms_wire.SUBPROTOCOL)],
        open_timeout=_SECONDS,
        close_timeout=1.0,
        compression=None,
        proxy=None,
        legacy=True,
    ) as socket:
        session = _request(socket, {"janus": "create"})["data"]["id"]
        attach = {"janus": "attach", "plugin": "janus.plugin.videoroom", "session_id": session}
        handle = _request(socket, attach)["data"]["id"]
        try:
            yield socket, session, handle
        finally:
            _request(socket, {"janus": "destroy", "session_id": session})


def _request(socket: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    transaction = secrets.token_hex(8)
    sent = message | {"transaction": transaction, "apisecret": settings.SFU_SECRET}
    socket.send(orjson.dumps(sent).decode())
    while True:
        found: dict[str, Any] = orjson.loads(socket.recv(timeout=_SECONDS))
        if found.get("transaction") == transaction and found.get("janus") != "ack":
            return found
