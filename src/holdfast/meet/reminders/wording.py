"""What a reminder says: when, and a link. No word of health, of the practice or of what it is for.

Whoever turned discretion off is told with whom.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from holdfast.core import clock
from holdfast.core.links import facade as links
from holdfast.core.notify.messages import Words
from holdfast.core.notify.models import Notification
from holdfast.meet.reminders import on_links, planning
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.reminders.saying import said
from holdfast.meet.scheduling.facade import AppointmentView

#: A link is good for a day after the end, so that whoever comes too late learns that it is over.
AFTERWARDS = timedelta(days=1)


def write(notification: Notification) -> Words | None:
    """In the person's language, by the clock on their wall. None when there is nothing to remind of
    any more: it moved, was cancelled, or began.
    """
    if notification.subject_id is None:
        return None
    row = Reminder.objects.filter(pk=notification.subject_id).select_related("client").first()
    if row is None:
        return None
    view = planning.present(row.practice_id, row.appointment_id)
    if view is None or view.status != "booked" or view.starts_at != row.starts_at:
        return None
    if row.client_id not in view.client_ids or view.starts_at <= clock.now():
        return None
    user = notification.recipient
    path = links.path(on_links.CODE, row.pk, view.ends_at + AFTERWARDS)
    with translation.override(user.language):
        title = _title(view, row.client.time_zone, named=not user.discreet)
        body = "\n\n".join(
            [
                title + ".",
                gettext("To confirm, choose another time or cancel, without signing in:"),
                f"{settings.ORIGIN}{path}",
                gettext("Whoever has this link can do so. Do not pass it on."),
            ]
        )
    return Words(title, f"{body}\n", path)


def _title(view: AppointmentView, zone: str, *, named: bool) -> str:
    when = said(view.starts_at, zone)
    if named and view.with_name:
        return gettext("Your appointment: %(when)s, with %(name)s") % {
            "when": when,
            "name": view.with_name,
        }
    return gettext("Your appointment: %(when)s") % {"when": when}
