"""The token of a link: sealed, for one purpose and one subject, and only for a time.

49 bytes sealed are 66 letters, so that a link fits into a text message. Nothing about a person can
be read from it. It is carried in the address's fragment, which no server and no log sees.
"""

from __future__ import annotations

import base64
import binascii
import os
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from holdfast.core.tickets import TicketRefused, derived

LABEL: Final = "link"
_NONCE: Final = 12
#: Code of the purpose, subject, end in seconds since 1970.
_CLAIMS: Final = struct.Struct(">B16sI")
_LONGEST: Final = 100


@dataclass(frozen=True)
class Claims:
    """What an opened token says."""

    purpose: int
    subject: uuid.UUID
    expires: datetime


def make(purpose: int, subject: uuid.UUID, expires: datetime, key: bytes) -> str:
    """A token, as base64url without padding. `purpose` is a registered code, 0 to 255."""
    nonce = os.urandom(_NONCE)
    claims = _CLAIMS.pack(purpose, subject.bytes, int(expires.timestamp()))
    sealed = AESGCM(derived(LABEL, key)).encrypt(nonce, claims, LABEL.encode())
    return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def read(token: str, key: bytes, now: datetime) -> Claims:
    """What it says. Raises TicketRefused (`unreadable`, `expired`)."""
    if len(token) > _LONGEST:
        raise TicketRefused("unreadable")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        claims = AESGCM(derived(LABEL, key)).decrypt(raw[:_NONCE], raw[_NONCE:], LABEL.encode())
        purpose, subject, end = _CLAIMS.unpack(claims)
    except (binascii.Error, InvalidTag, ValueError, struct.error) as error:
        raise TicketRefused("unreadable") from error
    expires = datetime.fromtimestamp(end, UTC)
    if now >= expires:
        raise TicketRefused("expired")
    return Claims(purpose, uuid.UUID(bytes=subject), expires)
