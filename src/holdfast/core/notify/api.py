"""Endpoints: what somebody was told, what came of each attempt, how they wish to be told."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime, time
from typing import Annotated, Any, Final, Literal

from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import QuerySet
from ninja import Schema, Status
from pydantic import AfterValidator, Field, model_validator

from holdfast.core import clock, events
from holdfast.core.api import SIGNED_IN, Access, Request, Router, account_of
from holdfast.core.identity import limits
from holdfast.core.instants import Instant, WallTime
from holdfast.core.notify import (
    arrival,
    by_email,
    by_sms,
    by_web_push,
    phone,
    sending,
    subscriptions,
)
from holdfast.core.notify.engine import ordered
from holdfast.core.notify.events import WishesChanged
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences, Subscription
from holdfast.core.notify.noting import note
from holdfast.core.paging import page
from holdfast.core.problems import NotFound

router = Router(tags=["notifications"])

BASE = "/practices/{practice_id}/notifications"
_Outcome = DeliveryAttempt.Outcome
#: A person tries their own settings a few times; nobody fills the tables or a phone with it.
TRY: Final = "try"


class NotificationOut(Schema):
    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    created_at: datetime
    read_at: datetime | None


class NotificationList(Schema):
    items: list[NotificationOut]
    next: str | None


Outside = Literal["web_push", "email", "sms"]


class MessageAttempt(Schema):
    channel: Literal["in_app", "email", "web_push", "sms"]
    outcome: Literal["waiting", "sent", "failed", "skipped"]
    reason: str | None
    at: datetime | None
    due_at: datetime | None
    device: str | None


class MessageOut(Schema):
    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    urgent: bool
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None
    problem: Literal["not-delivered", "client-silent"] | None
    attempts: list[MessageAttempt]


class DeadWay(Schema):
    """A channel whose address answered for good that it takes nothing: not tried until changed."""

    channel: Literal["email", "sms"]
    since: datetime
    reason: str


class MessageList(Schema):
    items: list[MessageOut]
    next: str | None
    dead: list[DeadWay] = []


def _base64url(value: str, length: int) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error) as error:
        raise ValueError("not base64url") from error
    if len(raw) != length:
        raise ValueError(f"{length} bytes are expected")
    return raw


def _point(value: str) -> str:
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _base64url(value, 65))
    return value


def _sixteen_bytes(value: str) -> str:
    _base64url(value, 16)
    return value


def _push_service(value: str) -> str:
    if not subscriptions.is_push_service(value):
        raise ValueError("not the address of a known push service")
    return value


class KeysIn(Schema):
    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=30), AfterValidator(_sixteen_bytes)]


class DeviceIn(Schema):
    endpoint: Annotated[str, Field(max_length=1000), AfterValidator(_push_service)]
    keys: KeysIn
    label: Annotated[str, Field(max_length=60)] = ""


class DeviceRemoval(Schema):
    """One of one's own: as the list names it, or as the browser itself knows its address."""

    id: uuid.UUID | None = None
    endpoint: Annotated[str, Field(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> DeviceRemoval:
        if (self.id is None) == (self.endpoint is None):
            raise ValueError("either id or endpoint")
        return self


class DeviceOut(Schema):
    id: uuid.UUID
    label: str
    created_at: datetime
    delivered_at: datetime | None
    ended_at: datetime | None
    ended_reason: str | None


class NotificationSettingsOut(Schema):
    email: bool
    email_address: Literal["verified", "unverified", "none", "dead"]
    web_push: bool
    sms: bool
    sms_available: bool
    phone: Literal["verified", "unverified", "none", "dead"]
    phone_ending: str | None
    order: list[Outside]
    push_key: str | None
    quiet: bool
    quiet_from: time
    quiet_until: time
    devices: list[DeviceOut]


def _each_once(value: list[Outside]) -> list[Outside]:
    if sorted(value) != sorted(ordered(())):
        raise ValueError("each channel once")
    return value


def _number(value: str) -> str:
    return phone.spelt(value)


class PhoneIn(Schema):
    number: Annotated[str, Field(max_length=40), AfterValidator(_number)]


class PhoneCode(Schema):
    code: Annotated[str, Field(min_length=6, max_length=8)]


class NotificationSettingsIn(Schema):
    email: bool | None = None
    web_push: bool | None = None
    sms: bool | None = None
    order: Annotated[list[Outside], AfterValidator(_each_once)] | None = None
    #: A dead address that is to be tried once more.
    try_again: Literal["email", "sms"] | None = None
    quiet: bool | None = None
    quiet_from: WallTime | None = None
    quiet_until: WallTime | None = None


class SeenIn(Schema):
    at: Instant | None = None


def _own(request: Request) -> QuerySet[Notification]:
    return Notification.objects.filter(
        practice=request.practice, recipient_id=request.actor.account
    )


@router.get(BASE, access=Access("notification", "read"), response=NotificationList)
def notifications(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """One's own, newest first. One SQL statement."""
    items, following = page(_own(request), cursor)
    return {"items": items, "next": following}


@router.post(
    BASE + "/{notification_id}/read",
    access=Access("notification", "write"),
    response=NotificationOut,
)
def mark_read(request: Request, practice_id: uuid.UUID, notification_id: uuid.UUID) -> Notification:
    """Marking again keeps the first time."""
    found = _own(request).filter(pk=notification_id)
    found.filter(read_at=None).update(read_at=clock.now())
    notification: Notification | None = found.first()
    if notification is None:
        raise NotFound
    return notification


@router.post(BASE + "/try", access=Access("notification", "write"), response=MessageOut)
def try_it(request: Request, practice_id: uuid.UUID) -> dict[str, Any]:
    """Tell oneself something on every channel, quiet hours or not, and watch what comes of it.

    Answers with the last one instead while that is younger than half a minute.
    """
    now = clock.now()
    last = _own(request).filter(kind=TRY).order_by("-created_at").first()
    if last is not None and abs((now - last.created_at).total_seconds()) < 30:
        return _deliveries([last])[0]
    made = sending.send(
        practice_id=request.practice.pk,
        recipients=[request.actor.account],
        kind=TRY,
        now=now,
        urgent=True,
    )
    return _deliveries(list(Notification.objects.filter(pk__in=made)))[0]


@router.get(
    "/practices/{practice_id}/deliveries",
    access=Access("notification", "read"),
    response=MessageList,
)
def own_deliveries(
    request: Request, practice_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """What one was told, each attempt and what came of it, newest first. Two SQL statements."""
    items, following = page(_own(request), cursor)
    return {"items": _deliveries(items), "next": following}


@router.get(
    "/practices/{practice_id}/clients/{client_id}/deliveries",
    access=Access("delivery", "read"),
    response=MessageList,
)
def deliveries(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, cursor: str | None = None
) -> dict[str, Any]:
    """What the person was told and what came of each attempt, newest first: where a message did not
    arrive, that is no silence of theirs. Three SQL statements.
    """
    own = Notification.objects.filter(
        practice=request.practice, recipient_id=request.client.user_id
    )
    items, following = page(own if request.client.user_id else own.none(), cursor)
    dead = _dead(request.client.user_id) if request.client.user_id else []
    return {"items": _deliveries(items), "next": following, "dead": dead}


def _dead(account: uuid.UUID) -> list[dict[str, Any]]:
    """One SQL statement."""
    wishes = Preferences.objects.filter(pk=account).defer("phone_sealed").first()
    if wishes is None:
        return []
    found = (
        ("email", wishes.email_dead_at, wishes.email_dead_reason),
        ("sms", wishes.phone_dead_at, wishes.phone_dead_reason),
    )
    return [
        {"channel": name, "since": since, "reason": reason}
        for name, since, reason in found
        if since is not None
    ]


def _deliveries(notifications: list[Notification]) -> list[dict[str, Any]]:
    """One SQL statement more: the attempts. Claimed by a worker is waiting for whoever reads."""
    attempts: dict[uuid.UUID, list[dict[str, Any]]] = {one.pk: [] for one in notifications}
    rows = DeliveryAttempt.objects.filter(notification__in=notifications).order_by("id")
    for row in rows.select_related("subscription").defer("subscription__sealed"):
        waiting = row.outcome in {_Outcome.WAITING, _Outcome.CLAIMED}
        attempts[row.notification_id].append(
            {
                "channel": row.channel,
                "outcome": _Outcome.WAITING if waiting else row.outcome,
                "reason": row.reason or None,
                "at": row.finished_at,
                "due_at": row.next_attempt_at,
                "device": row.subscription.label if row.subscription else None,
            }
        )
    return [
        {
            "id": one.pk,
            "kind": one.kind,
            "subject_id": one.subject_id,
            "urgent": one.urgent,
            "created_at": one.created_at,
            "expires_at": one.expires_at,
            "seen_at": one.seen_at,
            "problem": one.problem or None,
            "attempts": attempts[one.pk],
        }
        for one in notifications
    ]


@router.get("/me/notifications", access=SIGNED_IN, response=NotificationSettingsOut)
def settings(request: Request) -> dict[str, Any]:
    """How one is told things, and on which devices. Three SQL statements."""
    return _settings(request)


@router.patch("/me/notifications", access=SIGNED_IN, response=NotificationSettingsOut)
def change_settings(request: Request, body: NotificationSettingsIn) -> dict[str, Any]:
    """Only what is sent changes. What is urgent (a flag, for those who answer for it) takes every
    channel at any hour, whatever is chosen here.
    """
    changes = body.dict(exclude_unset=True, exclude_none=True)
    again = changes.pop("try_again", None)
    if "order" in changes:
        changes["order"] = ",".join(changes["order"])
    if again == "email":
        changes |= {"email_dead_digest": "", "email_dead_at": None, "email_dead_reason": ""}
    if again == "sms":
        changes |= {"phone_dead_at": None, "phone_dead_reason": ""}
    with transaction.atomic():
        Preferences.objects.update_or_create(user_id=request.actor.account, defaults=changes)
        if "order" in changes:
            note("change-order", request.actor.account)
        events.publish(WishesChanged(request.actor.account))
    return _settings(request)


@router.post("/me/notifications/devices", access=SIGNED_IN, response=NotificationSettingsOut)
def add_device(request: Request, body: DeviceIn) -> dict[str, Any]:
    """This browser takes web push for the account from now on; sent again, its keys change."""
    subscriptions.subscribe(
        request.actor.account,
        subscriptions.Browser(body.endpoint, body.keys.p256dh, body.keys.auth),
        body.label,
        clock.now(),
    )
    return _settings(request)


@router.delete("/me/notifications/devices", access=SIGNED_IN, response={204: None})
def remove_device(request: Request, body: DeviceRemoval) -> Status[None]:
    """One of one's own devices takes no more pushes."""
    if not subscriptions.remove(
        request.actor.account, clock.now(), subscription_id=body.id, endpoint=body.endpoint
    ):
        raise NotFound
    return Status(204, None)


@router.put("/me/notifications/phone", access=SIGNED_IN, response=NotificationSettingsOut)
def give_phone(request: Request, body: PhoneIn) -> dict[str, Any]:
    """A number for text messages; a code goes there, and nothing else before it was typed in."""
    account = account_of(request)
    limits.consume(request, "phone", account.login)
    phone.give(account, body.number, clock.now())
    return _settings(request)


@router.post("/me/notifications/phone/code", access=SIGNED_IN, response=NotificationSettingsOut)
def verify_phone(request: Request, body: PhoneCode) -> dict[str, Any]:
    """The code that came. Five guesses, ten minutes; then a new one has to be asked for."""
    phone.verify(account_of(request), body.code, clock.now())
    return _settings(request)


@router.delete("/me/notifications/phone", access=SIGNED_IN, response=NotificationSettingsOut)
def forget_phone(request: Request) -> dict[str, Any]:
    """No text messages any more; the number is deleted."""
    phone.forget(account_of(request))
    return _settings(request)


@router.post("/me/seen", access=SIGNED_IN, response={204: None})
def seen(request: Request, body: SeenIn) -> Status[None]:
    """The app is open on a device of this account, or was at `at` while it had no network: what
    waited for it then has reached it.
    """
    arrival.seen(request.actor.account, clock.now(), body.at)
    return Status(204, None)


def _settings(request: Request) -> dict[str, Any]:
    account = request.actor.account
    wishes = Preferences.objects.filter(user_id=account).first() or Preferences()
    addresses = EmailAddress.objects.filter(user_id=account).order_by("-primary")
    rows = [(row.verified, row.email) for row in addresses]
    devices = Subscription.objects.filter(user_id=account).defer("sealed").order_by("-id")
    return {
        "email": wishes.email,
        "email_address": _email_state(wishes, rows),
        "web_push": wishes.web_push,
        "sms": wishes.sms,
        "sms_available": by_sms.available(),
        "phone": _phone_state(wishes),
        "phone_ending": phone.ending(wishes),
        "order": ordered(wishes.order.split(",")),
        "push_key": by_web_push.public_key() if by_web_push.available() else None,
        "quiet": wishes.quiet,
        "quiet_from": wishes.quiet_from,
        "quiet_until": wishes.quiet_until,
        "devices": [
            {
                "id": one.pk,
                "label": one.label,
                "created_at": one.created_at,
                "delivered_at": one.delivered_at,
                "ended_at": one.ended_at,
                "ended_reason": one.ended_reason or None,
            }
            for one in devices[: subscriptions.MOST * 2]
        ],
    }


def _email_state(wishes: Preferences, rows: list[tuple[bool, str]]) -> str:
    verified = [email for ok, email in rows if ok]
    if not verified:
        return "unverified" if rows else "none"
    return "dead" if wishes.email_dead_digest == by_email.digest(verified[0]) else "verified"


def _phone_state(wishes: Preferences) -> str:
    if not wishes.phone_sealed:
        return "none"
    if wishes.phone_dead_at is not None:
        return "dead"
    return "verified" if wishes.phone_verified_at is not None else "unverified"
