"""Thousands of open sockets, and how long what is published takes to reach them.

Every client follows a thread that it shares with one other, and one topic that all are on. What is
measured is from the call that publishes, in another process, to the client that has read it: the
clock is the machine's own (monotonic), one for all its processes.

`python -m tests.load.sockets` is the process of the clients: it reads a plan (JSON) from its
standard input, says `ready`, and at the next line how long messages took.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from holdfast.core.fanout import wire
from holdfast.core.fanout.sending import ByRedis, Sender
from tests.integration.fanout.process import ORIGIN, SECRET, running, ticket
from tests.load.crowd import Waits
from tools.postgres import free_port
from tools.redis_server import private_redis

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEER = HERE / "channels.txt"
#: Threads that are written to in a second, and how large a message is.
PER_SECOND = 100
MESSAGE_BYTES = 1500
#: Seconds between two messages to everybody.
EVERYBODY_SECONDS = 1.0
_AT_ONCE = 50
#: Publishes one message of `wire`.
Tell = Callable[[dict[str, Any]], None]
TEXT, PING = 1, 9


@dataclass
class Found:
    """Seconds from publishing to reading, and how many of each should have come."""

    thread: Waits
    everybody: Waits
    expected: tuple[int, int]
    connected_seconds: float
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def all(self) -> Waits:
        return Waits([*self.thread.seconds, *self.everybody.seconds])

    @property
    def lost(self) -> int:
        return sum(self.expected) - len(self.all.seconds)


# --- the clients' process


async def _clients(plan: list[dict[str, Any]]) -> None:
    waits: dict[str, list[float]] = {"thread": [], "everybody": []}
    gate = asyncio.Semaphore(_AT_ONCE)
    began = time.monotonic()
    opened = [asyncio.create_task(_open(one, gate)) for one in plan]
    sockets = [await one for one in opened]
    for one in sockets:
        one.transport.set_protocol(Reading(one.transport, waits))
    print(f"ready {time.monotonic() - began}", flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps(waits), flush=True)
    for one in sockets:
        one.transport.abort()


async def _open(one: dict[str, Any], gate: asyncio.Semaphore) -> ClientConnection:
    async with gate:
        socket = await connect(
            one["url"],
            origin=Origin(ORIGIN),
            additional_headers={"X-Forwarded-For": one["address"]},
            compression=None,
            proxy=None,
            max_queue=None,
            ping_interval=None,
        )
        await socket.send(one["frame"])
        assert orjson.loads(await socket.recv())["kind"] == "opened"
        return socket


class Reading(asyncio.Protocol):
    """Reads frames (RFC 6455, section 5.2) as they come from the network, and no more than that: a
    whole client for each of 2,000 sockets would take longer to read than the server to tell.
    """

    def __init__(self, transport: asyncio.Transport, waits: dict[str, list[float]]) -> None:
        self._transport = transport
        self._waits = waits
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._buffer += data
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == PING:
                # With a mask of zeros.
                self._transport.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            elif opcode == TEXT and (message := orjson.loads(payload))["kind"] == "told":
                self._waits[message["data"]["to"]].append(now - message["data"]["at"])

    def _frame(self) -> tuple[int, bytes] | None:
        """The first whole frame, taken off."""
        if len(self._buffer) < 4:
            # Nothing that the server says is so short but a ping without words.
            return None if self._buffer[:2] != b"\x89\x00" else self._take(2, 0)
        short = self._buffer[1]
        if short < 126:
            return self._take(2, short)
        return self._take(4, int.from_bytes(self._buffer[2:4]))

    def _take(self, head: int, length: int) -> tuple[int, bytes] | None:
        if len(self._buffer) < head + length:
            return None
        opcode = self._buffer[0] & 0x0F
        payload = bytes(self._buffer[head : head + length])
        del self._buffer[: head + length]
        return opcode, payload


# --- the publisher's


@dataclass
class Plan:
    """Who follows what."""

    clients: int
    everybody: str = field(default_factory=lambda: f"visit:{uuid.uuid4()}")
    threads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.threads = [f"thread:{uuid.uuid4()}" for _ in range(self.clients // 2)]

    def topics(self, number: int) -> list[str]:
        return [self.threads[number % len(self.threads)], self.everybody]

    def asked(self, urls: Sequence[str], frame: Callable[[list[str]], str]) -> list[dict[str, str]]:
        return [
            {
                "url": urls[number // len(self.threads) % len(urls)],
                "frame": frame(self.topics(number)),
                "address": f"192.0.2.{number // 100}",
            }
            for number in range(self.clients)
        ]


def measure(plan: Plan, asked: list[dict[str, str]], tell: Tell, seconds: float) -> Found:
    """Publish at a steady rate for so long, then ask the clients what came."""
    clients = subprocess.Popen(
        [sys.executable, "-m", "tests.load.sockets"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert clients.stdin is not None
    assert clients.stdout is not None
    try:
        clients.stdin.write(json.dumps(asked) + "\n")
        clients.stdin.flush()
        ready = clients.stdout.readline()
        assert ready.startswith("ready "), "the clients could not connect"
        expected = _publish(plan, tell, seconds)
        time.sleep(0.5)  # what is on its way
        load = os.getloadavg()[0]
        clients.stdin.write("\n")
        clients.stdin.flush()
        waits = json.loads(clients.stdout.readline())
    finally:
        clients.kill()
        clients.communicate()
    return Found(
        Waits(waits["thread"]), Waits(waits["everybody"]), expected, float(ready.split()[1]), load
    )


def _publish(plan: Plan, tell: Tell, seconds: float) -> tuple[int, int]:
    began = time.monotonic()
    filling = "x" * MESSAGE_BYTES
    sent = everybody = 0
    while (now := time.monotonic()) - began < seconds:
        if now - began >= everybody * EVERYBODY_SECONDS:
            everybody += 1
            data = {"to": "everybody", "at": time.monotonic(), "row": filling}
            tell(wire.told(plan.everybody, everybody, data))
        topic = plan.threads[sent * 7919 % len(plan.threads)]
        data = {"to": "thread", "at": time.monotonic(), "row": filling}
        tell(wire.told(topic, sent, data))
        sent += 1
        time.sleep(max(0.0, began + sent / PER_SECOND - time.monotonic()))
    return sent * 2, everybody * plan.clients


def _frame(topics: list[str]) -> str:
    return json.dumps({"kind": "open", "ticket": ticket(dict.fromkeys(topics, "r"))})


class _Patient(socket.socket):
    """Waits for the peer, however long it takes; nothing is lost on the way to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(socket.AF_UNIX)
        self.connect(str(path))

    def tell(self, message: dict[str, Any]) -> None:
        self.sendall(wire.line(message))


