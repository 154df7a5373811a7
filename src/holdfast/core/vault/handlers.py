"""What the vault does when something happened elsewhere."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from holdfast.core.identity.models import User
from holdfast.core.identity.passkeys import credential_of
from holdfast.core.vault import ways_in


def forget_passkey(user: User, authenticator: Authenticator, **_: Any) -> None:
    """A passkey that no longer signs in opens the vault no more."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        ways_in.drop_passkey(user, credential_of(authenticator))
