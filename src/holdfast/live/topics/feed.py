"""What Django and the worker of this machine publish, over a Unix socket that is ours alone."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path
from typing import Final

import orjson

from holdfast.core.fanout import wire
from holdfast.live.topics.hub import Hub, receive

#: Bytes of what was published that may wait here: a sender waits milliseconds, and what the
#: system holds for it is little.
MOST_WAITING: Final = 8 << 20
#: Others have their turn after so many lines.
LINES_AT_ONCE: Final = 50

_log = logging.getLogger(__name__)


class Feed:
    """Listens at `path`, in a folder that nobody else may enter."""

    def __init__(self, path: Path, hub: Hub) -> None:
        self._path = path
        self._hub = hub
        self._server: asyncio.Server | None = None
        self._inode = 0

    async def open(self) -> None:
        """Take the place of whoever was there before."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with wire.address(self._path) as place:
            self._path.unlink(missing_ok=True)
            listening.bind(place)
        self._path.chmod(0o600)
        self._inode = self._path.stat().st_ino
        self._server = await asyncio.start_unix_server(
            self._read, sock=listening, limit=MOST_WAITING
        )

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        # A successor may have taken the place already.
        if self._path.exists() and self._path.stat().st_ino == self._inode:
            self._path.unlink()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            count = 0
            while line := await reader.readline():
                count += 1
                if count % LINES_AT_ONCE == 0:
                    await asyncio.sleep(0)
                if line.strip() == wire.STATS:
                    writer.write(orjson.dumps(self._stats()) + b"\n")
                    await writer.drain()
                else:
                    receive(self._hub, line)
        except (ValueError, KeyError, TypeError, ConnectionError) as error:
            # Half a line from a sender that gave up: it says so on its next connection.
            _log.warning("a sender was cut off", extra={"fault": type(error).__name__})
        finally:
            writer.close()

    def _stats(self) -> dict[str, int]:
        return {"connections": len(self._hub.members), **vars(self._hub.counts)}
