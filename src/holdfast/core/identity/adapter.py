"""How allauth is told about our accounts: chosen names, sealed TOTP keys, quiet e-mail."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from holdfast.core import clock
from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation
from holdfast.core.identity import names, sso
from holdfast.core.identity.models import User

_log = logging.getLogger(__name__)
_TOTP_CONTEXT = b"mfa-secret"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Names in their one spelling, and e-mail that must not break what it accompanies."""

    def new_user(self, request: HttpRequest) -> User:
        return User(date_joined=clock.now())

    def clean_username(self, username: str, shallow: bool = False) -> str:
        cleaned: str = super().clean_username(username, shallow=True)
        normal = names.normalise(cleaned)
        if not shallow and User.objects.filter(login=normal).exists():
            raise self.validation_error("username_taken")
        return normal

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        for field in ("username", "email"):
            if field in credentials:
                credentials[field] = names.normalise(credentials[field])
        user = super().authenticate(request, **credentials)
        # A vault passphrase's secret is right, and signs nobody in.
        return user if user is None or user.secret_signs_in else None

    def reauthenticate(self, user: User, password: str) -> bool:
        if user.secret_signs_in:
            return bool(super().reauthenticate(user, password))
        return user.check_password(password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has neither secret nor second factor proves themself at their provider.

        allauth takes such accounts for proven; an open screen would be enough to add a passkey.
        """
        required = bool(super().is_reauthentication_required(app=app, **kwargs))
        without = not get_reauthentication_flows(self.request.user)
        if required and without and not sso.signed_in_lately(self.request):
            raise ReauthenticationRequired
        return required

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or log that it could not be sent: a mail server that is away stops no sign-up."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are OSErrors, too
            _log.error("An e-mail was not sent", extra={"fault": type(error).__name__})


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are sealed under a key of the installation."""

    def encrypt(self, text: str) -> str:
        return b64encode(seal_for_installation(_TOTP_CONTEXT, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_for_installation(_TOTP_CONTEXT, b64decode(encrypted_text)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Holdfast"}
