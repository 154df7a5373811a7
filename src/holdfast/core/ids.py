"""Identifiers: UUIDv7 (RFC 9562), so that rows sort by when they were made."""

from __future__ import annotations

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """A new UUIDv7 as the standard library's type, which Django's `UUIDField` expects."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
