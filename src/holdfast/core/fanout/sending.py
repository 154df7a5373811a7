"""Hands messages to the processes with the sockets, and never keeps a request waiting for them.

What cannot be sent within milliseconds is lost; the next message that gets through says so, and
clients fetch. After a failure nothing is tried for a while.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import orjson
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from holdfast.core.fanout import wire

_log = logging.getLogger(__name__)

UNIX_SECONDS: Final = 0.005
#: As much as a system allows without asking its administrator.
UNIX_BUFFER: Final = 212_992
REDIS_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 1.0
STATS_SECONDS: Final = 1.0


class Way(Protocol):
    """One way to send; raises OSError or redis.RedisError where it did not go."""

    def send(self, messages: list[dict[str, Any]]) -> None: ...
    def close(self) -> None: ...


class ByUnixSocket:
    """A connection to the process of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line: socket.socket | None = None

    def send(self, messages: list[dict[str, Any]]) -> None:
        if self._line is None:
            self._line = self._connected()
        lines = b"".join(wire.line(one) for one in messages)
        # At once, while there is any room: whoever asks first is told to wait at a quarter of it.
        self._line.setblocking(False)
        try:
            sent = self._line.send(lines)
        except BlockingIOError:
            sent = 0
        if sent < len(lines):
            self._line.settimeout(UNIX_SECONDS)
            self._line.sendall(lines[sent:])

    def _connected(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(UNIX_SECONDS)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNIX_BUFFER)
        try:
            with wire.address(self._path) as place:
                made.connect(place)
        except OSError:
            made.close()
            raise
        return made

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class ByRedis:
    """Publishes on the topic's channel: whoever has somebody on it hears it."""

    def __init__(self, url: str, channels: wire.Channels) -> None:
        self._channels = channels
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    def send(self, messages: list[dict[str, Any]]) -> None:
        for one in messages:
            name = self._channels.of(one["topic"]) if "topic" in one else self._channels.everybody
            self._redis.publish(name, wire.line(one))

    def close(self) -> None:
        self._redis.close()


class Sender:
    """One for a process. Safe between threads; a fork makes its own connection."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._not_before = 0.0
        self._lost = False

    def send(self, message: dict[str, Any]) -> None:
        """Send, or lose it."""
        with self._lock:
            if os.getpid() != self._process:
                self._way.close()
                self._process = os.getpid()
            if time.monotonic() < self._not_before:
                self._lost = True
                return
            messages = [wire.LOST, message] if self._lost else [message]
            self._lost = not self._sent(messages)
            if self._lost:
                self._not_before = time.monotonic() + PAUSE_SECONDS

    def _sent(self, messages: list[dict[str, Any]]) -> bool:
        # Twice: the connection may be to a process that has gone since. Nobody waits twice.
        for _ in range(2):
            try:
                self._way.send(messages)
                return True
            except (OSError, redis.RedisError) as error:
                # Part of a line may have left: only a new connection begins with a whole one.
                self._way.close()
                fault = error
            if isinstance(fault, TimeoutError | redis.TimeoutError):
                break
        if not isinstance(fault, FileNotFoundError | ConnectionRefusedError):
            _log.warning("news could not be told", extra={"fault": type(fault).__name__})
        return False

    def pause_over(self) -> None:
        """Try again with the next message, however short ago it failed."""
        self._not_before = 0.0


@lru_cache(maxsize=4)
def _sender(url: str, path: Path, secret: bytes) -> Sender:
    return Sender(ByRedis(url, wire.Channels(secret)) if url else ByUnixSocket(path))


def send(message: dict[str, Any]) -> None:
    """Send a message of `wire` now."""
    path = wire.socket_path(Path(settings.DATA_DIR))
    _sender(settings.REDIS_URL, path, settings.TOPICS_SECRET).send(message)


def stats(path: Path) -> dict[str, int] | None:
    """Counts of this machine's process, by its Unix socket; None where it does not answer."""
    try:
        with wire.address(path) as place, socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(STATS_SECONDS)
            asking.connect(place)
            asking.sendall(wire.STATS + b"\n")
            found: dict[str, int] = orjson.loads(asking.makefile("rb").readline())
    except (OSError, ValueError):
        return None
    return found
