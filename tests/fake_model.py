"""A fake OpenAI-compatible endpoint for tests, at the wire: it streams what a script says.

A script is a list of steps: `say("text")`, `wait(seconds)`, `raw(b"...")`, `stop()`, `done()`,
`cut()` (the connection breaks), `forever("text")` (until the other side leaves). `answers` makes a
script from the request, for models that obey what they should not. It remembers every request, and
`left` is set when somebody hung up on it.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = tuple[str, Any]
Answers = Callable[[dict[str, Any]], list[Step]]


def say(text: str) -> Step:
    """A chunk with some of the answer."""
    return ("raw", _event({"choices": [{"index": 0, "delta": {"content": text}}]}))


def event(data: object) -> Step:
    """Any JSON as an event."""
    return ("raw", _event(data))


def raw(data: bytes) -> Step:
    """Bytes as they are."""
    return ("raw", data)


def wait(seconds: float) -> Step:
    """Silence; cut short when the server ends."""
    return ("wait", seconds)


def stop(reason: str = "stop") -> Step:
    """The chunk that says why the model ended."""
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def done() -> Step:
    """The end of the stream."""
    return raw(b"data: [DONE]\n\n")


def cut() -> Step:
    """The connection breaks."""
    return ("cut", None)


def forever(text: str) -> Step:
    """The same chunk again and again until the other side leaves."""
    return ("forever", _event({"choices": [{"index": 0, "delta": {"content": text}}]}))


def whole(*texts: str) -> list[Step]:
    """A well-behaved answer, a word a chunk."""
    words = " ".join(texts).split(" ")
    pieces = [word if place == 0 else f" {word}" for place, word in enumerate(words)]
    return [say(piece) for piece in pieces] + [stop(), done()]


def _event(data: object) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


@dataclass
class FakeModel:
    """One endpoint. Set what it does next; all of it may change between requests."""

    script: list[Step] = field(default_factory=list)
    answers: Answers | None = None
    status: int = 200
    content_type: str = "text/event-stream; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    before_head: float = 0.0  # seconds of silence before anything is answered
    requests: list[dict[str, Any]] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator[FakeModel]:
        """Serve on a free port of the loopback; `url` is the base address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.ending.set()
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def told(self) -> str:
        """All messages of the last request."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


def _handler(model: FakeModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            model.paths.append(f"GET {self.path}")
            self.send_error(404)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            model.paths.append(f"POST {self.path}")
            model.requests.append(body)
            model.seen_headers.append({k.lower(): v for k, v in self.headers.items()})
            script = model.answers(body) if model.answers else model.script
            model.ending.wait(model.before_head)
            try:
                self._head()
                for step in script:
                    self._play(*step)
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                model.left.set()
            self.close_connection = True

        def _head(self) -> None:
            self.send_response(model.status)
            self.send_header("content-type", model.content_type)
            self.send_header("transfer-encoding", "chunked")
            for name, value in model.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _play(self, kind: str, value: Any) -> None:
            if kind == "raw":
                self._chunk(value)
            elif kind == "wait":
                self._silence(value)
            elif kind == "forever":
                while not model.ending.is_set():
                    self._chunk(value)
                    model.ending.wait(0.002)
            else:
                # Reset instead of a polite end: what a killed server looks like.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                raise OSError("cut")

        def _silence(self, seconds: float) -> None:
            """Wait, and notice when the other side hangs up meanwhile."""
            self.connection.settimeout(0.02)
            for _ in range(max(1, round(seconds / 0.02))):
                if model.ending.is_set():
                    return
                try:
                    if not self.connection.recv(1):
                        raise ConnectionResetError
                except TimeoutError:
                    continue
            self.connection.settimeout(None)

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler
