"""Django Channels with its in-memory layer, told and telling as our process with sockets is.

    python tests/load/channels_peer.py PORT SOCKET

A consumer joins the groups that its first frame names; lines from a Unix socket are sent to their
topic's group. No ticket, no presence, no limits: what it leaves out is in its favour.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import uvicorn
from django.conf import settings

LAYER = "channels.layers.InMemoryChannelLayer"
# A full queue loses messages silently; with the default of 100 most of a crowd's were.
settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": LAYER, "CONFIG": {"capacity": 10_000}}})

from channels.generic.websocket import (  # type: ignore[import-untyped]
    AsyncWebsocketConsumer,
)
from channels.layers import get_channel_layer  # type: ignore[import-untyped]


def group(topic: str) -> str:
    return topic.replace(":", ".")


class Consumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        for topic in json.loads(text_data or "{}")["topics"]:
            await self.channel_layer.group_add(group(topic), self.channel_name)
        await self.send(text_data='{"kind":"opened"}')

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


async def _feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    layer = get_channel_layer()
    while line := await reader.readline():
        message = json.loads(line)
        if "topic" not in message:
            continue
        event = {"type": "told", "text": line.decode()}
        await layer.group_send(group(message["topic"]), event)
    writer.close()


async def main(port: int, path: str) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            Consumer.as_asgi(),
            host="127.0.0.1",
            port=port,
            log_level="error",
            ws_per_message_deflate=False,
            lifespan="off",
        )
    )
    async with await asyncio.start_unix_server(_feed, path, limit=1 << 20):
        await server.serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
