"""Tickets by which a browser follows topics for ten minutes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.actor import Actor
from holdfast.core.fanout import facade, wire

#: Who may no longer follow something is cut off no later than this.
LIFETIME: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Ticket:
    """`url` is where the socket opens; `ticket` is its first frame's, never part of an address."""

    ticket: str
    url: str
    expires_at: datetime
    topics: dict[str, facade.Right]


def issue(actor: Actor, practice_id: uuid.UUID, topics: list[str]) -> Ticket:
    """A ticket for those of the topics that the actor may follow."""
    expires = clock.now() + LIFETIME
    allowed = facade.allowed(actor, practice_id, list(dict.fromkeys(topics)))
    claims = {"account": str(actor.account), "topics": allowed, "exp": int(expires.timestamp())}
    sealed = tickets.seal(wire.TICKET, claims, settings.TOPICS_SECRET)
    return Ticket(sealed, socket_url(settings.TOPICS_ORIGIN), expires, allowed)


def socket_url(origin: str) -> str:
    """`wss://host/topics/socket` for the origin `https://host/topics`."""
    parts = urlsplit(origin)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path}/socket"
