"""Joins the processes with sockets of one installation through Redis' publish and subscribe.

Each process subscribes to the channels of topics that somebody here follows. Nothing is stored in
Redis: who is present is asked for, told, and forgotten with the process that told it. While Redis
is away sockets stay open; once it is back everybody is told to fetch.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from typing import Any, Final

import orjson
import redis.asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from holdfast.core.fanout import wire
from holdfast.live.topics.hub import Hub, receive

_log = logging.getLogger(__name__)

ALIVE_SECONDS: Final = 3.0
#: A process that was silent for so long has ended.
GONE_SECONDS: Final = 10.0
#: Who opens a socket waits no longer than this for the subscription.
LISTEN_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 1.0
MOST_WAITING: Final = 10_000


class Replicas:
    """`Elsewhere` by Redis; `run` keeps it going."""

    def __init__(self, url: str, channels: wire.Channels, hub: Hub) -> None:
        # No tries of its own: whoever waits must learn that something was missed.
        once = Retry(NoBackoff(), 0)
        self._redis = redis.Redis.from_url(url, socket_connect_timeout=2.0, retry=once)
        self._channels = channels
        self._hub = hub
        self._effective: set[str] = set()
        self._changed = asyncio.Condition()
        self._pubsub: PubSub | None = None
        self._subscribing = asyncio.Lock()
        self._out: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(MOST_WAITING)
        self._nodes: dict[str, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again_and_again())
            tasks.create_task(self._publish())
            tasks.create_task(self._watch())

    async def leave(self) -> None:
        """Tell the others that this process ends."""
        self._put(self._channels.everybody, {"kind": "gone"})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await self._out.join()

    # --- Elsewhere

    async def listen(self, topics: Collection[str]) -> None:
        """Returns once what is told on these topics comes here, or after `LISTEN_SECONDS`."""
        missing = set(topics)
        await self._subscribe(missing - self._effective)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LISTEN_SECONDS), self._changed:
                await self._changed.wait_for(lambda: missing <= self._effective)

    def pass_on(self, topic: str, message: dict[str, Any]) -> None:
        self._put(self._channels.of(topic), message)

    # --- out

    def _put(self, channel: str, message: dict[str, Any]) -> None:
        # Lost where it is full: Redis has been away for long, and presence is asked for anew.
        with contextlib.suppress(asyncio.QueueFull):
            self._out.put_nowait((channel, orjson.dumps({"node": self._hub.node, "of": message})))

    async def _publish(self) -> None:
        while True:
            batch = [await self._out.get()]
            while not self._out.empty() and len(batch) < 200:
                batch.append(self._out.get_nowait())
            # Twice: the connection may be of a Redis that has gone since.
            if not (await self._publish_batch(batch) or await self._publish_batch(batch)):
                await asyncio.sleep(RETRY_SECONDS)
            for _ in batch:
                self._out.task_done()

    async def _publish_batch(self, batch: list[tuple[str, bytes]]) -> bool:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for channel, message in batch:
                    pipe.publish(channel, message)
                await pipe.execute()
        except (redis.RedisError, OSError) as error:
            _log.warning("Redis takes nothing", extra={"fault": type(error).__name__})
            return False
        return True

    # --- in

    async def _again_and_again(self) -> None:
        first = True
        while True:
            try:
                async with self._redis.pubsub() as heard:
                    await self._hear(heard, first)
            except (redis.RedisError, OSError) as error:
                _log.error("Redis is away", extra={"fault": type(error).__name__})
                first = False
            self._pubsub = None
            self._effective.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self, heard: PubSub, first: bool) -> None:
        topics = set(self._hub.followed())
        await heard.subscribe(self._channels.everybody, *map(self._channels.of, topics))
        self._pubsub = heard
        await self._subscribe(set(self._hub.followed()) - topics)
        if not first:
            self._hub.gap()
            self._hub.announce()
            self._hub.ask()
        last = asyncio.get_running_loop().time()
        while True:
            message = await heard.get_message(timeout=GONE_SECONDS)
            now = asyncio.get_running_loop().time()
            if message is None:
                # We would have heard ourselves.
                if now - last >= GONE_SECONDS:
                    raise redis.ConnectionError("silent")
                continue
            last = now
            await self._take(message, now)

    async def _take(self, message: dict[str, Any], now: float) -> None:
        channel = message["channel"].decode()
        if message["type"] in {"subscribe", "unsubscribe"}:
            async with self._changed:
                if message["type"] == "subscribe":
                    self._effective.add(self._topic(channel))
                else:
                    self._effective.discard(self._topic(channel))
                self._changed.notify_all()
            return
        try:
            self._understand(channel, message["data"], now)
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("an unreadable message", extra={"fault": type(error).__name__})

    def _understand(self, channel: str, data: bytes, now: float) -> None:
        found = orjson.loads(data)
        if "of" not in found:
            receive(self._hub, data)
            return
        node, message = str(found["node"]), found["of"]
        if channel != self._channels.everybody:
            self._hub.heard(self._topic(channel), node, message)
        elif message["kind"] == "gone":
            self._lose(node)
        elif node != self._hub.node:
            self._nodes[node] = now

    def _topic(self, channel: str) -> str:
        return channel.removeprefix(self._channels.of(""))

    async def _subscribe(self, topics: Collection[str]) -> None:
        if not topics or self._pubsub is None:
            return  # `_hear` subscribes to all that is followed
        async with self._subscribing:
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.subscribe(*(self._channels.of(topic) for topic in topics))

    # --- who is there at all

    async def _watch(self) -> None:
        while True:
            self._put(self._channels.everybody, {"kind": "alive"})
            await asyncio.sleep(ALIVE_SECONDS)
            now = asyncio.get_running_loop().time()
            for node in [one for one, at in self._nodes.items() if now - at > GONE_SECONDS]:
                self._lose(node)
            await self._unsubscribe(self._effective - set(self._hub.followed()) - {"*"})

    async def _unsubscribe(self, topics: set[str]) -> None:
        if not topics or self._pubsub is None:
            return
        async with self._subscribing:
            # Not those that somebody has come back to while we waited.
            over = topics - set(self._hub.followed())
            self._effective -= over
            if over:
                with contextlib.suppress(redis.RedisError, OSError):
                    await self._pubsub.unsubscribe(*map(self._channels.of, over))

    def _lose(self, node: str) -> None:
        self._nodes.pop(node, None)
        self._hub.gone(node)
