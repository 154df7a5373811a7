"""A calendar at an address on loopback, as programs publish one: an .ics file with its ETag."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class IcsFile:
    port: int = 0
    text: str = ""
    methods: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/private.ics"


@contextmanager
def running() -> Iterator[IcsFile]:
    file = IcsFile()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            etag = f'"{hashlib.sha256(file.text.encode()).hexdigest()}"'
            known = self.headers.get("If-None-Match") == etag
            body = b"" if known else file.text.encode()
            file.methods.append(self.command)
            file.statuses.append(304 if known else 200)
            self.send_response(file.statuses[-1])
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self) -> None:
            """Anything that would write is seen in `methods`."""
            self.do_GET()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    file.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield file
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
