"""Telling people: the rows of a notification and of each way it will be tried."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.notify import by_sms
from holdfast.core.notify.engine import Way, ordered, ways
from holdfast.core.notify.kinds import Kind
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences, Subscription

_Channel, _Outcome = DeliveryAttempt.Channel, DeliveryAttempt.Outcome


@dataclass(frozen=True)
class _Ways:
    """How the recipients can be reached outside the app."""

    #: account -> whether one of its addresses is verified; absent without an address
    addresses: dict[uuid.UUID, bool]
    devices: dict[uuid.UUID, list[Subscription]]
    wishes: dict[uuid.UUID, Preferences]


def send(
    *,
    practice_id: uuid.UUID,
    recipients: Iterable[uuid.UUID],
    kind: Kind,
    subject_id: uuid.UUID | None = None,
    now: datetime | None = None,
    urgent: bool = False,
    expires_at: datetime | None = None,
    channels: Iterable[str] = (),
) -> list[uuid.UUID]:
    """Tell these accounts that `kind` happened to `subject_id`; returns the notifications' ids.

    Rows only, in the caller's transaction: a notification in the app counts as delivered when it is
    written; what goes outside waits for `tasks.deliver_due`, or is skipped with the reason. What is
    urgent takes every channel at once, also in quiet hours and where somebody turned one off (text
    messages, which cost money, need to be turned on). `channels` names those outside the app that
    may be used at all; their order is the recipient's. Closed accounts
    are left out. Six SQL statements, however many recipients.
    """
    at = now or clock.now()
    users = list(User.objects.filter(pk__in=set(recipients), is_active=True).order_by("pk"))
    reach = _ways(users)
    only = ",".join(channels)
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
                channels=only,
            )
            for user in users
        )
        DeliveryAttempt.objects.bulk_create(
            attempt for notification in made for attempt in _attempts(notification, reach, at)
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
    rows_of_wishes = Preferences.objects.filter(user__in=users).defer("phone_sealed")
    return _Ways(addresses, devices, {row.pk: row for row in rows_of_wishes})


def _attempts(notification: Notification, reach: _Ways, at: datetime) -> list[DeliveryAttempt]:
    user = notification.recipient_id
    wishes = reach.wishes.get(user) or Preferences()
    devices = reach.devices.get(user, [])
    refused = _refused(notification, reach, wishes)
    in_app = _attempt(notification, _Channel.IN_APP, at)
    in_app.outcome, in_app.finished_at, in_app.next_attempt_at = _Outcome.SENT, at, None
    made = [in_app]
    only = [each for each in notification.channels.split(",") if each]
    order = ordered(wishes.order.split(","), only)
    for way in ways(order, refused, urgent=notification.urgent):
        reason = refused.get(way.channel)
        if reason == "":
            continue
        row = _attempt(notification, way.channel, at + way.wait, way)
        if reason is not None:
            _skip(row, reason, at)
            made.append(row)
        elif way.channel == _Channel.WEB_PUSH:
            made += [_for_device(notification, way, at, device) for device in devices]
        else:
            made.append(row)
    return made


def _refused(notification: Notification, reach: _Ways, wishes: Preferences) -> dict[str, str]:
    """Channels that there is no use in trying, and why; without a word where the account never had
    such a channel, which is nothing to write down.
    """
    refused: dict[str, str] = {}
    verified = reach.addresses.get(notification.recipient_id)
    if not verified:
        refused[_Channel.EMAIL] = "no-address" if verified is None else "address-unverified"
    elif not wishes.email and not notification.urgent:
        refused[_Channel.EMAIL] = "turned-off"
    unwanted = not wishes.web_push and not notification.urgent
    if unwanted or not reach.devices.get(notification.recipient_id):
        refused[_Channel.WEB_PUSH] = ""
    if not wishes.sms:
        refused[_Channel.SMS] = ""
    elif not by_sms.available():
        refused[_Channel.SMS] = "no-provider"
    elif wishes.phone_verified_at is None:
        refused[_Channel.SMS] = "phone-unverified"
    elif wishes.phone_dead_at is not None:
        refused[_Channel.SMS] = "phone-dead"
    return refused


def _for_device(
    notification: Notification, way: Way, at: datetime, device: Subscription
) -> DeliveryAttempt:
    row = _attempt(notification, way.channel, at + way.wait, way)
    row.subscription = device
    return row


def _attempt(
    notification: Notification, channel: str, due: datetime, way: Way | None = None
) -> DeliveryAttempt:
    return DeliveryAttempt(
        practice_id=notification.practice_id,
        notification=notification,
        channel=channel,
        rank=way.rank if way else 0,
        next_attempt_at=due,
    )


def _skip(attempt: DeliveryAttempt, reason: str, at: datetime) -> None:
    attempt.outcome, attempt.reason = _Outcome.SKIPPED, reason
    attempt.next_attempt_at, attempt.finished_at = None, at
