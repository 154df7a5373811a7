"""What the worker does for reminders. Safe in several processes, and to be killed anywhere."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core.notify import facade as notify
from holdfast.core.tenancy.models import Client, Practice
from holdfast.meet.reminders import engine, planning
from holdfast.meet.reminders.models import Reminder
from holdfast.meet.scheduling import facade as scheduling

_State, _Why = Reminder.State, Reminder.Why

BATCH: Final = 200
#: A process that is killed after a booking was committed and before its reminders were planned
#: leaves none. So the appointments of the next days are gone through again and again.
LOOK_AHEAD: Final = timedelta(minutes=max(engine.LEADS)) + timedelta(hours=6)
EVERY: Final = timedelta(minutes=5)
PRACTICES_AT_ONCE: Final = 50

#: When this process last went through a practice's appointments.
_gone_through: dict[uuid.UUID, datetime] = {}


def plan_missing(now: datetime) -> int:
    """Go through the appointments ahead, of each practice every five minutes; returns how many."""
    looked = 0
    for practice_id in Practice.objects.order_by("pk").values_list("pk", flat=True):
        last = _gone_through.get(practice_id)
        # A clock that was set back must not stop it.
        if last is not None and last <= now < last + EVERY:
            continue
        if looked == PRACTICES_AT_ONCE:
            break
        looked += 1
        _go_through(practice_id, now)
        _gone_through[practice_id] = now
    return looked


def _go_through(practice_id: uuid.UUID, now: datetime) -> None:
    ahead = scheduling.upcoming(practice_id, since=now, until=now + LOOK_AHEAD)
    rows = Reminder.objects.filter(
        practice_id=practice_id, appointment_id__in=[view.id for view in ahead]
    )
    known = set(rows.values_list("appointment_id", "client_id", "starts_at"))
    planned = rows.filter(state=_State.PLANNED)
    waiting = set(planned.values_list("appointment_id", "starts_at"))
    for view in ahead:
        stands = view.status == "booked"
        missing = stands and any(
            (view.id, one, view.starts_at) not in known for one in view.client_ids
        )
        stale = any(of == view.id and (not stands or at != view.starts_at) for of, at in waiting)
        if missing or stale:
            planning.bring_up_to_date(practice_id, view.id, now)


def send_due(now: datetime) -> int:
    """Send the reminders whose time has come; returns how many.

    Of one appointment and person they are settled together, in one transaction: which of them goes,
    which need not any more, and the notification with its attempts. Killed before the commit,
    nothing happened; after it, everything did, and the message is in core.notify's hands.
    """
    due = Reminder.objects.filter(state=_State.PLANNED, due_at__lte=now).order_by("due_at")[:BATCH]
    groups: dict[tuple[uuid.UUID, uuid.UUID], list[Reminder]] = defaultdict(list)
    for row in due:
        groups[row.appointment_id, row.client_id].append(row)
    return sum(_settle(rows, now) for rows in groups.values())


def _settle(rows: list[Reminder], now: datetime) -> int:
    verdicts = engine.sort_due(
        [engine.Waiting(row.pk, row.lead, row.starts_at) for row in rows], now
    )
    sent = 0
    with transaction.atomic():
        for row in rows:
            verdict = verdicts[row.pk]
            if verdict == "send":
                sent += _send(row, now)
            else:
                _planned(row).update(state=_State.DROPPED, why=verdict)
    return sent


def _planned(row: Reminder) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk=row.pk, state=_State.PLANNED)


def _send(row: Reminder, now: datetime) -> bool:
    """Claim by a conditional UPDATE and write the message, all in the caller's transaction."""
    view = planning.present(row.practice_id, row.appointment_id)
    stands = view is not None and view.status == "booked" and view.starts_at == row.starts_at
    if view is None or not stands or row.client_id not in view.client_ids:
        _planned(row).update(state=_State.DROPPED, why=_Why.CHANGED)
        return False
    client = (
        Client.objects.filter(pk=row.client_id, left_at=None)
        .select_related("user__reminder_wishes")
        .first()
    )
    if client is None or client.user_id is None:
        _planned(row).update(state=_State.DROPPED, why=_Why.NO_ACCOUNT)
        return False
    if not _planned(row).update(state=_State.SENT, sent_at=now):
        return False
    channels = planning.wishes_of(client).channels
    made = notify.send(
        practice_id=row.practice_id,
        recipients=[client.user_id],
        kind="appointment-reminder",
        subject_id=row.pk,
        now=now,
        channels=[each for each in channels.split(",") if each],
    )
    Reminder.objects.filter(pk=row.pk).update(notification_id=made[0] if made else None)
    return True
