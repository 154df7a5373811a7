"""A push service on this machine, and a browser that reads what comes: RFC 8030, 8291 and 8292.

The browser decrypts with http_ece, another implementation than the one that encrypts.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: bytes

    def claims(self, expected_key: str) -> dict[str, Any]:
        """What the sender's signature says; fails unless it was made with the expected key."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", expected_key)
        point = base64.urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims: dict[str, Any] = jwt.decode(
            parts["t"], key, algorithms=["ES256"], audience="http://127.0.0.1"
        )
        return claims


@dataclass
class PushService:
    """Keeps what it is sent, and answers what it is told to (status, headers), 201 otherwise."""

    origin: str
    received: list[Message] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    service: ClassVar[PushService]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        names = {name.lower(): value for name, value in self.headers.items()}
        self.service.received.append(Message(self.path, names, body))
        status, headers = self.service.answers.get(self.path, (201, {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Nothing to standard error."""


@contextmanager
def running() -> Iterator[PushService]:
    class Handler(_Handler):
        """One service each: nothing of one test is in another's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.service = PushService(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Handler.service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """What a browser keeps of its subscription."""

    def __init__(self, service: PushService, name: str = "phone") -> None:
        self.endpoint = f"{service.origin}/push/{name}"
        self.path = f"/push/{name}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        public = self._key.public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64url(point), "auth": base64url(self._auth)}

    def subscription(self, label: str = "Firefox, Android") -> dict[str, Any]:
        return {"endpoint": self.endpoint, "keys": self.keys, "label": label}

    def read(self, message: Message) -> dict[str, str]:
        assert message.headers["content-encoding"] == "aes128gcm"
        content: dict[str, str] = json.loads(self.plain(message))
        return content

    def plain(self, message: Message) -> bytes:
        decrypted: bytes = http_ece.decrypt(
            message.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        return decrypted
