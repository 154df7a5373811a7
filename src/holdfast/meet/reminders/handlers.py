"""What happens elsewhere and concerns reminders. Each handler may be lost with its process: the
worker finds what it left undone (`tasks.plan_missing`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from holdfast.core import clock
from holdfast.core.notify import facade as notify
from holdfast.core.notify.events import DeliveryProblemChanged, WishesChanged
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client
from holdfast.meet.reminders import planning
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)

#: As far ahead as appointments are booked.
AHEAD = timedelta(days=400)


def on_change(event: AppointmentBooked | AppointmentMoved | AppointmentCancelled) -> None:
    """An appointment was booked, moved or cancelled."""
    planning.bring_up_to_date(event.practice_id, event.appointment_id, clock.now())


def on_wishes(event: WishesChanged) -> None:
    """Somebody wishes to be told otherwise, or at other hours: what lies ahead is planned anew."""
    now = clock.now()
    for client in Client.objects.filter(user_id=event.user_id, left_at=None):
        ahead = scheduling.upcoming(
            client.practice_id, client_id=client.pk, since=now, until=now + AHEAD
        )
        for view in ahead:
            planning.bring_up_to_date(client.practice_id, view.id, now)


def on_problem(event: DeliveryProblemChanged) -> None:
    """A reminder reached nobody: whoever is to meet the person learns of it while there is time."""
    now = clock.now()
    rows = Reminder.objects.filter(
        practice_id=event.practice_id,
        client__user_id=event.user_id,
        state=Reminder.State.SENT,
        starts_at__gt=now,
        problem_told_at=None,
    )
    for row in rows:
        if not _is_lost(row) or not _first(row, now):
            continue
        view = planning.present(row.practice_id, row.appointment_id)
        if view is None or view.status != "booked":
            continue
        notify.send(
            practice_id=row.practice_id,
            recipients=planning.staff(view),
            kind="appointment-undelivered",
            subject_id=row.appointment_id,
            now=now,
        )


def _is_lost(row: Reminder) -> bool:
    if row.notification_id is None:
        return False
    lost = Notification.objects.filter(pk=row.notification_id, problem="not-delivered")
    return lost.exists()


def _first(row: Reminder, now: datetime) -> bool:
    mine = Reminder.objects.filter(pk=row.pk, problem_told_at=None)
    return bool(mine.update(problem_told_at=now))
