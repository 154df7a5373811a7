"""A visit's topic: who may listen and speak there, and what is put on it."""

from __future__ import annotations

import uuid
from typing import Final

KIND: Final = "visit"


def topic_of(encounter_id: uuid.UUID) -> str:
    return f"{KIND}:{encounter_id}"


def register() -> None:
    """Called from `AppConfig.ready`."""
