"""Invitations by e-mail (iTIP over iMIP, RFC 5546 and 6047), to whoever wishes them.

One message for each change, in order of SEQUENCE, through core.notify: with its attempts, its
retries and its place in the log. Answers are not read; none are asked for.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from holdfast.core.ids import uuid7
from holdfast.core.notify import facade as notify
from holdfast.core.notify.by_email import address_of
from holdfast.core.notify.messages import Part, Words
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client
from holdfast.meet.calendars import engine
from holdfast.meet.calendars.bookings import booking, organizer, present
from holdfast.meet.calendars.engine import Party
from holdfast.meet.calendars.models import CalendarWishes, Invitation
from holdfast.meet.reminders.facade import said
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView

AHEAD = timedelta(days=400)


def bring_up_to_date(practice_id: uuid.UUID, appointment_id: uuid.UUID, now: datetime) -> None:
    """Invite whoever takes part and wishes it, and call off whoever was invited and does not any
    more. May run any number of times: each message is a row that there is once.
    """
    view = present(practice_id, appointment_id)
    if view is None or view.ends_at <= now:
        return
    invited = Invitation.objects.filter(practice_id=practice_id, appointment_id=appointment_id)
    known = set(invited.values_list("client_id", flat=True))
    taking_part = set(view.client_ids) if view.status == "booked" else set()
    clients = Client.objects.filter(practice_id=practice_id, pk__in=taking_part | known)
    for client in clients.select_related("user__calendar_wishes"):
        if client.pk in taking_part and _wishes(client):
            _tell(view, client, "REQUEST", now)
        elif client.pk in known and client.pk not in taking_part and client.user_id is not None:
            _tell(view, client, "CANCEL", now)


def _wishes(client: Client) -> bool:
    wishes: CalendarWishes | None = getattr(client.user, "calendar_wishes", None)
    return wishes is not None and wishes.invitations


def _tell(
    view: AppointmentView, client: Client, method: Literal["REQUEST", "CANCEL"], now: datetime
) -> None:
    with transaction.atomic():
        row, is_new = Invitation.objects.get_or_create(
            practice_id=view.practice_id,
            client=client,
            appointment_id=view.id,
            sequence=view.sequence,
            method=method,
            defaults={"id": uuid7(), "created_at": now},
        )
        if is_new and client.user_id is not None:
            notify.send(
                practice_id=view.practice_id,
                recipients=[client.user_id],
                kind="appointment-invitation",
                subject_id=row.pk,
                now=now,
                channels=["email"],
            )


def ahead(user_id: uuid.UUID, now: datetime) -> None:
    """Everything ahead of one account: when it begins to wish for invitations, and to find what a
    killed process left undone.
    """
    for client in Client.objects.filter(user_id=user_id, left_at=None):
        views = scheduling.upcoming(
            client.practice_id, client_id=client.pk, since=now, until=now + AHEAD
        )
        for view in views:
            bring_up_to_date(client.practice_id, view.id, now)


def write(notification: Notification) -> Words | None:
    """The e-mail. None where a later change made it needless: that one has a message of its own."""
    if notification.subject_id is None:
        return None
    row = Invitation.objects.filter(pk=notification.subject_id).select_related("client").first()
    view = present(row.practice_id, row.appointment_id) if row is not None else None
    user = notification.recipient
    address = address_of(user)
    if row is None or view is None or address is None or view.sequence != row.sequence:
        return None
    cancels = row.method == "CANCEL"
    takes_part = view.status == "booked" and row.client_id in view.client_ids
    if cancels == takes_part:
        return None
    found = booking(view, user.language, detailed=not user.discreet, for_staff=False)
    content = engine.invitation(
        engine.Booking(**{**vars(found), "cancelled": cancels}),
        "CANCEL" if cancels else "REQUEST",
        Party(organizer()),
        Party(address),
        row.created_at,
    )
    with translation.override(user.language):
        when = said(view.starts_at, row.client.time_zone)
        title = (
            gettext("Cancelled: %(when)s") if cancels else gettext("For your calendar: %(when)s")
        ) % {"when": when}
        body = gettext("Your calendar program can take this over. Answers to it are not read.")
    part = Part(content, f"text/calendar; method={row.method}; charset=utf-8", "invite.ics")
    return Words(title, f"{title}\n\n{body}\n\n{settings.ORIGIN}/\n", "/", part)
