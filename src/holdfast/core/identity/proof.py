"""Changes to the ways in ask for the password once more: a borrowed session is not enough."""

from __future__ import annotations

from django.http import HttpRequest

from holdfast.core.api import account_of
from holdfast.core.identity import limits
from holdfast.core.identity.actions import WrongSecret
from holdfast.core.identity.models import User


def with_password(request: HttpRequest, secret: str) -> User:
    """The account of a signed-in request, whose authentication secret was just given.

    Raises `WrongSecret`, and `TooMany` after too many wrong ones.
    """
    user = account_of(request)
    limits.consume(request, "secret", user.login)
    if not user.check_password(secret):
        raise WrongSecret
    return user
