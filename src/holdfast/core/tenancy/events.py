"""What higher wings may want to know, through `core.events`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeZoneChanged:
    """A person's own day begins elsewhere from now on."""

    practice_id: uuid.UUID
    client_id: uuid.UUID
