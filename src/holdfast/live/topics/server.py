"""Listens, checks who may open a socket at all, and drains: clients are told before the end."""

from __future__ import annotations

import asyncio
import contextlib
import http
import logging
import os
import secrets
import signal
import ssl
from collections.abc import Awaitable, Callable
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from holdfast.core.fanout import wire
from holdfast.live.topics.connection import Refused, Sockets
from holdfast.live.topics.elsewhere import Replicas
from holdfast.live.topics.feed import Feed
from holdfast.live.topics.hub import Hub
from holdfast.live.topics.limits import IN_ALL, LARGEST_FRAME, PER_ADDRESS, Counted, Full
from holdfast.live.topics.phone import Phones
from holdfast.live.topics.rooms import Rooms
from holdfast.live.topics.settings import Settings

_log = logging.getLogger(__name__)

PATH: Final = "/socket"
ROOM: Final = "/room"
PHONE: Final = "/phone"
PING_SECONDS: Final = 20.0
#: Over how long clients are sent away: 2 ms each, so that whoever takes them over is not stormed.
DRAIN_EACH_MS: Final = 2
LEAST_DRAIN_MS, MOST_DRAIN_MS = 200, 5000
#: RFC 6455's registry of closing codes.
SERVICE_RESTART, TRY_AGAIN_LATER = 1012, 1013
_random = secrets.SystemRandom()


class Door:
    """Who is let in: our own page's sockets, not too many from one address; /healthz for all."""

    def __init__(self, settings: Settings, hub: Hub) -> None:
        self._settings = settings
        self._hub = hub
        self._paths: dict[str, Callable[[ServerConnection], Awaitable[None]]] = {}
        self._paths[PATH] = Sockets(settings, hub).serve
        if settings.sfu and settings.trunk:
            self._paths[PHONE] = Phones(settings, settings.trunk).serve
        if settings.sfu:
            rooms = Rooms(settings)
            self._paths[ROOM] = rooms.serve
            hub.overhearing.append(rooms.told)
        self._addresses = Counted(PER_ADDRESS)
        self._all = Counted(IN_ALL)

    def answer(self, socket: ServerConnection, request: Request) -> Response | None:
        """None lets the handshake go on."""
        if request.path == "/healthz":
            answer = socket.respond(http.HTTPStatus.OK, '{"status":"ok"}')
            del answer.headers["Content-Type"]
            answer.headers["Content-Type"] = "application/json"
            answer.headers["Cache-Control"] = "no-store"
            return answer
        if request.path not in self._paths:
            return socket.respond(http.HTTPStatus.NOT_FOUND, "There is no such thing here.\n")
        if request.headers.get_all("Origin") != [self._settings.origin]:
            return socket.respond(http.HTTPStatus.FORBIDDEN, "Not from this page.\n")
        if self._addresses.is_full(self._address(socket)) or self._all.is_full(""):
            return socket.respond(http.HTTPStatus.TOO_MANY_REQUESTS, "Too many sockets.\n")
        return None

    async def enter(self, socket: ServerConnection) -> None:
        """After the handshake; until the socket is closed."""
        path = socket.request.path if socket.request else PATH
        try:
            with self._addresses.one_more(self._address(socket)), self._all.one_more(""):
                await self._paths[path](socket)
        except Full:
            await socket.close(TRY_AGAIN_LATER)
        except Refused as refused:
            self._hub.counts.refused += 1
            with contextlib.suppress(ConnectionClosed):
                await socket.send(f'{{"kind":"refused","code":"{refused.code}"}}')
            await socket.close(refused.closing)
        except ConnectionClosed:
            return

    def _address(self, socket: ServerConnection) -> str:
        """The caller's, as the outermost of our own proxies saw it; never a name it made up."""
        headers = socket.request.headers if socket.request else Headers()
        named = ",".join(headers.get_all("X-Forwarded-For")).split(",")
        if self._settings.proxies and len(named) >= self._settings.proxies:
            return named[-self._settings.proxies].strip()
        return str(socket.remote_address[0]) if socket.remote_address else ""


async def _drain(server: Server, hub: Hub) -> None:
    """No new sockets; those there are leave one after the other, and come back to another process
    or to the one that follows.
    """
    server.close(close_connections=False)
    members = list(hub.members)
    whole = min(MOST_DRAIN_MS, max(LEAST_DRAIN_MS, DRAIN_EACH_MS * len(members)))
    for one in members:
        after = _random.randrange(whole)
        hub.send(one, {"kind": "leaving", "after_ms": after})
    until = asyncio.get_running_loop().time() + whole / 1000 + 0.3
    while hub.members and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.05)
    # Whoever is still here did not listen.
    left = [asyncio.create_task(one.close(SERVICE_RESTART)) for one in server.connections]
    if left:
        await asyncio.wait(left)


async def _serve(settings: Settings) -> None:
    hub = Hub(settings.secret, os.urandom(6).hex())
    feed = Feed(settings.socket, hub)
    replicas: Replicas | None = None
    tasks = [asyncio.create_task(hub.beat(PING_SECONDS))]
    if settings.redis:
        replicas = Replicas(settings.redis, wire.Channels(settings.secret), hub)
        hub.elsewhere = replicas
        tasks.append(asyncio.create_task(replicas.run()))
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    door = Door(settings, hub)
    await feed.open()
    async with serve(
        door.enter,
        settings.host,
        settings.port,
        process_request=door.answer,
        compression=None,
        server_header=None,
        max_size=LARGEST_FRAME,
        max_queue=16,
        open_timeout=10.0,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        close_timeout=2.0,
        ssl=_tls(settings),
        backlog=1024,
    ) as server:
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({stop, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        await _drain(server, hub)
    await feed.close()
    if replicas is not None:
        await replicas.leave()
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate, settings.key)
    return context


def run(settings: Settings) -> int:
    """Until SIGTERM or SIGINT."""
    # It tells of every handshake that failed, with an exception's words.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    asyncio.run(_serve(settings))
    return 0
