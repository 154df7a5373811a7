"""What passes from Django and the worker to the processes that hold the sockets: lines of JSON.

Over a Unix socket in the data folder, or by Redis' publish and subscribe. No Django in here.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from holdfast.core import tickets

#: Seals the tickets by which a browser follows topics.
TICKET: Final = "topic ticket"
#: Most topics of one ticket, and so of one socket.
MOST_TOPICS: Final = 50
#: Data of one message; what is larger is told without it, and fetched.
LONGEST_DATA: Final = 15 * 1024
#: A line with its frame around the data.
LONGEST_LINE: Final = 64 * 1024
_TOPIC: Final = re.compile(r"[a-z]{1,24}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_topic(name: str) -> bool:
    """Whether it reads `kind:uuid`, in lower case."""
    return _TOPIC.fullmatch(name) is not None


def secret_of(installation: str) -> bytes:
    """What tickets are sealed under: enough to read them, and nothing else of the installation."""
    return tickets.derived("topics", installation.encode())


def line(message: dict[str, Any]) -> bytes:
    """One message, with its end."""
    return orjson.dumps(message) + b"\n"


def told(topic: str, seq: int | None, data: dict[str, Any]) -> dict[str, Any]:
    """That something was written. Raises ValueError for what is no topic.

    `data` becomes None where it is too large.
    """
    if not is_topic(topic):
        raise ValueError(f"A topic reads kind:uuid, not {topic!r}")
    fits = len(orjson.dumps(data)) <= LONGEST_DATA
    return {"kind": "told", "topic": topic, "seq": seq, "data": data if fits else None}


#: A message was lost before this one: everybody fetches.
LOST: Final = {"kind": "lost"}

#: Asks the process with the sockets for its counts.
STATS: Final = b'{"kind":"stats"}'


class Channels:
    """Names of Redis' channels. Redis does not part them by database number, so that each
    installation has a prefix of its own.
    """

    def __init__(self, secret: bytes) -> None:
        self._prefix = f"holdfast:{tickets.derived('channels', secret).hex()[:16]}:"
        #: What concerns every process with sockets.
        self.everybody = f"{self._prefix}*"

    def of(self, topic: str) -> str:
        return self._prefix + topic


def socket_path(data: Path) -> Path:
    """Where the process with the sockets listens for messages."""
    return data / "live" / "topics.sock"


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """`path` as bind and connect take it, who allow 107 bytes; by its open folder on Linux."""
    if not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
