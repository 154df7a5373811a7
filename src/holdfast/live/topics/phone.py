"""Has one ordinary phone called for a browser with a ticket: SIP by the SFU on loopback.

The browser brings its sound (WebRTC) and says "call"; whom, through which provider and under which
name stands in the sealed ticket and in our settings. What comes back is made anew of known fields
too: the plugin's own words would name the number.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from holdfast.core import moved_clock, tickets
from holdfast.core.fanout import phone_wire, rooms_wire
from holdfast.core.fanout.phone_wire import Trunk
from holdfast.live.topics.connection import (
    LATE,
    MALFORMED,
    TOO_MANY,
    UNKNOWN,
    Refused,
    message_of,
)
from holdfast.live.topics.limits import TICKET_SECONDS, Allowance
from holdfast.live.topics.settings import Settings

PLUGIN: Final = "janus.plugin.sip"
#: A description of one connection with sound.
LARGEST_FRAME: Final = 64 * 1024
LONGEST_SECONDS: Final = 4 * 3600.0
AWAY: Final = 1013

_VERBS: Final[dict[str, frozenset[str]]] = {
    "keepalive": frozenset(),
    "trickle": frozenset({"handle_id", "candidate", "candidates"}),
    "hangup": frozenset({"handle_id"}),
    "detach": frozenset({"handle_id"}),
    "message": frozenset({"handle_id"}),
}
#: Of what the SFU says unasked, only that it happened.
_HAPPENED: Final = frozenset({"webrtcup", "media", "slowlink", "hangup", "detached", "timeout"})
_NAMES: Final = ("janus", "transaction", "session_id", "sender")


@dataclass
class Line:
    """What one browser may say, and what it is told: one call to one number."""

    number: str = field(repr=False)
    trunk: Trunk
    secret: str = field(repr=False)
    session: int | None = None
    attached: bool = False
    called: bool = False
    #: Of the message that introduces us to the plugin; the browser asked for none.
    introduction: str = field(default_factory=lambda: secrets.token_hex(9))

    def passed_on(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """What the SFU gets for a message. Raises Refused for what is no part of this call."""
        verb, transaction = message.get("janus"), message.get("transaction")
        if not isinstance(verb, str) or not isinstance(transaction, str):
            raise Refused("malformed", MALFORMED)
        made: dict[str, Any] = {"janus": verb, "transaction": transaction}
        made["apisecret"] = self.secret
        if verb == "create" and self.session is None:
            return [made]
        if self.session is None:
            raise Refused("malformed", MALFORMED)
        made["session_id"] = self.session
        if verb == "attach" and not self.attached:
            self.attached = True
            return [made | {"plugin": PLUGIN}]
        known = _VERBS.get(verb)
        if known is None:
            raise Refused("malformed", MALFORMED)
        made |= {name: message[name] for name in known if name in message}
        return self._asked(made, message) if verb == "message" else [made]

    def _asked(self, made: dict[str, Any], message: dict[str, Any]) -> list[dict[str, Any]]:
        body = message.get("body")
        request = body.get("request") if isinstance(body, dict) else None
        if request == "hangup":
            return [made | {"body": {"request": "hangup"}}]
        if request != "call" or not isinstance(message.get("jsep"), dict):
            raise Refused("malformed", MALFORMED)
        if self.called:
            raise Refused("too-many", TOO_MANY)
        self.called = True
        introduced = made | {"transaction": self.introduction, "body": self._introduction()}
        return [introduced, made | {"body": self._call(), "jsep": message["jsep"]}]

    def _introduction(self) -> dict[str, Any]:
        """As a guest: the provider asks who we are when we call, not before."""
        return {
            "request": "register",
            "type": "guest",
            "username": self.trunk.identity,
            "proxy": self.trunk.proxy,
        }

    def _call(self) -> dict[str, Any]:
        trunk = self.trunk
        made = {"request": "call", "uri": trunk.address(self.number)}
        if trunk.secret:
            made |= {"authuser": trunk.username, "secret": trunk.secret}
        return made | ({"srtp": trunk.srtp} if trunk.srtp else {})

    def heard(self, frame: str | bytes) -> dict[str, Any] | None:
        """What the browser is told of a frame of the SFU's; None: nothing."""
        found = orjson.loads(frame)
        kind = found.get("janus")
        told = {name: found[name] for name in _NAMES if name in found}
        if found.get("transaction") == self.introduction:
            return None
        if kind == "success":
            if self.session is None:
                self.session = int(found["data"]["id"])
            data = found.get("data")
            return told | ({"data": {"id": data["id"]}} if data else {})
        if kind == "error":
            return told | {"error": {"code": found.get("error", {}).get("code", 0)}}
        if kind == "event":
            return told | _news(found)
        if kind == "trickle":
            return told | {"candidate": found.get("candidate")}
        return told if kind == "ack" or kind in _HAPPENED else None


