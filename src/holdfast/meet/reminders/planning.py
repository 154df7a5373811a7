"""The reminders of an appointment as rows, and brought up to date when anything changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core.notify import facade as notify
from holdfast.core.notify.engine import Quiet
from holdfast.core.notify.models import Preferences
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.reminders import engine
from holdfast.meet.reminders.models import Reminder, ReminderWishes
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView

_State, _Why = Reminder.State, Reminder.Why


def present(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> AppointmentView | None:
    """The appointment as it is now; None where there is none (any more)."""
    try:
        return scheduling.get(practice_id, appointment_id)
    except NotFound:
        return None


def bring_up_to_date(practice_id: uuid.UUID, appointment_id: uuid.UUID, now: datetime) -> None:
    """Plan what is missing of an appointment's reminders and drop what is out of date.

    May run at any time, any number of times, in several processes: what there should be follows
    from the appointment and the wishes alone, and a row that was sent is never planned again.
    """
    with transaction.atomic():
        view = present(practice_id, appointment_id)
        rows = Reminder.objects.filter(practice_id=practice_id, appointment_id=appointment_id)
        if view is None or view.status != "booked":
            _drop(rows, _Why.CHANGED, now)
            return
        clients = _clients(practice_id, view.client_ids)
        for client in clients:
            _plan(view, client, now)
        still = [client.pk for client in clients]
        _drop(rows.exclude(client_id__in=still, starts_at=view.starts_at), _Why.CHANGED, now)


def _clients(practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]) -> list[Client]:
    rows = Client.objects.filter(practice_id=practice_id, pk__in=client_ids, left_at=None)
    return list(rows.select_related("user__notification_preferences", "user__reminder_wishes"))


def wishes_of(client: Client) -> ReminderWishes:
    """How a person wishes to be reminded, or the defaults."""
    return getattr(client.user, "reminder_wishes", None) or ReminderWishes()


def _quiet(client: Client) -> Quiet | None:
    wishes = getattr(client.user, "notification_preferences", None) or Preferences()
    return Quiet(wishes.quiet_from, wishes.quiet_until) if wishes.quiet else None


def _plan(view: AppointmentView, client: Client, now: datetime) -> None:
    """The rows of one person: those wished for and not there yet; others are dropped."""
    rows = Reminder.objects.filter(
        practice_id=view.practice_id,
        appointment_id=view.id,
        client=client,
        starts_at=view.starts_at,
    )
    wishes = wishes_of(client)
    leads = wishes.leads if wishes.on and client.user_id is not None else []
    zone = ZoneInfo(client.time_zone)
    wanted = {
        each.lead: each for each in engine.plans(view.starts_at, leads, zone, _quiet(client), now)
    }
    known = {row.lead: row for row in rows}
    Reminder.objects.bulk_create(
        [
            Reminder(
                practice_id=view.practice_id,
                client=client,
                appointment_id=view.id,
                starts_at=view.starts_at,
                lead=each.lead,
                due_at=each.due_at,
            )
            for each in wanted.values()
            if each.lead not in known
        ],
        # Two processes may bring the same appointment up to date.
        ignore_conflicts=True,
    )
    for lead, row in known.items():
        if lead in wanted and row.state != _State.SENT:
            again = rows.filter(pk=row.pk).exclude(state=_State.SENT)
            again.update(state=_State.PLANNED, why="", due_at=wanted[lead].due_at)
    # One whose time has come and waits for the worker is no more in the plan, and still wanted.
    _drop(rows.exclude(lead__in=leads), _Why.UNWANTED, now)


def _drop(rows: QuerySet[Reminder], why: str, now: datetime) -> None:
    """Planned ones are not sent; of a sent one, what still waits on its way out is called back."""
    rows.filter(state=_State.PLANNED).update(state=_State.DROPPED, why=why)
    if why == _Why.CHANGED:
        sent = rows.filter(state=_State.SENT, starts_at__gt=now - timedelta(days=1))
        by_practice = list(sent.values_list("practice_id", "pk"))
        if by_practice:
            notify.settle(
                practice_id=by_practice[0][0], subject_ids=[pk for _, pk in by_practice], now=now
            )


def staff(view: AppointmentView) -> list[uuid.UUID]:
    """The account of whoever is to be met."""
    rows = Membership.objects.filter(pk=view.membership_id, active=True)
    return list(rows.values_list("user_id", flat=True))
