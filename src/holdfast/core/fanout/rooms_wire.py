"""What Django and the process with the sockets agree on about rooms of the SFU. No Django in here.

The SFU's own API stays on loopback: a browser has a ticket for one room, and the process with the
sockets passes on what belongs to that room (`live.topics.rooms`).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

#: Seals the tickets by which a browser joins a room.
TICKET: Final = "room ticket"
#: Handed by `holdfast serve` to whoever speaks with the SFU: where, and under which secret. Set by
#: the operator where another machine runs it.
URL_VARIABLE: Final = "HOLDFAST_SFU_URL"
SECRET_VARIABLE: Final = "HOLDFAST_SFU_SECRET"  # noqa: S105 (its name)
#: Janus' subprotocol of WebSocket.
SUBPROTOCOL: Final = "janus-protocol"


def pin(room: str, secret: str) -> str:
    """What must be said to join a room; no browser ever knows it."""
    return hmac.new(secret.encode(), f"pin {room}".encode(), hashlib.sha256).hexdigest()


def room_secret(room: str, secret: str) -> str:
    """What must be said to change or destroy a room."""
    return hmac.new(secret.encode(), f"room {room}".encode(), hashlib.sha256).hexdigest()


def admin_key(secret: str) -> str:
    """What must be said to make a room."""
    return hmac.new(secret.encode(), b"admin", hashlib.sha256).hexdigest()
