"""Our appointments as what a calendar elsewhere is told of them."""

from __future__ import annotations

import uuid
from email.utils import parseaddr

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from holdfast.core.problems import NotFound
from holdfast.meet.calendars.engine import Booking
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView


def booking(view: AppointmentView, language: str, *, detailed: bool, for_staff: bool) -> Booking:
    """Neutral unless its owner chose details. A client's name never leaves, whatever is chosen: a
    calendar elsewhere is another company's computer.
    """
    with translation.override(language):
        title = gettext("Appointment") if detailed else gettext("Busy")
        if detailed and not for_staff and view.with_name:
            title = gettext("Appointment with %(name)s") % {"name": view.with_name}
    return Booking(
        uid=view.uid,
        sequence=view.sequence,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        title=title,
        place=(view.place or "") if detailed else "",
        cancelled=view.status == "cancelled",
    )


def present(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> AppointmentView | None:
    """The appointment as it is now; None where there is none."""
    try:
        return scheduling.get(practice_id, appointment_id)
    except NotFound:
        return None


def organizer() -> str:
    """The address that invitations come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
