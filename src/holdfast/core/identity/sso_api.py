"""Endpoints: signing in at an identity provider, and the passphrase of whoever has no password."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import ninja
from django.conf import settings
from django.http import HttpRequest
from ninja import Status
from pydantic import Field

from holdfast.core.api import PUBLIC, SIGNED_IN, Request, Router, account_of
from holdfast.core.identity import actions, limits, proof, sso
from holdfast.core.identity.api import LEAST, NewParams, Salt, Secret, new_secret

router = Router(tags=["accounts"])

ProviderId = Annotated[str, Field(min_length=1, max_length=32)]


class BeginIn(ninja.Schema):
    """`connect` makes the provider a way into the account that is signed in, which proves itself.

    `again` has the provider ask once more, where a recent sign-in there is wanted as a proof.
    """

    provider: ProviderId
    process: Literal["login", "connect"] = "login"
    again: bool = False
    current_auth_secret: Secret | None = None


class BeginOut(ninja.Schema):
    url: str


class LinkedOut(ninja.Schema):
    id: str
    name: str
    linked: bool


class UnlinkIn(ninja.Schema):
    current_auth_secret: Secret | None = None


class PassphraseIn(ninja.Schema):
    """`recovery_secret`: of the code that comes with a first passphrase; later, of the present."""

    new_auth_secret: Secret
    new_salt: Salt
    new_params: NewParams = LEAST
    recovery_secret: Secret


@router.post("/auth/provider", access=PUBLIC, response=BeginOut)
def begin(request: HttpRequest, body: BeginIn) -> dict[str, str]:
    """Where the browser goes to sign in. It comes back to the client's `/signed-in`."""
    limits.consume(request, "provider", "")
    connect = body.process == "connect"
    if connect:
        proof.of_presence(request, body.current_auth_secret)
    return {"url": sso.begin(request, body.provider, connect=connect, again=body.again)}


@router.get("/me/providers", access=SIGNED_IN, response=list[LinkedOut])
def providers(request: Request) -> list[dict[str, Any]]:
    """The installation's identity providers, and which of them are a way into this account."""
    linked = sso.linked(account_of(request))
    return [
        {"id": each.id, "name": each.name, "linked": each.id in linked}
        for each in settings.IDENTITY_PROVIDERS
    ]


@router.delete("/me/providers/{provider}", access=SIGNED_IN, response={204: None})
def unlink(request: Request, provider: str, body: UnlinkIn) -> Status[None]:
    """The provider is no way in any more; never the last one."""
    sso.unlink(proof.of_presence(request, body.current_auth_secret), provider)
    return Status(204, None)


@router.post("/me/passphrase", access=SIGNED_IN, response={204: None})
def set_passphrase(request: Request, body: PassphraseIn) -> Status[None]:
    """The vault's passphrase of an account without a password; other sessions end.

    The first one asks for a recent sign-in at the provider, one after it for the recovery code.
    """
    user = account_of(request)
    limits.consume(request, "recover", user.login)
    actions.set_passphrase(
        request,
        user,
        body.recovery_secret,
        new_secret(body),
        signed_in_lately=sso.signed_in_lately(request),
    )
    return Status(204, None)
