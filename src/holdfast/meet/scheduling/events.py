"""What scheduling tells others, once the booking is committed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class AppointmentBooked:
    """Also when somebody more takes part in a group's appointment."""

    practice_id: uuid.UUID
    appointment_id: uuid.UUID


@dataclass(frozen=True)
class AppointmentMoved:
    """Another time, medium or place; its `sequence` has grown."""

    practice_id: uuid.UUID
    appointment_id: uuid.UUID


@dataclass(frozen=True)
class AppointmentCancelled:
    """For everybody, or (`client_id`) for one participant of several."""

    practice_id: uuid.UUID
    appointment_id: uuid.UUID
    client_id: uuid.UUID | None = None
