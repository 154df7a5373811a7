"""Registration over allauth's headless API, with what we need to know beside name and secret.

Whoever comes from an identity provider is asked the same, but for a secret and a recovery code.
"""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import available_timezones

from allauth.headless.account.inputs import SignupInput
from allauth.headless.account.views import SignupView
from allauth.headless.socialaccount.inputs import SignupInput as ProviderSignupInput
from allauth.headless.socialaccount.views import ProviderSignupView
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from holdfast.core import clock
from holdfast.core.identity import actions, cost
from holdfast.core.identity.auth_secret import is_salt, is_secret
from holdfast.core.identity.models import User
from holdfast.core.problems import Problem
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import Practice


def _refuse(field: str, code: str, text: str) -> ValidationError:
    return ValidationError({field: ValidationError(text, code=code)})


class Joining(forms.Form):
    """Adults only; into one practice, by its open registration or by an invitation."""

    adult = forms.BooleanField(required=False)
    practice_id = forms.UUIDField(required=False)
    invitation_token = forms.CharField(required=False, max_length=128)
    chosen_name = forms.CharField(max_length=200)
    time_zone = forms.CharField(max_length=64)
    language = forms.CharField(max_length=16)
    # Left out by staff, and by a person who would rather not say.
    country = forms.RegexField(r"^[A-Z]{2}$", required=False)
    phone = forms.CharField(required=False, max_length=40)

    def clean_adult(self) -> bool:
        if self.data.get("adult") is not True:
            raise ValidationError("Holdfast is for adults (18 and over).", code="adult-required")
        return True

    def clean_time_zone(self) -> str:
        return self._checked("time_zone", available_timezones().__contains__, "time-zone-unknown")

    def clean_language(self) -> str:
        known = {code for code, _ in settings.LANGUAGES}
        return self._checked("language", known.__contains__, "language-unknown")

    def _checked(self, field: str, accepts: Any, code: str) -> str:
        value: str = self.cleaned_data[field]
        if not accepts(value):
            raise ValidationError("This value cannot be used.", code=code)
        return value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            self.door = self._door(cleaned)
        except Problem as problem:
            field = "invitation_token" if cleaned.get("invitation_token") else "practice_id"
            raise _refuse(field, problem.code, problem.detail) from problem
        return cleaned

    def _door(self, cleaned: dict[str, Any]) -> actions.Door:
        """Where this registration leads, checked before anything is written."""
        if cleaned.get("invitation_token"):
            return invitations.open_invitation(cleaned["invitation_token"])
        chosen: uuid.UUID | None = cleaned.get("practice_id")
        practice = Practice.objects.filter(pk=chosen).first() if chosen else None
        if practice is None or not practice.accepts_registrations:
            raise invitations.RegistrationClosed
        return practice

    def _enter(self, user: User) -> None:
        """Save the account, and make it a member of where it registered."""
        values = self.cleaned_data
        user.language, user.time_zone = values["language"], values["time_zone"]
        user.save()
        actions.enter_practice(
            user,
            self.door,
            actions.Profile(
                chosen_name=values["chosen_name"],
                country=values.get("country") or "",
                language=values["language"],
                time_zone=values["time_zone"],
                phone=values.get("phone", ""),
                email=values.get("email") or "",
            ),
        )


class SignUpInput(Joining, SignupInput):  # type: ignore[misc]
    """With a password, of which the secret comes here, and a recovery code."""

    kdf_salt = forms.CharField(max_length=64)
    kdf_params = forms.JSONField()
    recovery_secret = forms.CharField(max_length=64)

    def clean_kdf_salt(self) -> str:
        return self._checked("kdf_salt", is_salt, "salt-form")

    def clean_recovery_secret(self) -> str:
        return self._checked("recovery_secret", is_secret, "secret-form")

    def clean_kdf_params(self) -> dict[str, Any]:
        # The look-up tells unknown names these very numbers; an account with others would show.
        params: dict[str, Any] = self.cleaned_data["kdf_params"]
        if not cost.is_accepted(params):
            raise ValidationError("These are not the parameters in use.", code="kdf-params")
        return params

    def save(self, request: HttpRequest) -> User:
        """Account, e-mail address, membership, record, consent and audit event, or none of them."""
        with transaction.atomic():
            user: User = super().save(request)
            return user

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        user.kdf_salt = self.cleaned_data["kdf_salt"]
        user.kdf_params = self.cleaned_data["kdf_params"]
        user.set_recovery_secret(self.cleaned_data["recovery_secret"])
        self._enter(user)


class SignUpView(SignupView):  # type: ignore[misc]
    """allauth's registration with our input."""

    input_class = {"POST": SignUpInput}


class ProviderSignUpInput(Joining, ProviderSignupInput):  # type: ignore[misc]
    """Without a password: the identity provider says who it is."""

    def save(self, request: HttpRequest) -> User:
        """As `SignUpInput.save`, and the link to the provider."""
        # Of the attempt only the link is taken over, no half-made account out of the session.
        self.sociallogin.user = User(date_joined=clock.now())
        with transaction.atomic():
            user: User = super().save(request)
            return user

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        user.secret_signs_in = False
        self._enter(user)


class ProviderSignUpView(ProviderSignupView):  # type: ignore[misc]
    """allauth's registration of whoever comes from a provider, with our input; POST alone."""

    input_class = {"POST": ProviderSignUpInput}
    http_method_names = ["post"]
