"""What scheduling tells of the sessions' appointments."""

from __future__ import annotations

from holdfast.core import clock
from holdfast.core.problems import NotFound
from holdfast.meet.programmes.models import Session
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentCancelled, AppointmentMoved


def follow(event: AppointmentMoved | AppointmentCancelled) -> None:
    """A session was moved or cancelled in the calendar: so it is in the programme."""
    rows = Session.objects.filter(
        practice_id=event.practice_id, appointment_id=event.appointment_id
    )
    if not rows.exists():
        return
    try:
        view = scheduling.get(event.practice_id, event.appointment_id)
    except NotFound:
        return
    rows.update(starts_at=view.starts_at, ends_at=view.ends_at)
    if view.status == "cancelled":
        rows.filter(cancelled_at=None).update(cancelled_at=clock.now())
