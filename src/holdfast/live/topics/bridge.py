"""Carries frames between a browser with a ticket and the SFU on loopback, until either ends.

What goes on is decided by a gate: of a room (`rooms`), or of one phone call (`phone`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final, Protocol

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from holdfast.core import moved_clock, tickets
from holdfast.core.fanout import rooms_wire
from holdfast.live.topics.connection import LATE, TOO_MANY, UNKNOWN, Refused, message_of
from holdfast.live.topics.limits import TICKET_SECONDS, Allowance
from holdfast.live.topics.settings import Settings

AWAY: Final = 1013


class Gate(Protocol):
    def passed_on(self, message: dict[str, Any]) -> Sequence[dict[str, Any]]:
        """What the SFU gets for a browser's message. Raises Refused."""

    def heard(self, frame: str | bytes) -> str | bytes | None:
        """What the browser gets for the SFU's frame; None: nothing."""


async def claims(socket: ServerConnection, kind: str, settings: Settings) -> dict[str, Any]:
    """What the first frame's ticket says. Raises Refused, ConnectionClosed."""
    try:
        async with asyncio.timeout(TICKET_SECONDS):
            first = message_of(await socket.recv())
    except TimeoutError:
        raise Refused("no-ticket", LATE) from None
    now = moved_clock.now(settings.clock_file)
    try:
        return tickets.open_sealed(kind, str(first.get("ticket", "")), settings.secret, now)
    except tickets.TicketRefused as refused:
        reason = "ticket-expired" if refused.reason == "expired" else "ticket-refused"
        raise Refused(reason, UNKNOWN) from None


async def bridge(
    socket: ServerConnection, settings: Settings, gate: Gate, *, seconds: float, largest: int
) -> None:
    """Until either side ends, `seconds` at most. `largest`: bytes of a frame.

    Raises Refused, ConnectionClosed.
    """
    try:
        async with asyncio.timeout(seconds), _sfu(settings, largest) as sfu:
            await socket.send('{"kind":"opened"}')
            await _both(_up(socket, sfu, gate), _down(sfu, socket, gate))
    except (OSError, TimeoutError) as error:
        raise Refused("sfu-away", AWAY) from error


def _sfu(settings: Settings, largest: int) -> connect:
    return connect(
        settings.sfu,
        subprotocols=[Subprotocol(rooms_wire.SUBPROTOCOL)],
        open_timeout=3.0,
        compression=None,
        proxy=None,
        max_size=largest,
    )


async def _both(*ways: Coroutine[Any, Any, None]) -> None:
    """Until one ends; whatever ended it is raised."""
    tasks = [asyncio.create_task(way) for way in ways]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for one in left:
        one.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for one in done:
        one.result()


async def _up(socket: ServerConnection, sfu: ClientConnection, gate: Gate) -> None:
    loop = asyncio.get_running_loop()
    allowance = Allowance(loop.time())
    async for frame in socket:
        if not allowance.take(loop.time()):
            raise Refused("rate-limited", TOO_MANY)
        for made in gate.passed_on(message_of(frame)):
            try:
                await sfu.send(orjson.dumps(made).decode())
            except WebSocketException:
                raise Refused("sfu-away", AWAY) from None


async def _down(sfu: ClientConnection, socket: ServerConnection, gate: Gate) -> None:
    async for frame in sfu:
        told = gate.heard(frame)
        if told is not None:
            await socket.send(told)
    raise Refused("sfu-away", AWAY)
