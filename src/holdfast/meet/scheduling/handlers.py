"""What meetings say about the bookings that planned them."""

from __future__ import annotations

from django.db import transaction

from holdfast.core.actor import system
from holdfast.meet.encounters.facade import EncounterSettled
from holdfast.meet.scheduling import booking, changing
from holdfast.meet.scheduling.models import Appointment, Participant

_Status = Appointment.Status
_OUTCOMES = {
    "finished": _Status.FULFILLED,
    "no_show": _Status.NO_SHOW,
    "planned": _Status.BOOKED,
}


def settle(event: EncounterSettled) -> None:
    """A meeting was held, missed, or cancelled by hand: so is its booking. Safe to repeat."""
    if event.status == "cancelled":
        changing.cancel(
            event.practice_id,
            event.appointment_id,
            by=system(event.practice_id),
            client_id=event.client_id,
            by_client=False,
        )
        return
    outcome = _OUTCOMES.get(event.status)
    if outcome is None:
        return
    with transaction.atomic():
        appointment = booking.locked(event.practice_id, event.appointment_id)
        rows = Participant.objects.filter(appointment=appointment, encounter_id=event.encounter_id)
        rows.exclude(status=_Status.CANCELLED).update(status=outcome)
        if appointment.status != _Status.CANCELLED:
            appointment.status = _whole(appointment)
            appointment.save(update_fields=["status"])


def _whole(appointment: Appointment) -> str:
    """A group's appointment took place where anybody came; it waits for the last one's word."""
    found = set(appointment.participants.values_list("status", flat=True)) - {_Status.CANCELLED}
    if not found or _Status.BOOKED in found:
        return str(_Status.BOOKED)
    return str(_Status.FULFILLED if _Status.FULFILLED in found else _Status.NO_SHOW)
