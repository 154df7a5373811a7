"""One socket's protocol: a ticket within five seconds, then renewals and what is said."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import orjson
from websockets.asyncio.server import ServerConnection

from holdfast.core import moved_clock, tickets
from holdfast.core.fanout import wire
from holdfast.live.topics.hub import Hub, Member, Right
from holdfast.live.topics.limits import PER_ACCOUNT, TICKET_SECONDS, Allowance, Counted, Full
from holdfast.live.topics.settings import Settings

#: Codes of the closing frame, of the range that is an application's own.
MALFORMED, UNKNOWN, LATE, TOO_MANY = 4400, 4401, 4408, 4429


class Refused(Exception):
    """The socket is closed; `code` says why, in a last message."""

    def __init__(self, code: str, closing: int) -> None:
        super().__init__(code)
        self.code, self.closing = code, closing


class Sockets:
    """Serves sockets, one `serve` each."""

    def __init__(self, settings: Settings, hub: Hub) -> None:
        self._settings = settings
        self._hub = hub
        self._accounts = Counted(PER_ACCOUNT)

    async def serve(self, socket: ServerConnection) -> None:
        """From the handshake to the end. Raises Refused, ConnectionClosed."""
        try:
            async with asyncio.timeout(TICKET_SECONDS):
                first = message_of(await socket.recv())
        except TimeoutError:
            raise Refused("no-ticket", LATE) from None
        if first.get("kind") != "open":
            raise Refused("no-ticket", UNKNOWN)
        claims = self._claims(first)
        member = Member(os.urandom(9).hex(), str(claims["account"]), socket)
        try:
            with self._accounts.one_more(member.account):
                await self._stay(member, claims)
        except Full:
            raise Refused("too-many", TOO_MANY) from None

    async def _stay(self, member: Member, claims: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        allowance = Allowance(loop.time())
        try:
            async with asyncio.timeout(self._seconds_left(claims)) as until_expiry:
                await self._hub.follow(member, _topics(claims))
                async for frame in member.socket:
                    if not allowance.take(loop.time()):
                        raise Refused("rate-limited", TOO_MANY)
                    message = message_of(frame)
                    if message.get("kind") == "renew":
                        renewed = self._renewed(member, message)
                        until_expiry.reschedule(loop.time() + self._seconds_left(renewed))
                        await self._hub.follow(member, _topics(renewed))
                    else:
                        self._say(member, message)
        except TimeoutError:
            raise Refused("ticket-expired", UNKNOWN) from None
        finally:
            self._hub.leave(member)

    def _say(self, member: Member, message: dict[str, Any]) -> None:
        topic = message.get("topic")
        if message.get("kind") != "say" or not isinstance(topic, str) or "data" not in message:
            raise Refused("malformed", MALFORMED)
        if not self._hub.say(member, topic, message["data"]):
            self._hub.counts.refused += 1
            self._hub.send(member, {"kind": "refused", "code": "not-permitted", "topic": topic})

    def _renewed(self, member: Member, message: dict[str, Any]) -> dict[str, Any]:
        claims = self._claims(message)
        if claims["account"] != member.account:
            raise Refused("ticket-refused", UNKNOWN)
        return claims

    def _claims(self, message: dict[str, Any]) -> dict[str, Any]:
        now = moved_clock.now(self._settings.clock_file)
        blob = str(message.get("ticket", ""))
        try:
            claims = tickets.open_sealed(wire.TICKET, blob, self._settings.secret, now)
        except tickets.TicketRefused as refused:
            reason = "ticket-expired" if refused.reason == "expired" else "ticket-refused"
            raise Refused(reason, UNKNOWN) from None
        if "exp" not in claims:
            raise Refused("ticket-refused", UNKNOWN)
        return claims

    def _seconds_left(self, claims: dict[str, Any]) -> float:
        now = moved_clock.now(self._settings.clock_file)
        return float(claims["exp"]) - now.timestamp()


def _topics(claims: dict[str, Any]) -> dict[str, Right]:
    topics: dict[str, Right] = claims["topics"]
    return dict(list(topics.items())[: wire.MOST_TOPICS])


def message_of(frame: str | bytes) -> dict[str, Any]:
    """A frame's JSON object. Raises Refused for what is none."""
    try:
        found = orjson.loads(frame) if isinstance(frame, str) else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("malformed", MALFORMED)
    return found
