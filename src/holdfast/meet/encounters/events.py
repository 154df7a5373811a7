"""What a visit tells others, after commit: whoever planned it, and whoever shows it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class EncounterSettled:
    """A meeting that a booking planned has another status: finished, no_show, cancelled, planned.

    Published after commit, by hand-made changes as by the visit itself; handlers may see it twice.
    """

    practice_id: uuid.UUID
    client_id: uuid.UUID
    encounter_id: uuid.UUID
    appointment_id: uuid.UUID
    status: str


@dataclass(frozen=True)
class VisitMoved:
    """A visit is in another state, or a side came or went."""

    practice_id: uuid.UUID
    encounter_id: uuid.UUID
