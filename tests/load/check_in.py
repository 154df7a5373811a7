"""A check-in as a device hands it in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def phq9(answers: Mapping[int, int], at: datetime) -> dict[str, Any]:
    """PHQ-9 under an identifier of its own; `answers` maps the number of an item to its code."""
    return {
        "id": str(uuid.uuid4()),
        "schema": 1,
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": {f"phq9_{item}": code for item, code in answers.items()},
        "answered_at": at.isoformat(),
        "time_zone": "Europe/Berlin",
    }


def unworried(at: datetime) -> dict[str, Any]:
    """PHQ-9 with "several days" everywhere but in its last item, which raises no flag."""
    return phq9({item: 1 if item < 9 else 0 for item in range(1, 10)}, at)
