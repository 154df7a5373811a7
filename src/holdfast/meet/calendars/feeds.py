"""Secret addresses at which a calendar program reads somebody's appointments."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Membership
from holdfast.meet.calendars import engine
from holdfast.meet.calendars.bookings import booking
from holdfast.meet.calendars.models import Feed
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import AppointmentView

#: What a feed tells of: a month back, and as far ahead as anybody books.
BACK: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=400)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def open_feed(user: User, practice_id: uuid.UUID, detail: str, now: datetime, *, by: Actor) -> Feed:
    """The person's feed of a practice, made where there is none; it shows so much from now on."""
    with transaction.atomic():
        row = Feed.objects.filter(practice_id=practice_id, user=user).first()
        is_new = row is None
        if row is None:
            secret = secrets.token_urlsafe(32)
            row = Feed(practice_id=practice_id, user=user, digest=_digest(secret), created_at=now)
            row.secret = secret
        changed = is_new or row.detail != detail
        row.detail = detail
        row.save()
        if changed:
            _note("make" if is_new else "change", row, by, {"detail": detail})
    return row


def revoke(user: User, practice_id: uuid.UUID, *, by: Actor) -> None:
    """The address leads nowhere from now on; another one can be made."""
    with transaction.atomic():
        row = Feed.objects.filter(practice_id=practice_id, user=user).first()
        if row is None:
            return
        _note("revoke", row, by, {})
        row.delete()


def _note(action: str, feed: Feed, by: Actor, detail: dict[str, str]) -> None:
    """In the log of the account's own record, where it has one in this practice."""
    own = Client.objects.filter(practice_id=feed.practice_id, user_id=feed.user_id, left_at=None)
    record(
        action,
        "calendar_feed",
        by=by,
        resource_id=feed.pk,
        client_id=own.values_list("pk", flat=True).first(),
        detail=detail,
    )


def address(feed: Feed) -> str:
    """What a calendar program subscribes to."""
    return f"{settings.ORIGIN}/api/v1/calendar-feeds/{feed.secret}.ics"


def find(secret: str) -> Feed | None:
    """By its secret; None for one that was revoked or made up, and where the account is closed."""
    rows = Feed.objects.filter(digest=_digest(secret), user__is_active=True)
    return rows.select_related("user").first()


def text(feed: Feed, now: datetime) -> bytes:
    """The calendar. The same appointments give the same bytes, so that its ETag holds."""
    user = feed.user
    shown = [
        booking(
            view,
            user.language,
            detailed=feed.detail == Feed.Detail.DETAILS,
            for_staff=staff,
        )
        for view, staff in _appointments(feed, now)
    ]
    # No name of a practice: what a calendar is called stands on many screens.
    return engine.feed(shown, "Holdfast", feed.created_at)


def _appointments(feed: Feed, now: datetime) -> list[tuple[AppointmentView, bool]]:
    # Whole days, so that the window's edges do not move with every fetch.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = today - BACK, today + AHEAD
    found: dict[uuid.UUID, tuple[AppointmentView, bool]] = {}
    own = Client.objects.filter(practice_id=feed.practice_id, user_id=feed.user_id, left_at=None)
    for client_id in own.values_list("pk", flat=True):
        for view in scheduling.upcoming(
            feed.practice_id, client_id=client_id, since=since, until=until
        ):
            if client_id in view.client_ids:
                found[view.id] = view, False
    members = Membership.objects.filter(
        practice_id=feed.practice_id, user_id=feed.user_id, active=True, role__in=STAFF_ROLES
    )
    for membership_id in members.values_list("pk", flat=True):
        for view in scheduling.upcoming(
            feed.practice_id, membership_id=membership_id, since=since, until=until
        ):
            found.setdefault(view.id, (view, True))
    standing = [each for each in found.values() if each[0].status != "cancelled"]
    return sorted(standing, key=lambda each: (each[0].starts_at, each[0].uid))
