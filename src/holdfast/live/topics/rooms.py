"""Passes between a browser with a ticket for one room and the SFU on loopback.

A browser speaks the part of Janus' API (VideoRoom) that joining, showing and watching need. What it
sends is made anew of known fields before it goes on, with the room of its ticket: it can name no
other room, session or plugin, ask for no recording, and never sees the API's secret or the room's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from websockets.asyncio.server import ServerConnection

from holdfast.core import moved_clock
from holdfast.core.fanout import rooms_wire
from holdfast.live.topics.bridge import bridge, claims
from holdfast.live.topics.connection import MALFORMED, TOO_MANY, UNKNOWN, Refused
from holdfast.live.topics.settings import Settings

#: A description of a connection with thirty others.
LARGEST_FRAME: Final = 256 * 1024
PLUGIN: Final = "janus.plugin.videoroom"
#: One to publish, one to watch; and both once more while the first are given up.
MOST_HANDLES: Final = 4
#: Whoever showed something for so long goes on only with another ticket.
LONGEST_SECONDS: Final = 6 * 3600.0
#: Seconds that a ticket lives (`meet.rooms.sfu.LIFETIME`).
LONGEST_TICKET: Final = 600.0
#: Room and member, as tickets name them.
Seat = tuple[str, str]

#: What each request of VideoRoom may say.
_REQUESTS: Final[dict[str, frozenset[str]]] = {
    "join": frozenset({"ptype", "streams", "use_msid", "autoupdate"}),
    "publish": frozenset({"bitrate", "descriptions"}),
    "configure": frozenset({"bitrate", "keyframe", "streams", "descriptions", "restart"}),
    "unpublish": frozenset(),
    "start": frozenset(),
    "update": frozenset({"subscribe", "unsubscribe"}),
    "subscribe": frozenset({"streams"}),
    "unsubscribe": frozenset({"streams"}),
    "leave": frozenset(),
}
_VERBS: Final[dict[str, frozenset[str]]] = {
    "keepalive": frozenset(),
    "trickle": frozenset({"handle_id", "candidate", "candidates"}),
    "hangup": frozenset({"handle_id"}),
    "detach": frozenset({"handle_id"}),
    "message": frozenset({"handle_id", "jsep"}),
}


@dataclass
class Filter:
    """What one browser may say to the SFU, and what it has been given by it."""

    room: str
    member: str
    secret: str = field(repr=False)
    session: int | None = None
    handles: int = 0

    def passed_on(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The message as the SFU gets it. Raises Refused for what is none of this room's."""
        return [self._made(message)]

    def _made(self, message: dict[str, Any]) -> dict[str, Any]:
        verb, transaction = message.get("janus"), message.get("transaction")
        if not isinstance(verb, str) or not isinstance(transaction, str):
            raise Refused("malformed", MALFORMED)
        made: dict[str, Any] = {"janus": verb, "transaction": transaction}
        made["apisecret"] = self.secret
        if verb == "create" and self.session is None:
            return made
        if self.session is None:
            raise Refused("malformed", MALFORMED)
        made["session_id"] = self.session
        if verb == "attach":
            self.handles += 1
            if self.handles > MOST_HANDLES:
                raise Refused("too-many", TOO_MANY)
            return made | {"plugin": PLUGIN}
        known = _VERBS.get(verb)
        if known is None:
            raise Refused("malformed", MALFORMED)
        made |= {name: message[name] for name in known if name in message}
        if verb == "message":
            made["body"] = self._body(message.get("body"))
        return made

    def _body(self, body: Any) -> dict[str, Any]:
        request = body.get("request") if isinstance(body, dict) else None
        known = _REQUESTS.get(request) if isinstance(request, str) else None
        if known is None:
            raise Refused("malformed", MALFORMED)
        made = {name: body[name] for name in known if name in body} | {"request": request}
        if request == "join":
            if made.get("ptype") not in {"publisher", "subscriber"}:
                raise Refused("malformed", MALFORMED)
            made |= {"room": self.room, "pin": rooms_wire.pin(self.room, self.secret)}
            made |= {"display": self.member}
        return made

    def heard(self, frame: str | bytes) -> str | bytes:
        """The frame as it is; the session's number is taken off the SFU's first answer."""
        if self.session is None:
            found = orjson.loads(frame)
            if found.get("janus") == "success":
                self.session = int(found["data"]["id"])
        return frame


class Rooms:
    """Serves sockets of rooms, one `serve` each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._inside: dict[Seat, set[ServerConnection]] = {}
        #: Who is out for good: tickets that expire until then were made before.
        self._out: dict[Seat, float] = {}

    def told(self, topic: str, data: Any) -> None:
        """Somebody is out of their group: their sockets end, and with them what Janus sends there.

        Their tickets from before open none.
        """
        kind, _, room = topic.partition(":")
        account = data.get("out") if kind == "room" and isinstance(data, dict) else None
        if not isinstance(account, str):
            return
        now = moved_clock.now(self._settings.clock_file).timestamp()
        seat = (room.replace("-", ""), account)
        self._out = {one: until for one, until in self._out.items() if until > now}
        self._out[seat] = now + LONGEST_TICKET
        for socket in self._inside.get(seat, set()):
            socket.transport.abort()

    async def serve(self, socket: ServerConnection) -> None:
        """From the handshake to the end. Raises Refused, ConnectionClosed."""
        socket.protocol.max_message_size = LARGEST_FRAME
        said = await claims(socket, rooms_wire.TICKET, self._settings)
        seat = (str(said["room"]), str(said["member"]))
        if float(said["exp"]) <= self._out.get(seat, 0.0):
            raise Refused("ticket-refused", UNKNOWN)
        passing = Filter(*seat, self._settings.sfu_secret)
        self._inside.setdefault(seat, set()).add(socket)
        try:
            await bridge(
                socket, self._settings, passing, seconds=LONGEST_SECONDS, largest=LARGEST_FRAME
            )
        finally:
            self._inside[seat].discard(socket)
            if not self._inside[seat]:
                del self._inside[seat]
