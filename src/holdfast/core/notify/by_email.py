"""The e-mail channel, through Django's mail backend."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage

from holdfast.core.identity.models import User
from holdfast.core.notify.messages import email
from holdfast.core.notify.models import DeliveryAttempt
from holdfast.core.notify.outcome import SENT, Result, failed, skipped

_log = logging.getLogger(__name__)


def deliver(attempt: DeliveryAttempt, now: datetime) -> Result:
    """Send one e-mail to the account's verified address."""
    user = attempt.notification.recipient
    address = _address(user)
    if address is None:
        return skipped("no-address")
    subject, body = email(attempt.notification.kind, user.language, discreet=user.discreet)
    try:
        EmailMessage(subject, body, to=[address]).send()
    except OSError as error:  # smtplib's errors are OSErrors, as are those of the network
        _log.warning("An e-mail could not be sent", extra={"fault": type(error).__name__})
        return failed(_reason(error))
    return SENT


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
