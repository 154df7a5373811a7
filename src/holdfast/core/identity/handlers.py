"""What we do when allauth says that something happened."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User
from holdfast.core.identity.sessions import BEGUN_AT

_PROVEN_BY_ENROLLING = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


def count_as_second_factor(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Whoever has just proven a new factor need not prove it again in this session.

    (An account that has a factor already is asked for it before another can be added.)
    """
    if authenticator.type in _PROVEN_BY_ENROLLING:
        record_authentication(request, user, method="mfa", type=authenticator.type)
    record(
        "add-second-factor",
        "account",
        by=Actor(user.pk, None, (), "account"),
        resource_id=user.pk,
        detail={"type": authenticator.type},
    )


@receiver(user_logged_in)
def note_when_it_began(request: HttpRequest | None = None, **_: Any) -> None:
    """From when on the session's longest time counts."""
    if request is not None:
        request.session[BEGUN_AT] = clock.now().timestamp()
