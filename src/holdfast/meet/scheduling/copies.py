"""Appointments in the copy of a record that its person takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant
from holdfast.core.tenancy.models import Client
from holdfast.meet.scheduling.models import Appointment, Participant

CHUNK = 500
_Status = Appointment.Status
#: hl7.org/fhir/R4/valueset-appointmentstatus.html
_STATUS = {
    _Status.BOOKED: "booked",
    _Status.CANCELLED: "cancelled",
    _Status.FULFILLED: "fulfilled",
    _Status.NO_SHOW: "noshow",
}


def _rows(client: Client) -> Iterator[Participant]:
    rows = Participant.objects.filter(practice_id=client.practice_id, client=client)
    joined = rows.select_related(
        "client", "appointment__membership", "appointment__type", "appointment__place"
    )
    return joined.order_by("starts_at", "id").iterator(chunk_size=CHUNK)


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """Each booking as an Appointment, cancelled ones too. One statement."""
    for one in _rows(client):
        booked = one.appointment
        found: dict[str, Any] = {
            "resourceType": "Appointment",
            "id": str(booked.pk),
            "status": _STATUS[_Status(one.status)],
            "description": booked.type.name,
            "start": instant(booked.starts_at),
            "end": instant(booked.ends_at),
            "created": instant(booked.booked_at),
            "participant": [
                {
                    "actor": {"reference": f"Patient/{client.pk}"},
                    "status": "accepted" if one.confirmed_at else "needs-action",
                },
                {"actor": {"display": booked.membership.display_name or "-"}, "status": "accepted"},
            ],
        }
        if one.reason:
            found["cancelationReason"] = {"text": one.reason}
        yield found


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    for one in _rows(client):
        booked = one.appointment
        yield (
            booked.starts_at,
            booked.ends_at,
            booked.zone,
            one.status,
            booked.medium,
            booked.place.name if booked.place else "",
            booked.type.name,
            booked.membership.display_name,
            one.confirmed_at,
            one.cancelled_at,
            one.reason,
        )


def register() -> None:
    """Called from `AppConfig.ready`."""
    header = (
        "starts_at", "ends_at", "time_zone", "status", "medium", "place", "kind", "with",
        "confirmed_at", "cancelled_at", "reason",
    )  # fmt: skip
    copies.register("appointments", resources, Table("appointments.csv", header, rows))
