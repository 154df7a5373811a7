"""Examples of scheduling: an appointment, a kind, a place, somebody who waits and what they get."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.meet.scheduling.models import (
    Appointment,
    AppointmentType,
    Participant,
    Place,
    SlotOffer,
    WaitingEntry,
)


def kind(practice: Practice) -> uuid.UUID:
    return AppointmentType.objects.create(practice=practice, name="Talk", media=["video"]).pk


def place(practice: Practice) -> uuid.UUID:
    return Place.objects.create(practice=practice, name="By the harbour").pk


def appointment(client: Client, who: Membership) -> uuid.UUID:
    """In a week, with nothing reserved: neighbours may have theirs at the same time."""
    at = clock.now().replace(second=0, microsecond=0) + timedelta(days=7)
    made = uuid7()
    booked = Appointment.objects.create(
        id=made,
        practice_id=client.practice_id,
        membership=who,
        type_id=kind(client.practice),
        starts_at=at,
        ends_at=at + timedelta(minutes=50),
        zone="Europe/Berlin",
        medium="video",
        uid=str(made),
        booked_at=clock.now(),
    )
    Participant.objects.create(
        practice_id=client.practice_id,
        appointment=booked,
        client=client,
        starts_at=at,
        joined_at=clock.now(),
    )
    return made


def waiting(client: Client, who: Membership) -> uuid.UUID:
    return WaitingEntry.objects.create(
        id=uuid7(),
        practice_id=client.practice_id,
        client=client,
        membership=who,
        type_id=kind(client.practice),
        until=clock.now().date() + timedelta(days=30),
        created_at=clock.now(),
    ).pk


def offer(client: Client, who: Membership) -> uuid.UUID:
    freed = Appointment.objects.get(pk=appointment(client, who))
    return SlotOffer.objects.create(
        practice_id=client.practice_id,
        entry_id=waiting(client, who),
        freed=freed,
        starts_at=freed.starts_at,
        ends_at=freed.ends_at,
        zone=freed.zone,
        medium="video",
        offered_at=clock.now(),
        expires_at=freed.starts_at,
    ).pk


_ONE = "POST /practices/{practice_id}/clients/{client_id}/appointments/{appointment_id}"
#: Of a kind that there is not: as far as the member is looked for.
SLOTS = (
    "?type=00000000-0000-7000-8000-000000000000"
    "&since=2026-06-01T00:00:00Z&until=2026-06-02T00:00:00Z"
)
_TYPE = {"name": "Talk", "media": ["video"]}


def bodies() -> dict[str, Callable[[], dict[str, Any]]]:
    later = (clock.now() + timedelta(days=8)).replace(second=0, microsecond=0).isoformat()
    return {
        "PUT /practices/{practice_id}/clients/{client_id}/waiting-entries/{waiting_id}": lambda: {
            "media": ["video"],
            "weekdays": [2],
        },
        _ONE + "/move": lambda: {"starts_at": later, "sequence": 0},
        _ONE + "/cancel": lambda: {"sequence": 0},
        "PUT /practices/{practice_id}/appointment-types/{type_id}": lambda: _TYPE,
        "PUT /practices/{practice_id}/places/{place_id}": lambda: {"name": "By the harbour"},
        "PUT /practices/{practice_id}/memberships/{membership_id}/availability": lambda: {
            "revision": "",
            "rules": [],
            "exceptions": [],
        },
    }