def _peer_frame(topics: list[str]) -> str:
    return json.dumps({"topics": topics})


def embedded(clients: int, seconds: float) -> Found:
    """One process, fed over its Unix socket."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), HOLDFAST_TRUSTED_PROXY="1") as one,
    ):
        plan = Plan(clients)
        asked = plan.asked([f"ws://127.0.0.1:{one.port}/socket"], _frame)
        return measure(plan, asked, one.sender().send, seconds)


def replicated(clients: int, seconds: float) -> Found:
    """Two processes and one Redis; the two of a thread are at different ones."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(private_redis())
        more = {"HOLDFAST_TRUSTED_PROXY": "1", "HOLDFAST_REDIS": redis.url}
        two = [stack.enter_context(running(folder / name, **more)) for name in "ab"]
        plan = Plan(clients)
        asked = plan.asked([f"ws://127.0.0.1:{one.port}/socket" for one in two], _frame)
        sender = Sender(ByRedis(redis.url, wire.Channels(SECRET)))
        return measure(plan, asked, sender.send, seconds)


def channels(clients: int, seconds: float) -> Found:
    """Django Channels, one uvicorn and the layer in memory, on the same."""
    with tempfile.TemporaryDirectory() as folder, _peer(Path(folder)) as (port, path):
        plan = Plan(clients)
        asked = plan.asked([f"ws://127.0.0.1:{port}/"], _peer_frame)
        with _Patient(path) as sender:
            return measure(plan, asked, sender.tell, seconds)


def _installed() -> Path:
    """Where Channels is; installed once for each change of `channels.txt`."""
    name = hashlib.sha256(PEER.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"holdfast-channels-{os.getuid()}-{name}"
    if not (folder / "channels").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--target", str(folder), "-r", str(PEER)], check=True)
    return folder


@contextmanager
def _peer(folder: Path) -> Iterator[tuple[int, Path]]:
    port, path = free_port(), folder / "feed"
    process = subprocess.Popen(
        [sys.executable, str(HERE / "channels_peer.py"), str(port), str(path)],
        env={**os.environ, "PYTHONPATH": str(_installed())},
    )
    try:
        until = time.monotonic() + 30
        while not path.exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)  # uvicorn listens a moment after the feed
        yield port, path
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    asyncio.run(_clients(json.loads(sys.stdin.readline())))
