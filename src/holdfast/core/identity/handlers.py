"""What we do when allauth says that something happened."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User

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
