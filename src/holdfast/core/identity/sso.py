"""Accounts and identity providers: who is linked, what a sign-in there proves here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from requests import RequestException

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User
from holdfast.core.identity.provider import RETURN_PATH
from holdfast.core.problems import Conflict, NotFound, Problem

#: A sign-in at the provider proves who is at the screen for so long.
PROOF_SECONDS = 300
_METHOD = "provider"


class ProviderAway(Problem):
    code = "provider-away"
    # Not 503: this server is there, and a client would take it for being offline.
    status = 424
    title = "The identity provider does not answer. Try again in a few minutes."


class LastWayIn(Conflict):
    code = "last-way-in"
    title = "It is the only way into this account."


def apps() -> Iterator[SocialApp]:
    """The operator's providers as allauth knows them; never out of the database."""
    for each in settings.IDENTITY_PROVIDERS:
        yield SocialApp(
            provider="openid_connect",
            provider_id=each.id,
            name=each.name,
            client_id=each.client_id,
            secret=each.client_secret,
            settings={
                "issuer": each.issuer,
                "server_url": each.issuer.rstrip("/"),
                "trusted_second_factor": sorted(each.trusted_second_factor),
            },
        )


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts are found by issuer and subject, and by nothing else."""

    def list_apps(
        self, request: Any, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        return [
            app
            for app in apps()
            if provider in (None, app.provider, app.provider_id)
            and client_id in (None, app.client_id)
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # Nothing is asked of the provider later on. What it said goes with the attempt.
        sociallogin.token = None
        sociallogin.state.update(sociallogin.word)

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        return False


def begin(request: HttpRequest, provider_id: str, *, connect: bool, again: bool) -> str:
    """The address at the provider where this attempt goes on.

    `again`: the provider is to ask who is there even if it knows (Core, section 3.1.2.1). Raises
    `NotFound` for a provider that is not set up, and `ProviderAway`.
    """
    try:
        provider = get_adapter().get_provider(request, provider_id)
        answer = provider.redirect(
            request,
            "connect" if connect else "login",
            next_url=f"{settings.ORIGIN}{RETURN_PATH}",
            headless=True,
            auth_params={"prompt": "login", "max_age": "0"} if again else None,
        )
    except ObjectDoesNotExist:
        raise NotFound from None
    except (OAuth2Error, RequestException):
        raise ProviderAway from None
    return str(answer["Location"])


def note_sign_in(
    request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_: Any
) -> None:
    """Keep in the session what the provider said, once somebody is in by it."""
    if sociallogin is None:
        return
    at = sociallogin.state.get("signed_in_at")
    record_authentication(
        request,
        user,
        method=_METHOD,
        second_factor=bool(sociallogin.state.get("second_factor")),
        signed_in_at=at,
        # allauth's own word for it, which its second factors ask for.
        reauthenticated=_is_recent(at),
    )


def _is_recent(at: object) -> bool:
    # The provider's instants are real time, as allauth's are: no clock of a test moves them.
    return isinstance(at, int) and time.time() - at < PROOF_SECONDS


def vouched(request: HttpRequest) -> bool:
    """Whether a provider that the operator trusts said there was a second factor."""
    return any(each.get("second_factor") for each in _records(request))


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether the person proved to the provider who they are in the last five minutes."""
    return any(_is_recent(each.get("signed_in_at")) for each in _records(request))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    found = get_authentication_records(request, request.user)
    return [each for each in found if each.get("method") == _METHOD]


def linked(user: User) -> set[str]:
    """The providers by which somebody gets into this account. One SQL statement."""
    return set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))


def note_linked(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """A provider has become a way into an account that was there."""
    _record("link-provider", sociallogin.user, sociallogin.account.provider)


def unlink(user: User, provider_id: str) -> None:
    """The provider is no way in any more. Raises `LastWayIn` where there is no other."""
    rows = SocialAccount.objects.filter(user=user, provider=provider_id)
    if not rows.exists():
        raise NotFound
    if not user.secret_signs_in and not linked(user) - {provider_id}:
        raise LastWayIn
    rows.delete()
    _record("unlink-provider", user, provider_id)


def _record(action: str, user: User, provider_id: str) -> None:
    record(
        action,
        "account",
        by=Actor(user.pk, None, (), "account"),
        resource_id=user.pk,
        detail={"provider": provider_id},
    )
