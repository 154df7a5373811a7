"""The e-mail channel, through Django's mail backend."""

from __future__ import annotations

import hashlib
import logging
import smtplib
from datetime import datetime
from email.utils import parseaddr

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from holdfast.core.identity.models import User
from holdfast.core.notify.messages import Part, words
from holdfast.core.notify.models import DeliveryAttempt, Preferences
from holdfast.core.notify.outcome import SENT, Result, failed, failed_for_good, skipped

_log = logging.getLogger(__name__)

#: Answers to a recipient that say that there is no such mailbox, or never will be (RFC 5321 4.2.3;
#: 521 and 556 are of RFC 7504). A full one (552) and a refused message (554) are no dead address.
DEAD = frozenset({521, 550, 551, 553, 556})


def deliver(attempt: DeliveryAttempt, now: datetime) -> Result:
    """Send one e-mail to the account's verified address."""
    told = attempt.notification
    address = address_of(told.recipient)
    if address is None:
        return skipped("no-address")
    if _is_dead(told.recipient, address):
        return skipped("address-dead")
    said = words(told)
    if said is None:
        return skipped("no-longer-needed")
    mail = EmailMultiAlternatives(
        said.title,
        said.body,
        to=[address],
        # The same for every attempt of one message: where nobody knows whether an attempt went out,
        # the mailbox can tell that it has it.
        headers={"Message-ID": f"<{told.pk}@{_domain()}>"},
    )
    if said.part is not None:
        _add(mail, said.part)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(told.recipient, address, error, now)
    except OSError as error:  # smtplib's errors are OSErrors, as are those of the network
        _log.warning("An e-mail could not be sent", extra={"fault": type(error).__name__})
        return failed(_reason(error))
    return SENT


def address_of(user: User) -> str | None:
    """The verified address of an account, or None."""
    row = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").first()
    return row.email if row else None


def digest(address: str) -> str:
    """By which a dead address is known again."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{address.lower()}".encode()).hexdigest()


def _is_dead(user: User, address: str) -> bool:
    wishes = getattr(user, "notification_preferences", None)
    return wishes is not None and wishes.email_dead_digest == digest(address)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _add(mail: EmailMultiAlternatives, part: Part) -> None:
    """An alternative to the text (RFC 6047): a calendar program offers it as an invitation."""
    mail.attach_alternative(part.content.decode(), part.media_type)


def _refused(
    user: User, address: str, error: smtplib.SMTPRecipientsRefused, now: datetime
) -> Result:
    code = error.recipients.get(address, (0, b""))[0]
    if code not in DEAD:
        return failed("recipient-refused") if code < 500 else failed_for_good("recipient-refused")
    Preferences.objects.update_or_create(
        user=user,
        defaults={
            "email_dead_digest": digest(address),
            "email_dead_at": now,
            "email_dead_reason": f"smtp-{code}",
        },
    )
    return failed_for_good("address-dead")


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "server-refused-us"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp-{error.smtp_code}"
    return "server-unreachable"
