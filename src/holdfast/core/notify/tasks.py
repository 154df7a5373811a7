"""Deliver the e-mails that wait. Safe to run in several processes at once."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from holdfast.core.identity.models import User
from holdfast.core.notify.messages import discreet
from holdfast.core.notify.models import DeliveryAttempt

_log = logging.getLogger(__name__)
_Outcome = DeliveryAttempt.Outcome

#: How long after each failed attempt the next one is due; after the last there is none.
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
#: A claim this old belongs to a process that died; the e-mail may go twice rather than not at all.
CLAIM_HOLDS = timedelta(minutes=10)
BATCH = 200


def deliver_due(now: datetime) -> int:
    """Send what is due at `now`; returns how many attempts were made.

    A row is claimed by a conditional UPDATE before anything is sent, and sending happens outside
    any transaction. Each attempt is a row of its own with its outcome.
    """
    due = DeliveryAttempt.objects.filter(
        Q(outcome=_Outcome.WAITING) | Q(outcome=_Outcome.CLAIMED),
        next_attempt_at__lte=now,
    ).order_by("next_attempt_at")
    made = 0
    for attempt in due.select_related("notification__recipient")[:BATCH]:
        if _claim(attempt, now):
            _deliver(attempt, now)
            made += 1
    return made


def _claim(attempt: DeliveryAttempt, now: datetime) -> bool:
    """Take a due row, or one whose holder never came back: at most one process gets it."""
    return bool(
        DeliveryAttempt.objects.filter(
            pk=attempt.pk, outcome=attempt.outcome, next_attempt_at=attempt.next_attempt_at
        ).update(outcome=_Outcome.CLAIMED, next_attempt_at=now + CLAIM_HOLDS)
    )


def _deliver(attempt: DeliveryAttempt, now: datetime) -> None:
    user = attempt.notification.recipient
    address = _address(user)
    if address is None or not user.is_active:
        _finish(attempt, _Outcome.SKIPPED, "no-address", now)
        return
    subject, body = discreet(user.language)
    try:
        EmailMessage(subject, body, to=[address]).send()
    except OSError as error:  # smtplib's errors are OSErrors, as are those of the network
        _log.warning("An e-mail could not be sent: %s", type(error).__name__)
        _finish(attempt, _Outcome.FAILED, _reason(error), now)
        return
    _finish(attempt, _Outcome.SENT, "", now)


def _address(user: User) -> str | None:
    row = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").first()
    return row.email if row else None


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "recipient-refused"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "server-refused-us"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp-{error.smtp_code}"
    return "server-unreachable"


def _finish(attempt: DeliveryAttempt, outcome: str, reason: str, now: datetime) -> None:
    """Write the outcome, and after a failure the next attempt in the same transaction.

    A failure without `next_attempt_at` is the last one: only then did the message not arrive.
    """
    again = None
    if outcome == _Outcome.FAILED and attempt.attempt <= len(RETRY_AFTER):
        again = now + RETRY_AFTER[attempt.attempt - 1]
    with transaction.atomic():
        DeliveryAttempt.objects.filter(pk=attempt.pk).update(
            outcome=outcome, reason=reason, next_attempt_at=again, finished_at=now
        )
        if again is not None:
            DeliveryAttempt.objects.create(
                practice_id=attempt.practice_id,
                notification_id=attempt.notification_id,
                channel=attempt.channel,
                attempt=attempt.attempt + 1,
                next_attempt_at=again,
            )
