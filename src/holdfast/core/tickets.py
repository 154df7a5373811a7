"""Sealed messages between the web process and the live one: tickets one way, reports the other.

Both hold the installation's secret and derive from it one AES-256-GCM key for each label
(HKDF-SHA256, RFC 5869), so that a report can never be taken for a ticket. The browser carries what
it cannot read or change. Knows no Django, no clock and no database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: The labels in use. Web seals the first for live; live seals the second for web.
TICKET: Final = "live ticket"
REPORT: Final = "live report"
TEXT_HASH: Final = "text hash"

_SALT: Final = b"holdfast/1"
_NONCE: Final = 12
#: Longer than any ticket with its flows, lines and model, or any report of a long message.
LONGEST: Final = 64 * 1024


class TicketRefused(Exception):
    """What was presented is not to be used. `reason` is `unreadable` or `expired`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@lru_cache(maxsize=16)
def derived(label: str, key: bytes) -> bytes:
    """The 32-byte key for a label, from the installation's secret."""
    return HKDF(hashes.SHA256(), 32, _SALT, label.encode()).derive(key)


def seal(label: str, claims: Mapping[str, Any], key: bytes) -> str:
    """Claims (JSON; `exp`, if there, in seconds since 1970) as base64url without padding."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(derived(label, key)).encrypt(nonce, orjson.dumps(claims), label.encode())
    return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def open_sealed(label: str, blob: str, key: bytes, now: datetime) -> dict[str, Any]:
    """The claims. Raises TicketRefused for what was sealed otherwise, changed, or has expired."""
    if len(blob) > LONGEST:
        raise TicketRefused("unreadable")
    try:
        raw = base64.b64decode(blob + "=" * (-len(blob) % 4), altchars=b"-_", validate=True)
        opened = AESGCM(derived(label, key)).decrypt(raw[:_NONCE], raw[_NONCE:], label.encode())
        claims = orjson.loads(opened)
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise TicketRefused("unreadable") from error
    if not isinstance(claims, dict):
        raise TicketRefused("unreadable")
    expires = claims.get("exp")
    if expires is not None and now.timestamp() >= float(expires):
        raise TicketRefused("expired")
    return claims


def text_hash(text: str, key: bytes) -> str:
    """HMAC-SHA256 of a text, in hexadecimal: tells whether two decisions were about the same words
    to who holds the secret, and nothing to anybody else.
    """
    return hmac.new(derived(TEXT_HASH, key), text.encode(), hashlib.sha256).hexdigest()
