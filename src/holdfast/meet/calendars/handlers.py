"""What scheduling tells. A handler may be lost with its process: the worker finds what it left."""

from __future__ import annotations

from holdfast.core import clock
from holdfast.meet.calendars import invitations
from holdfast.meet.calendars.bookings import present
from holdfast.meet.calendars.models import Source
from holdfast.meet.scheduling.facade import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)


def on_change(event: AppointmentBooked | AppointmentMoved | AppointmentCancelled) -> None:
    """Invitations go out, and the clinician's calendar is due at once."""
    now = clock.now()
    invitations.bring_up_to_date(event.practice_id, event.appointment_id, now)
    view = present(event.practice_id, event.appointment_id)
    if view is not None:
        rows = Source.objects.filter(
            practice_id=event.practice_id, membership_id=view.membership_id, writes=True, failures=0
        )
        rows.filter(next_sync_at__gt=now).update(next_sync_at=now)
