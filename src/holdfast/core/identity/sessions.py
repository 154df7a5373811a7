"""Sessions in the database, sealed: allauth keeps in them by what name somebody signed in."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation

_CONTEXT = b"session"


class SessionStore(DatabaseStore):
    """Django's own; what cannot be opened is an empty session, as one with a wrong signature is."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = self.serializer().dumps(session_dict)
        return base64.b64encode(seal_for_installation(_CONTEXT, plain)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            plain = open_for_installation(_CONTEXT, base64.b64decode(session_data, validate=True))
        except (InvalidTag, ValueError):
            return {}
        content: dict[str, Any] = self.serializer().loads(plain)
        return content