def _news(found: dict[str, Any]) -> dict[str, Any]:
    data = found.get("plugindata", {}).get("data", {})
    told: dict[str, Any] = {}
    if "error_code" in data:
        told = {"error_code": int(data["error_code"])}
    elif isinstance(data.get("result"), dict):
        told = {name: data["result"][name] for name in ("event", "code") if name in data["result"]}
    jsep = {"jsep": found["jsep"]} if "jsep" in found else {}
    return jsep | {"plugindata": {"plugin": PLUGIN, "data": told}}


class Phones:
    """Serves sockets of calls, one `serve` each."""

    def __init__(self, settings: Settings, trunk: Trunk) -> None:
        self._settings = settings
        self._trunk = trunk

    async def serve(self, socket: ServerConnection) -> None:
        """From the handshake to the end. Raises Refused, ConnectionClosed."""
        socket.protocol.max_message_size = LARGEST_FRAME
        claims = await self._claims(socket)
        line = Line(str(claims["number"]), self._trunk, self._settings.sfu_secret)
        try:
            async with asyncio.timeout(LONGEST_SECONDS), self._sfu() as sfu:
                await socket.send('{"kind":"opened"}')
                await _both(socket, sfu, line)
        except (OSError, TimeoutError) as error:
            raise Refused("sfu-away", AWAY) from error

    async def _claims(self, socket: ServerConnection) -> dict[str, Any]:
        try:
            async with asyncio.timeout(TICKET_SECONDS):
                first = message_of(await socket.recv())
        except TimeoutError:
            raise Refused("no-ticket", LATE) from None
        now = moved_clock.now(self._settings.clock_file)
        blob = str(first.get("ticket", ""))
        try:
            return tickets.open_sealed(phone_wire.TICKET, blob, self._settings.secret, now)
        except tickets.TicketRefused as refused:
            reason = "ticket-expired" if refused.reason == "expired" else "ticket-refused"
            raise Refused(reason, UNKNOWN) from None

    def _sfu(self) -> connect:
        return connect(
            self._settings.sfu,
            subprotocols=[Subprotocol(rooms_wire.SUBPROTOCOL)],
            open_timeout=3.0,
            compression=None,
            proxy=None,
            max_size=LARGEST_FRAME,
        )


async def _both(socket: ServerConnection, sfu: ClientConnection, line: Line) -> None:
    """Until either side ends; whatever ended it is raised. Without its socket the SFU hangs up."""
    ways = {asyncio.create_task(_up(socket, sfu, line))}
    ways.add(asyncio.create_task(_down(sfu, socket, line)))
    done, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for one in left:
        one.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for one in done:
        one.result()


async def _up(socket: ServerConnection, sfu: ClientConnection, line: Line) -> None:
    loop = asyncio.get_running_loop()
    allowance = Allowance(loop.time())
    async for frame in socket:
        if not allowance.take(loop.time()):
            raise Refused("rate-limited", TOO_MANY)
        for made in line.passed_on(message_of(frame)):
            try:
                await sfu.send(orjson.dumps(made).decode())
            except WebSocketException:
                raise Refused("sfu-away", AWAY) from None


async def _down(sfu: ClientConnection, socket: ServerConnection, line: Line) -> None:
    async for frame in sfu:
        told = line.heard(frame)
        if told is not None:
            await socket.send(orjson.dumps(told).decode())
    raise Refused("sfu-away", AWAY)
