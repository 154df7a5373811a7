"""Latency of requests, told by every web process to the one that answers /metrics.

Each request is one datagram to a socket that only this account can open: a few microseconds, never
waited for, nothing written to a disk that may be full. Where nobody listens it is lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from functools import cache
from pathlib import Path

#: Set by `holdfast serve` for its children when HOLDFAST_METRICS asks for metrics.
SOCKET_VARIABLE = "HOLDFAST_METRICS_SOCKET"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@cache
def _sender(path: str) -> socket.socket:
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    return sender


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Tell of one answered request, if somebody collects."""
    path = os.environ.get(SOCKET_VARIABLE)
    if path is None:
        return
    # A method is whatever a caller made up, and every new one would be a new series.
    known = method if method in _METHODS else "other"
    with contextlib.suppress(OSError):
        _sender(path).sendto(json.dumps([known, route, status, seconds]).encode(), path)


def listen(path: Path) -> socket.socket:
    """The socket that `observe` sends to, made anew."""
    path.unlink(missing_ok=True)
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(str(path))
    return receiver


def received(message: bytes) -> tuple[str, str, str, float]:
    """Method, route, status and seconds of one datagram."""
    method, route, status, seconds = json.loads(message)
    return str(method), str(route), str(status), float(seconds)
