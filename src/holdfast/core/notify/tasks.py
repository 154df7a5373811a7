"""Deliver what waits, and judge what expired. Safe to run in several processes at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from holdfast.core.notify import arrival, by_email, by_sms, by_web_push, messages
from holdfast.core.notify.engine import (
    AGAIN_WHEN_UNKNOWN,
    FALLBACK_AFTER,
    Quiet,
    held_until,
)
from holdfast.core.notify.models import DeliveryAttempt, Notification, Preferences
from holdfast.core.notify.outcome import Result, failed_for_good, skipped
from holdfast.core.tenancy.models import Client

_Channel, _Outcome = DeliveryAttempt.Channel, DeliveryAttempt.Outcome

#: How long after each failed attempt the next one is due; after the last there is none.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
#: A claim this old belongs to a process that died; the message may go twice rather than not at all.
CLAIM_HOLDS = timedelta(minutes=10)
BATCH = 200
#: A mail server that answers slowly must not hold up the rest of the worker, escalation first.
BUDGET_SECONDS = 10.0

SENDERS: dict[str, Callable[[DeliveryAttempt, datetime], Result]] = {
    _Channel.EMAIL: by_email.deliver,
    _Channel.WEB_PUSH: by_web_push.deliver,
    _Channel.SMS: by_sms.deliver,
}


def judge_due(now: datetime) -> int:
    """Write down of what has expired whether it arrived; returns of how many."""
    return arrival.judge_expired(now)


def deliver_due(now: datetime) -> int:
    """Send what is due at `now`; returns how many attempts were made.

    A row is claimed by a conditional UPDATE before anything is sent, and sending happens outside
    any transaction. Each attempt is a row of its own with its outcome. What is urgent goes first.
    """
    started = monotonic()
    due = (
        DeliveryAttempt.objects.filter(
            Q(outcome=_Outcome.WAITING) | Q(outcome=_Outcome.CLAIMED), next_attempt_at__lte=now
        )
        .order_by("-notification__urgent", "next_attempt_at", "rank")
        .select_related("notification__recipient__notification_preferences", "subscription")
    )
    batch = list(due[:BATCH])
    zones = _zones(batch)
    made = 0
    for attempt in batch:
        if monotonic() - started > BUDGET_SECONDS:
            break
        made += _attend(attempt, zones, now)
    return made


def _zones(batch: list[DeliveryAttempt]) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """The present zone of each person of a practice: (practice, account) -> IANA name."""
    accounts = {attempt.notification.recipient_id for attempt in batch}
    rows = Client.objects.filter(user_id__in=accounts)
    return {
        (practice_id, user_id): zone
        for practice_id, user_id, zone in rows.values_list("practice_id", "user_id", "time_zone")
    }


def _attend(
    attempt: DeliveryAttempt, zones: dict[tuple[uuid.UUID, uuid.UUID], str], now: datetime
) -> bool:
    """Send, skip or put off one due row; whether it was an attempt."""
    reason = _needless(attempt, now)
    until = now if reason else _quiet_until(attempt, zones, now)
    if until > now:
        # The order of the channels outlives the night: they ring one after the other then, too.
        _take(attempt, until + attempt.rank * FALLBACK_AFTER, _Outcome.WAITING)
        return False
    lost = attempt.outcome == _Outcome.CLAIMED and not AGAIN_WHEN_UNKNOWN[attempt.channel]
    if not _take(attempt, now + CLAIM_HOLDS, _Outcome.CLAIMED):
        return False
    if reason:
        result = skipped(reason)
    elif lost:
        result = failed_for_good("outcome-unknown")
    else:
        result = SENDERS[attempt.channel](attempt, now)
    _finish(attempt, result, now)
    return not reason


def _take(attempt: DeliveryAttempt, until: datetime, outcome: str) -> bool:
    """Claim or put off a due row, or one whose holder never came back: at most one process does."""
    return bool(
        DeliveryAttempt.objects.filter(
            pk=attempt.pk, outcome=attempt.outcome, next_attempt_at=attempt.next_attempt_at
        ).update(outcome=outcome, next_attempt_at=until)
    )


def _needless(attempt: DeliveryAttempt, now: datetime) -> str:
    """Why there is no point in sending it any more; empty when there is."""
    told = attempt.notification
    if not told.recipient.is_active:
        return "account-closed"
    if told.expires_at is not None and told.expires_at <= now:
        return "expired"
    if told.urgent:
        return ""
    wishes = _wishes(told)
    if not getattr(wishes, attempt.channel):
        return "turned-off"
    if told.kind in messages.MUST_GO:
        return ""
    if attempt.channel != _Channel.WEB_PUSH and told.seen_at is not None:
        return "seen-in-app"
    others = told.attempts.filter(outcome=_Outcome.SENT).exclude(
        channel__in=[_Channel.IN_APP, attempt.channel]
    )
    took = others.values_list("channel", flat=True).first()
    return SENT_BY[took] if took else ""


#: Why a channel further back in somebody's order is left alone.
SENT_BY = {
    _Channel.WEB_PUSH.value: "sent-by-push",
    _Channel.EMAIL.value: "sent-by-email",
    _Channel.SMS.value: "sent-by-sms",
}


def _wishes(told: Notification) -> Preferences:
    """The recipient's, or the defaults."""
    return getattr(told.recipient, "notification_preferences", None) or Preferences()


