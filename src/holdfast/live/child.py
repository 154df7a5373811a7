"""A child: answers requests until the parent says that it has read enough."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from typing import NoReturn

import uvicorn

from holdfast.live import memory
from holdfast.live.app import application
from holdfast.live.limits import Limits
from holdfast.live.settings import Settings
from holdfast.live.turns import Companion

_log = logging.getLogger(__name__)

#: To the child: take requests; take no more. To the parent: here comes a text.
OPEN, CLOSE, TEXT = b"o", b"c", b"t"


def run(
    parent: int,
    listening: socket.socket,
    line: socket.socket,
    settings: Settings,
    companion: Companion,
    limits: Limits,
) -> NoReturn:
    """All of a child's life; never returns into the parent's code."""
    status = 1
    try:
        memory.end_with(parent)
        asyncio.run(_live(listening, line, settings, companion, limits))
        status = 0
    finally:
        if status:
            _log.critical("a child failed", exc_info=sys.exc_info())
        os._exit(status)


async def _live(
    listening: socket.socket,
    line: socket.socket,
    settings: Settings,
    companion: Companion,
    limits: Limits,
) -> None:
    loop = asyncio.get_running_loop()
    line.setblocking(False)
    said = False

    def text_comes() -> None:
        """Before the first byte of a body is read."""
        nonlocal said
        if not said:
            said = True
            line.send(TEXT)

    server = uvicorn.Server(
        uvicorn.Config(
            application(settings, companion, limits, text_comes),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=1000,
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
        )
    )
    if await loop.sock_recv(line, 1) != OPEN:
        return
    serving = loop.create_task(server.serve(sockets=[listening.dup()]))
    told = loop.create_task(loop.sock_recv(line, 1))
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        for each in server.servers:
            each.close()
        # Who was let in a moment ago and has not sent the request yet may still do so.
        await asyncio.sleep(settings.window.draining)
        server.should_exit = True
    await serving
