"""What the link in a reminder shows and does: confirm, choose another time, cancel, stop these."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from holdfast.core import events
from holdfast.core.actor import Actor
from holdfast.core.links.purposes import Deed, LinkChanged, LinkUnknown, Purpose, Shown, Slot
from holdfast.core.notify import facade as notify
from holdfast.core.notify.events import WishesChanged
from holdfast.core.problems import NotPermitted
from holdfast.meet.reminders import planning
from holdfast.meet.reminders.models import Reminder, ReminderWishes
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView

CODE: Final = 1
#: Times that are offered instead: within three weeks, and no more than fit on a page.
OFFER_WITHIN: Final = timedelta(days=21)
OFFERS: Final = 24


def look(reminder_id: uuid.UUID, now: datetime) -> Shown:
    """The appointment as it is now. Raises LinkUnknown. Changes nothing."""
    row, view = _found(reminder_id)
    state = _state(row, view, now)
    wishes = planning.wishes_of(row.client)
    user = row.client.user
    named = user is not None and not user.discreet
    slots = _slots(view, now) if state in {"open", "confirmed", "asked"} else ()
    return Shown(
        purpose="appointment",
        state=state,
        version=f"{view.sequence}",
        language=user.language if user is not None else "en",
        zone=row.client.time_zone,
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        with_name=view.with_name if named else "",
        place=(view.place or "") if named else "",
        actions=_actions(state, bool(slots), wishes),
        slots=slots,
    )


def _found(reminder_id: uuid.UUID) -> tuple[Reminder, AppointmentView]:
    row = (
        Reminder.objects.filter(pk=reminder_id, client__left_at=None)
        .select_related("client__user__reminder_wishes")
        .first()
    )
    view = planning.present(row.practice_id, row.appointment_id) if row is not None else None
    # An account that is gone has no appointments that a link could show.
    if row is None or view is None or row.client.user is None or not row.client.user.is_active:
        raise LinkUnknown
    return row, view


def _state(row: Reminder, view: AppointmentView, now: datetime) -> str:
    if view.status == "cancelled" or row.client_id not in view.client_ids:
        return "cancelled"
    if view.status != "booked" or view.starts_at <= now:
        return "over"
    asked = Reminder.objects.filter(
        practice_id=row.practice_id,
        appointment_id=row.appointment_id,
        client_id=row.client_id,
        starts_at=view.starts_at,
        asked_at__isnull=False,
    )
    if asked.exists():
        return "asked"
    return "confirmed" if view.confirmed_at is not None else "open"


def _actions(state: str, slots: bool, wishes: ReminderWishes) -> tuple[str, ...]:
    found: list[str] = []
    if state == "open":
        found.append("confirm")
    if state in {"open", "confirmed", "asked"}:
        found += [*(["move"] if slots else []), *(["ask"] if state != "asked" else []), "cancel"]
    return (*found, *(["stop"] if wishes.on else []))


def _slots(view: AppointmentView, now: datetime) -> tuple[Slot, ...]:
    """Only of an appointment for one: a group does not move for one of its members."""
    if view.capacity > 1:
        return ()
    free = scheduling.free_slots(
        view.practice_id, view.membership_id, view.type_id, now, now + OFFER_WITHIN
    )
    others = [
        Slot(each.starts_at, each.ends_at) for each in free if each.starts_at != view.starts_at
    ]
    return tuple(others[:OFFERS])


def act(reminder_id: uuid.UUID, deed: Deed, now: datetime) -> Shown:
    """Do it, as the person. Raises LinkUnknown, LinkChanged, NotPermitted, and what scheduling
    raises.
    """
    with transaction.atomic():
        row, view = _found(reminder_id)
        if deed.action == "stop":
            _stop(row)
        else:
            if deed.version != f"{view.sequence}":
                if _done_already(deed, row, view):
                    return look(reminder_id, now)
                raise LinkChanged
            if deed.action not in look(reminder_id, now).actions:
                if _done_already(deed, row, view):
                    return look(reminder_id, now)
                raise NotPermitted
            _do(deed, row, view, now)
    return look(reminder_id, now)


def _done_already(deed: Deed, row: Reminder, view: AppointmentView) -> bool:
    """The same wish again, such as of a page that never saw the answer to the first."""
    if deed.action == "cancel":
        return view.status == "cancelled" or row.client_id not in view.client_ids
    if deed.action == "move":
        return view.status == "booked" and view.starts_at == deed.starts_at
    return deed.action == "confirm" and view.confirmed_at is not None


def _do(deed: Deed, row: Reminder, view: AppointmentView, now: datetime) -> None:
    by = Actor(row.client.user_id, row.practice_id, (), "link")
    if deed.action == "confirm":
        scheduling.confirm(row.practice_id, view.id, row.client_id, by=by)
    elif deed.action == "cancel":
        scheduling.cancel(
            row.practice_id, view.id, by=by, client_id=row.client_id, sequence=view.sequence
        )
    elif deed.action == "move":
        if deed.starts_at is None:
            raise NotPermitted
        scheduling.reschedule(
            row.practice_id,
            view.id,
            starts_at=deed.starts_at,
            by=by,
            client_id=row.client_id,
            sequence=view.sequence,
        )
    elif deed.action == "ask":
        _ask(row, view, now)
    # Whoever answered needs no further attempt of this reminder.
    notify.settle(practice_id=row.practice_id, subject_ids=[row.pk], now=now)


def _ask(row: Reminder, view: AppointmentView, now: datetime) -> None:
    Reminder.objects.filter(pk=row.pk).update(asked_at=now)
    notify.send(
        practice_id=row.practice_id,
        recipients=planning.staff(view),
        kind="appointment-move-asked",
        subject_id=view.id,
        now=now,
    )


def _stop(row: Reminder) -> None:
    """No reminders any more, of any appointment; whoever wants them turns them on in the app."""
    if row.client.user_id is not None:
        ReminderWishes.objects.update_or_create(user_id=row.client.user_id, defaults={"on": False})
        events.publish(WishesChanged(row.client.user_id))


PURPOSE: Final = Purpose(CODE, look, act)
