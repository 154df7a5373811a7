"""Tell people something: in the app at once, by e-mail soon after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.notify.models import DeliveryAttempt, Notification

_Channel, _Outcome = DeliveryAttempt.Channel, DeliveryAttempt.Outcome


def send(
    *,
    practice_id: uuid.UUID,
    recipients: Iterable[uuid.UUID],
    kind: str,
    subject_id: uuid.UUID | None = None,
    now: datetime | None = None,
) -> list[uuid.UUID]:
    """Tell these accounts that `kind` happened to `subject_id`; returns the notifications' ids.

    Rows only, in the caller's transaction: a notification in the app counts as delivered when it is
    written; an e-mail waits for `tasks.deliver_due`, or is skipped with the reason. Closed accounts
    are left out. Four SQL statements, however many recipients.
    """
    at = now or clock.now()
    users = list(User.objects.filter(pk__in=set(recipients), is_active=True).order_by("pk"))
    addresses = _verified_by_user(users)
    with transaction.atomic():
        made = Notification.objects.bulk_create(
            Notification(
                practice_id=practice_id,
                recipient=user,
                kind=kind,
                subject_id=subject_id,
                created_at=at,
            )
            for user in users
        )
        attempts = []
        for notification in made:
            attempts.append(_in_app(notification, at))
            attempts.append(_email(notification, addresses.get(notification.recipient_id), at))
        DeliveryAttempt.objects.bulk_create(attempts)
    return [notification.pk for notification in made]


def _verified_by_user(users: list[User]) -> dict[uuid.UUID, bool]:
    """For each account with an address: whether one of them is verified."""
    found: dict[uuid.UUID, bool] = {}
    rows = EmailAddress.objects.filter(user__in=users).values_list("user_id", "verified")
    for user_id, verified in rows:
        found[user_id] = found.get(user_id, False) or verified
    return found


def _in_app(notification: Notification, at: datetime) -> DeliveryAttempt:
    return DeliveryAttempt(
        practice_id=notification.practice_id,
        notification=notification,
        channel=_Channel.IN_APP,
        outcome=_Outcome.SENT,
        finished_at=at,
    )


def _email(notification: Notification, verified: bool | None, at: datetime) -> DeliveryAttempt:
    attempt = DeliveryAttempt(
        practice_id=notification.practice_id,
        notification=notification,
        channel=_Channel.EMAIL,
        outcome=_Outcome.WAITING,
        next_attempt_at=at,
    )
    if not verified:
        attempt.outcome = _Outcome.SKIPPED
        attempt.reason = "no-address" if verified is None else "address-unverified"
        attempt.next_attempt_at, attempt.finished_at = None, at
    return attempt
