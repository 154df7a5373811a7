"""Sessions in the database, sealed: allauth keeps in them by what name somebody signed in."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession

from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation

_CONTEXT = b"session"
#: Seconds since 1970, written at sign-in.
BEGUN_AT = "begun_at"
#: After sign-in, however busy. Unused it ends earlier: SESSION_COOKIE_AGE, two weeks.
LONGEST = timedelta(days=30)


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

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row, which no use of it makes last beyond `LONGEST`."""
        row: AbstractBaseSession = super().create_model_instance(data)
        if (begun := data.get(BEGUN_AT)) is not None:
            row.expire_date = min(row.expire_date, datetime.fromtimestamp(begun, UTC) + LONGEST)
        return row
