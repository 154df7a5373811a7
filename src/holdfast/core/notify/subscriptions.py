"""Browsers that take web push for an account: kept sealed, ended with a reason."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation
from holdfast.core.ids import uuid7
from holdfast.core.notify.models import Subscription

#: So many browsers of one account; a further one takes the place of the oldest.
MOST = 10
_Ended = Subscription.Ended


@dataclass(frozen=True)
class Browser:
    """What a browser gives: its address at a push service and two keys (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


def is_push_service(address: str) -> bool:
    """Whether we post there: a known push service over https, on its ordinary port.

    The address comes from a browser. Were any address good, an account could make this server call
    machines that only it can reach.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    known = any(host == one or host.endswith(f".{one}") for one in settings.PUSH_HOSTS)
    if settings.LOCAL and host == "127.0.0.1" and known:
        return True
    plain = parts.username is None and parts.password is None and port in {None, 443}
    return known and plain and parts.scheme == "https"


def subscribe(user_id: uuid.UUID, browser: Browser, label: str, now: datetime) -> Subscription:
    """Take pushes of this account there. The same browser again changes its keys; one that took
    another account's pushes stops doing so.
    """
    digest = _digest(browser.endpoint)
    with transaction.atomic():
        same = Subscription.objects.filter(digest=digest, ended_at=None)
        _end(same.exclude(user_id=user_id), _Ended.OTHER_ACCOUNT, now)
        found = same.first() or Subscription(
            id=uuid7(), user_id=user_id, digest=digest, created_at=now
        )
        found.label = label
        found.sealed = seal_for_installation(_context(found.pk), orjson.dumps(asdict(browser)))
        found.save()
        live = Subscription.objects.filter(user_id=user_id, ended_at=None).order_by("-id")
        oldest = list(live.values_list("pk", flat=True)[MOST:])
        _end(Subscription.objects.filter(pk__in=oldest), _Ended.REPLACED, now)
    return found


def remove(
    user_id: uuid.UUID,
    now: datetime,
    *,
    subscription_id: uuid.UUID | None = None,
    endpoint: str | None = None,
) -> bool:
    """End one of the account's own, named either way; False where it has no such live one."""
    own = Subscription.objects.filter(user_id=user_id, ended_at=None)
    if subscription_id is not None:
        own = own.filter(pk=subscription_id)
    if endpoint is not None:
        own = own.filter(digest=_digest(endpoint))
    named = subscription_id is not None or endpoint is not None
    return named and _end(own, _Ended.REMOVED, now)


def end_as_gone(subscription_id: uuid.UUID, now: datetime) -> None:
    """The push service says that there is no such browser any more."""
    _end(Subscription.objects.filter(pk=subscription_id, ended_at=None), _Ended.GONE, now)


def _end(rows: QuerySet[Subscription], reason: str, now: datetime) -> bool:
    return bool(rows.update(ended_at=now, ended_reason=reason, sealed=b""))


def opened(subscription: Subscription) -> Browser:
    """Where and how to reach it. Raises InvalidTag or ValueError when the row was tampered with."""
    values = open_for_installation(_context(subscription.pk), bytes(subscription.sealed))
    return Browser(**orjson.loads(values))


def _digest(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _context(subscription_id: uuid.UUID) -> bytes:
    return b"push-subscription|" + subscription_id.bytes
