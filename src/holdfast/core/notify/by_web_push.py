"""The web push channel: encrypted for the browser (RFC 8291), signed by us (VAPID, RFC 8292).

The push service sees that this installation has something for that browser, and when; neither what
it is about nor for whom. All messages have the same length.
"""

from __future__ import annotations

import base64
import json
import logging
from datetime import datetime, timedelta
from functools import lru_cache

import urllib3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from holdfast.core.notify import subscriptions
from holdfast.core.notify.messages import push, words
from holdfast.core.notify.models import DeliveryAttempt, Notification, Subscription
from holdfast.core.notify.outcome import SENT, Result, failed, failed_for_good, skipped

_log = logging.getLogger(__name__)

#: How long a push service keeps a message for a browser that is off.
LONGEST = timedelta(hours=24)
LONGEST_URGENT = timedelta(hours=4)
#: Every message is filled up to this length, so that its size tells nothing.
PADDED_BYTES = 512
LONGEST_RETRY = timedelta(hours=1)

_http = urllib3.PoolManager(num_pools=8, retries=False, timeout=urllib3.Timeout(connect=5, read=10))


def available() -> bool:
    """Whether this installation has a key to sign with."""
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """The application server key that a browser subscribes with (base64url). Needs `available`."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _key() -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(settings.VAPID_PRIVATE_KEY.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("vapid_private_key in the secrets file is not an elliptic-curve key")
    return key


@lru_cache(maxsize=4)
def _signer(private_key: str, contact: str) -> WebPush:
    public = _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return WebPush(private_key.encode(), public, subscriber=contact)


def deliver(attempt: DeliveryAttempt, now: datetime) -> Result:
    """Post one message to one browser's push service."""
    device = attempt.subscription
    if device is None or device.ended_at is not None:
        return skipped("device-gone")
    if not available():
        return skipped("no-key")
    try:
        browser = subscriptions.opened(device)
    except (InvalidTag, ValueError):
        return failed_for_good("device-unreadable")
    if not subscriptions.is_push_service(browser.endpoint):
        return failed_for_good("not-a-push-service")
    notification = attempt.notification
    said = words(notification)
    if said is None:
        return skipped("no-longer-needed")
    message = _signer(settings.VAPID_PRIVATE_KEY, settings.DEFAULT_FROM_EMAIL).get(
        _padded(push(notification, said)),
        WebPushSubscription(
            endpoint=browser.endpoint, keys=WebPushKeys(auth=browser.auth, p256dh=browser.p256dh)
        ),
        ttl=_seconds_to_live(notification, now),
    )
    headers = dict(message.headers) | {"urgency": "high" if notification.urgent else "normal"}
    try:
        answer = _http.request(
            "POST", browser.endpoint, body=message.encrypted, headers=headers, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        _log.warning("A push service could not be reached", extra={"fault": type(error).__name__})
        return failed("server-unreachable")
    return _read(answer, device, now)


def _read(answer: urllib3.BaseHTTPResponse, device: Subscription, now: datetime) -> Result:
    """What the push service's answer means (RFC 8030, section 5)."""
    if answer.status in {200, 201, 202, 204}:
        Subscription.objects.filter(pk=device.pk).update(delivered_at=now)
        return SENT
    if answer.status in {404, 410}:
        subscriptions.end_as_gone(device.pk, now)
        return failed_for_good("device-gone")
    _log.warning("A push service refused", extra={"status": answer.status})
    if answer.status in {400, 401, 403, 413}:
        return failed_for_good(f"push-{answer.status}")
    return failed(f"push-{answer.status}", retry_after=_retry_after(answer))


def _retry_after(answer: urllib3.BaseHTTPResponse) -> timedelta:
    """The seconds a busy service asks for; a date in that place is left to our own waiting."""
    asked = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(asked)), LONGEST_RETRY) if asked.isdecimal() else timedelta()


def _seconds_to_live(notification: Notification, now: datetime) -> int:
    longest = LONGEST_URGENT if notification.urgent else LONGEST
    left = longest if notification.expires_at is None else notification.expires_at - now
    return max(1, int(min(left, longest).total_seconds()))


def _padded(content: dict[str, str]) -> bytes:
    """As JSON, which allows white space at its end."""
    return json.dumps(content, ensure_ascii=False).encode().ljust(PADDED_BYTES)
