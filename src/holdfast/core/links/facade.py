"""Make a link. What it does was registered under its purpose."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings

from holdfast.core.links import tokens
from holdfast.core.links.purposes import (
    Deed,
    LinkChanged,
    LinkExpired,
    LinkUnknown,
    Purpose,
    Shown,
    Slot,
    register,
)
from holdfast.core.tickets import TicketRefused

__all__ = [
    "Deed",
    "LinkChanged",
    "LinkExpired",
    "LinkUnknown",
    "Purpose",
    "Shown",
    "Slot",
    "make",
    "opened",
    "path",
    "register",
]


def _key() -> bytes:
    return str(settings.SECRET_KEY).encode()


def make(purpose: int, subject: uuid.UUID, expires: datetime) -> str:
    """The token of a link: for this purpose and subject, and good until `expires`."""
    return tokens.make(purpose, subject, expires, _key())


def path(purpose: int, subject: uuid.UUID, expires: datetime) -> str:
    """Where a link leads in the client: the token is in the fragment, which stays on the device."""
    return f"/l#{make(purpose, subject, expires)}"


def opened(token: str, now: datetime) -> tokens.Claims:
    """Raises LinkUnknown or LinkExpired."""
    try:
        return tokens.read(token, _key(), now)
    except TicketRefused as refused:
        raise (LinkExpired if refused.reason == "expired" else LinkUnknown) from refused
