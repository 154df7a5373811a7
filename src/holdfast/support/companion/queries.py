"""Reads of a practice's settings."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.support.companion.models import ModelEndpoint


def model(practice_id: uuid.UUID) -> dict[str, Any]:
    """The practice's model without its key; off where none was chosen. One statement."""
    row = ModelEndpoint.objects.filter(practice_id=practice_id).first()
    row = row or ModelEndpoint(practice_id=practice_id)
    return {
        "on": row.on,
        "url": row.url,
        "name": row.name,
        "has_key": bool(row.key_sealed),
        "requests_a_day": row.requests_a_day,
        "tokens_a_day": row.tokens_a_day,
    }
