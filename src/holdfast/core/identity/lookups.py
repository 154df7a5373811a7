"""What is said about an account before anybody has signed in."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from holdfast.core.identity import cost, names
from holdfast.core.identity.auth_secret import stand_in_salt
from holdfast.core.identity.kdf import PARAMS, KdfParams
from holdfast.core.identity.models import User


@dataclass(frozen=True)
class KeyDerivation:
    """How the browser derives the authentication secret for a name."""

    salt: str
    params: KdfParams


def account_by_name(name: str) -> User | None:
    """The account of a chosen name or e-mail address (a verified one before any other).

    Always two SQL statements, whether or not the first one finds something: how long the answer
    takes tells nothing.
    """
    normal = names.normalise(name)
    by_login = User.objects.filter(login=normal).first()
    by_email = (
        EmailAddress.objects.filter(email=normal)
        .select_related("user")
        .order_by("-verified", "pk")
        .first()
    )
    return by_login or (by_email.user if by_email else None)


def key_derivation(name: str) -> KeyDerivation:
    """Salt and cost for a name. A name that nobody has gets a stable salt like any other."""
    normal = names.normalise(name)
    stand_in = KeyDerivation(stand_in_salt(normal), cost.stand_in(normal))
    user = account_by_name(name)
    # Without a secret there is no salt either, and nothing to tell: like a name that nobody has.
    known = user is not None and bool(user.kdf_salt)
    return KeyDerivation(user.kdf_salt, user.kdf_params or PARAMS) if user and known else stand_in
