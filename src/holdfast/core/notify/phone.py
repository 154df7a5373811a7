"""A number for text messages: nothing is sent to it but a code, until its owner typed that in."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext

from holdfast.core.identity.models import User
from holdfast.core.ids import uuid7
from holdfast.core.notify import by_sms
from holdfast.core.notify.models import DeliveryAttempt, Preferences
from holdfast.core.notify.noting import note
from holdfast.core.problems import Problem

#: ITU-T E.164: a plus, the country, at most fifteen digits.
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
#: A code is good for so long and so many guesses: 5 of 1,000,000.
GOOD_FOR = timedelta(minutes=10)
GUESSES = 5


class NoProvider(Problem):
    code = "sms-unavailable"
    status = 409
    title = "This installation sends no text messages."


class CodeNotSent(Problem):
    code = "sms-not-sent"
    status = 502
    title = "The text message could not be sent. Check the number, or try again later."


class CodeWrong(Problem):
    code = "sms-code-wrong"
    status = 422
    title = "That is not the code, or it is too old."


def spelt(number: str) -> str:
    """As E.164 spells it, without the spaces, brackets and hyphens that people write.

    Raises ValueError.
    """
    plain = re.sub(r"[\s()./\u2010-\u2015-]", "", number)
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if not _NUMBER.fullmatch(plain):
        raise ValueError("a number with its country, such as +49 151 23456789")
    return plain


def give(user: User, number: str, now: datetime) -> None:
    """Take a number and send it a code. Another number was there before: that is gone from now on.

    Raises NoProvider or CodeNotSent.
    """
    if not by_sms.available():
        raise NoProvider
    code = f"{secrets.randbelow(1_000_000):06d}"
    taken = {
        "phone_sealed": by_sms.seal_number(user.pk, number),
        "phone_verified_at": None,
        "phone_code": _hash(user.pk, code),
        "phone_code_until": now + GOOD_FOR,
        "phone_code_tries": 0,
        "phone_dead_at": None,
        "phone_dead_reason": "",
    }
    with transaction.atomic():
        Preferences.objects.update_or_create(user=user, defaults=taken)
        note("give-phone", user.pk)
    with translation.override(user.language):
        text = gettext("Your code is %(code)s") % {"code": code}
    sent = by_sms.provider().send(number, text, str(uuid7()))
    if sent.outcome != DeliveryAttempt.Outcome.SENT:
        raise CodeNotSent


def verify(user: User, code: str, now: datetime) -> None:
    """The code that came is typed in: the number is its owner's, and text messages are on.

    Raises CodeWrong. Every guess counts, also those of two requests at once.
    """
    mine = Preferences.objects.filter(pk=user.pk, phone_code_until__gt=now).exclude(phone_code="")
    if not mine.filter(phone_code_tries__lt=GUESSES).update(
        phone_code_tries=F("phone_code_tries") + 1
    ):
        raise CodeWrong
    with transaction.atomic():
        done = mine.filter(phone_code=_hash(user.pk, code.strip())).update(
            phone_verified_at=now, phone_code="", phone_code_until=None, sms=True
        )
        if not done:
            raise CodeWrong
        note("verify-phone", user.pk)


def forget(user: User) -> None:
    """Take the number away."""
    with transaction.atomic():
        done = (
            Preferences.objects.filter(pk=user.pk)
            .exclude(phone_sealed=b"")
            .update(
                phone_sealed=b"",
                phone_verified_at=None,
                phone_code="",
                phone_code_until=None,
                phone_dead_at=None,
                phone_dead_reason="",
                sms=False,
            )
        )
        if done:
            note("forget-phone", user.pk)


def ending(wishes: Preferences) -> str | None:
    """The last three digits, by which somebody knows their own number again."""
    number = by_sms.number_of(wishes)
    return number[-3:] if number else None


def _hash(user_id: uuid.UUID, code: str) -> str:
    """A code is one of a million: without the installation's secret it could be guessed at once."""
    key = str(settings.SECRET_KEY).encode()
    return hmac.new(key, f"phone code|{user_id}|{code}".encode(), hashlib.sha256).hexdigest()
