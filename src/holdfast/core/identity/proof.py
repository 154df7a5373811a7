"""Changes to the ways in ask for proof once more: a borrowed session is not enough."""

from __future__ import annotations

from django.http import HttpRequest

from holdfast.core.api import account_of
from holdfast.core.identity import limits, sso
from holdfast.core.identity.actions import SignInAgain, WrongSecret
from holdfast.core.identity.models import User
from holdfast.core.problems import Invalid


def with_password(request: HttpRequest, secret: str) -> User:
    """The account of a signed-in request, whose authentication secret was just given.

    Of an account without a password it is that of the vault passphrase. Raises `WrongSecret`, and
    `TooMany` after too many wrong ones.
    """
    user = account_of(request)
    limits.consume(request, "secret", user.login)
    if not user.check_password(secret):
        raise WrongSecret
    return user


def of_presence(request: HttpRequest, secret: str | None) -> User:
    """The account, by its secret; without a password also by a recent sign-in at its provider.

    For what needs no key of the vault. Raises as `with_password`, `Invalid` where an account with
    a password leaves the secret out, and `SignInAgain`.
    """
    user = account_of(request)
    if secret is not None:
        return with_password(request, secret)
    if user.secret_signs_in:
        raise Invalid
    if not sso.signed_in_lately(request):
        raise SignInAgain
    return user
