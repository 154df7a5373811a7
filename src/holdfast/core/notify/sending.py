"""Telling people: the rows of a notification and of each way it will be tried."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.notify.kinds import Kind
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences, Subscription

_Channel, _Outcome = DeliveryAttempt.Channel, DeliveryAttempt.Outcome

#: Where a device takes pushes, an e-mail follows only when none of them went out by then.
FALLBACK_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class _Ways:
    """How the recipients can be reached outside the app."""

    #: account -> whether one of its addresses is verified; absent without an address
    addresses: dict[uuid.UUID, bool]
    devices: dict[uuid.UUID, list[Subscription]]
    no_email: frozenset[uuid.UUID]
    no_push: frozenset[uuid.UUID]


def send(
    *,
    practice_id: uuid.UUID,
    recipients: Iterable[uuid.UUID],
    kind: Kind,
    subject_id: uuid.UUID | None = None,
    now: datetime | None = None,
    urgent: bool = False,
    expires_at: datetime | None = None,
) -> list[uuid.UUID]:
    """Tell these accounts that `kind` happened to `subject_id`; returns the notifications' ids.

    Rows only, in the caller's transaction: a notification in the app counts as delivered when it is
    written; what goes outside waits for `tasks.deliver_due`, or is skipped with the reason. What is
    urgent takes every channel at once, also in quiet hours and where somebody turned one off.
    Closed accounts are left out. Six SQL statements, however many recipients.
    """
    at = now or clock.now()
    users = list(User.objects.filter(pk__in=set(recipients), is_active=True).order_by("pk"))
    ways = _ways(users)
    with transaction.atomic():
        made = Notification.objects.bulk_create(
            Notification(
                practice_id=practice_id,
                recipient=user,
                kind=kind,
                subject_id=subject_id,
                urgent=urgent,
                created_at=at,
                expires_at=expires_at,
            )
            for user in users
        )
        DeliveryAttempt.objects.bulk_create(
            attempt for notification in made for attempt in _attempts(notification, ways, at)
        )
    return [notification.pk for notification in made]


def _ways(users: list[User]) -> _Ways:
    addresses: dict[uuid.UUID, bool] = {}
    rows = EmailAddress.objects.filter(user__in=users).values_list("user_id", "verified")
    for user_id, verified in rows:
        addresses[user_id] = addresses.get(user_id, False) or verified
    devices: dict[uuid.UUID, list[Subscription]] = defaultdict(list)
    live = Subscription.objects.filter(user__in=users, ended_at=None).order_by("id")
    for device in live.defer("sealed"):
        devices[device.user_id].append(device)
    wishes = Preferences.objects.filter(user__in=users).values_list("pk", "email", "web_push")
    rows_of_wishes = list(wishes)
    return _Ways(
        addresses,
        devices,
        frozenset(pk for pk, email, _ in rows_of_wishes if not email),
        frozenset(pk for pk, _, push in rows_of_wishes if not push),
    )


def _attempts(notification: Notification, ways: _Ways, at: datetime) -> list[DeliveryAttempt]:
    user = notification.recipient_id
    devices = ways.devices.get(user, [])
    if user in ways.no_push and not notification.urgent:
        devices = []
    in_app = _attempt(notification, _Channel.IN_APP, at)
    in_app.outcome, in_app.finished_at, in_app.next_attempt_at = _Outcome.SENT, at, None
    pushes = [_attempt(notification, _Channel.WEB_PUSH, at) for _ in devices]
    for push, device in zip(pushes, devices, strict=True):
        push.subscription = device
    wait = FALLBACK_AFTER if pushes and not notification.urgent else timedelta()
    mail = _attempt(notification, _Channel.EMAIL, at + wait)
    verified = ways.addresses.get(user)
    if not verified:
        _skip(mail, "no-address" if verified is None else "address-unverified", at)
    elif user in ways.no_email and not notification.urgent:
        _skip(mail, "turned-off", at)
    return [in_app, *pushes, mail]


def _attempt(notification: Notification, channel: str, due: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(
        practice_id=notification.practice_id,
        notification=notification,
        channel=channel,
        next_attempt_at=due,
    )


def _skip(attempt: DeliveryAttempt, reason: str, at: datetime) -> None:
    attempt.outcome, attempt.reason = _Outcome.SKIPPED, reason
    attempt.next_attempt_at, attempt.finished_at = None, at
