"""A proxy that gives each new connection to the next replica, and leaves out one that is away.

    python -m tests.e2e.proxy PORT=BACKEND,BACKEND ...

It reads nothing of what goes through: which replica a request reaches is chance, as behind any
proxy that keeps no sessions.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from itertools import cycle


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def listen(port: int, backends: list[int]) -> asyncio.Server:
    turn = cycle(backends)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in backends:
            try:
                there, here = await asyncio.open_connection("127.0.0.1", next(turn))
            except OSError:
                continue
            await asyncio.gather(copy(reader, here), copy(there, writer))
            return
        writer.close()

    return await asyncio.start_server(serve, ["127.0.0.1", "::1"], port)


async def main(rules: list[str]) -> None:
    servers = []
    for rule in rules:
        port, _, backends = rule.partition("=")
        servers.append(await listen(int(port), [int(one) for one in backends.split(",")]))
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