def _quiet_until(
    attempt: DeliveryAttempt, zones: dict[tuple[uuid.UUID, uuid.UUID], str], now: datetime
) -> datetime:
    told = attempt.notification
    wishes = _wishes(told)
    if told.urgent or not wishes.quiet:
        return now
    zone = zones.get((told.practice_id, told.recipient_id), told.recipient.time_zone)
    return held_until(now, Quiet(wishes.quiet_from, wishes.quiet_until), ZoneInfo(zone))


def _finish(attempt: DeliveryAttempt, result: Result, now: datetime) -> None:
    """Write the outcome, and after a failure the next attempt in the same transaction.

    A failure without `next_attempt_at` is the last one of its channel: only then is the channel
    that stands behind it tried at once, or the message judged not to have arrived.
    """
    again = None
    if result.outcome == _Outcome.FAILED and result.again and attempt.attempt <= len(RETRY_AFTER):
        again = now + max(RETRY_AFTER[attempt.attempt - 1], result.retry_after)
    with transaction.atomic():
        DeliveryAttempt.objects.filter(pk=attempt.pk).update(
            outcome=result.outcome, reason=result.reason, next_attempt_at=again, finished_at=now
        )
        if again is not None:
            DeliveryAttempt.objects.create(
                practice_id=attempt.practice_id,
                notification_id=attempt.notification_id,
                channel=attempt.channel,
                subscription_id=attempt.subscription_id,
                rank=attempt.rank,
                attempt=attempt.attempt + 1,
                next_attempt_at=again,
            )
        elif result.outcome != _Outcome.SENT:
            _after_the_last(attempt.notification, now)


def _after_the_last(told: Notification, now: datetime) -> None:
    """The next channel in line goes now, unless one before it may still take the message."""
    outside = told.attempts.exclude(channel=_Channel.IN_APP)
    first = outside.filter(outcome=_Outcome.WAITING, attempt=1, next_attempt_at__gt=now)
    following = first.order_by("rank", "next_attempt_at").first()
    if following is not None:
        open_or_sent = [_Outcome.WAITING, _Outcome.CLAIMED, _Outcome.SENT]
        before = outside.filter(outcome__in=open_or_sent).exclude(channel=following.channel)
        if not before.filter(Q(outcome=_Outcome.SENT) | Q(rank__lt=following.rank)).exists():
            first.filter(channel=following.channel).update(next_attempt_at=now)
    if told.expires_at is None:
        arrival.judge_these([told.pk], now)
