"""Credentials for the relay (TURN) that a call goes through where no direct way exists.

coturn and its kin check them without asking us ("TURN REST API", draft-uberti-behave-turn-rest-00):
the user name is an expiry and an identifier, the password its HMAC-SHA1 under a secret that both
hold. The identifier is opaque: the relay's log names nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

#: A call may outlive it: the relay asks for it when an allocation is made, and a client that must
#: make another (a new network) fetches new ones first.
LIFETIME: Final = timedelta(hours=1)


def ice_servers(now: datetime, subject: str) -> list[dict[str, Any]]:
    """RTCIceServer dictionaries for `subject` (any stable name of who asks); none without a relay.

    `username`, `credential` and `urls`, as RTCPeerConnection takes them.
    """
    if not settings.TURN_URLS:
        return []
    name = username(now + LIFETIME, subject, settings.TURN_SECRET)
    return [
        {
            "urls": list(settings.TURN_URLS),
            "username": name,
            "credential": password(name, settings.TURN_SECRET),
        }
    ]


def username(expires: datetime, subject: str, secret: str) -> str:
    """`<seconds since 1970>:<16 hexadecimal digits that stand for the subject>`."""
    opaque = hmac.new(secret.encode(), f"subject {subject}".encode(), hashlib.sha256).hexdigest()
    return f"{int(expires.timestamp())}:{opaque[:16]}"


def password(name: str, secret: str) -> str:
    """What the relay expects for a user name: base64 of HMAC-SHA1 (20 bytes)."""
    return base64.b64encode(
        hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    ).decode()
