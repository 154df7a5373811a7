"""Has one ordinary phone called for a browser with a ticket: SIP by the SFU on loopback.

The browser brings its sound (WebRTC) and says "call"; whom, through which provider and under which
name stands in the sealed ticket and in our settings. What comes back is made anew of known fields
too: the plugin's own words would name the number.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from websockets.asyncio.server import ServerConnection

from holdfast.core.fanout import phone_wire
from holdfast.core.fanout.phone_wire import Trunk
from holdfast.live.topics.bridge import bridge, claims
from holdfast.live.topics.connection import MALFORMED, TOO_MANY, Refused
from holdfast.live.topics.settings import Settings

PLUGIN: Final = "janus.plugin.sip"
#: A description of one connection with sound.
LARGEST_FRAME: Final = 64 * 1024
LONGEST_SECONDS: Final = 4 * 3600.0

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

    def heard(self, frame: str | bytes) -> str | None:
        """What the browser is told of a frame of the SFU's; None: nothing."""
        told = self._told(frame)
        return None if told is None else orjson.dumps(told).decode()

    def _told(self, frame: str | bytes) -> dict[str, Any] | None:
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
        said = await claims(socket, phone_wire.TICKET, self._settings)
        line = Line(str(said["number"]), self._trunk, self._settings.sfu_secret)
        # Without its socket the SFU hangs up.
        await bridge(socket, self._settings, line, seconds=LONGEST_SECONDS, largest=LARGEST_FRAME)
