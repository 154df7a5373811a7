"""A provider of text messages on loopback: takes what is posted, or answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SENDER = "Calendar"


@dataclass
class SmsService:
    port: int = 0
    status: int = 202
    answer: dict[str, Any] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def provider(self) -> dict[str, Any]:
        """As `HOLDFAST_SMS_*` would say it."""
        return {
            "url": f"http://127.0.0.1:{self.port}/messages",
            "authorization": "Bearer secret",
            "sender": SENDER,
            "template": {"to": "{to}", "from": "{from}", "text": "{text}", "ref": "{id}"},
            "form": False,
            "dead_codes": frozenset({"21211"}),
        }


@contextmanager
def running() -> Iterator[SmsService]:
    service = SmsService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.status < 300:
                service.received.append(json.loads(body))
                service.headers.append(dict(self.headers))
            answer = json.dumps(service.answer).encode()
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
