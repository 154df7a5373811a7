"""Accounts beside allauth's own endpoints: salt look-up, recovery, one's own account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, cast
from zoneinfo import available_timezones

import ninja
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Status
from pydantic import AfterValidator, Field

import holdfast
from holdfast.core.api import (
    PUBLIC,
    SIGNED_IN,
    Request,
    Router,
    account_of,
    session_has_second_factor,
)
from holdfast.core.identity import actions, cost, demo, limits, proof
from holdfast.core.identity.auth_secret import is_salt, is_secret
from holdfast.core.identity.kdf import PARAMS, KdfParams
from holdfast.core.identity.lookups import key_derivation
from holdfast.core.identity.models import User
from holdfast.core.leaving import receipts
from holdfast.core.problems import NotFound
from holdfast.core.tenancy import invitations
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from holdfast.core.tenancy.shapes import PracticeKind, PracticeStatus
from holdfast.core.vault.schemas import WrapShape

router = Router(tags=["accounts"])


def _secret(value: str) -> str:
    if not is_secret(value):
        raise ValueError("not an authentication secret")
    return value


def _salt(value: str) -> str:
    if not is_salt(value):
        raise ValueError("not a salt")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("not a time zone")
    return value


def _reference(value: str) -> str:
    if len(value) > receipts.LONGEST:
        raise ValueError("not a receipt reference")
    return receipts.normalised(value)


Secret = Annotated[str, AfterValidator(_secret)]
Reference = Annotated[str, AfterValidator(_reference)]
Salt = Annotated[str, AfterValidator(_salt)]
Zone = Annotated[str, AfterValidator(_zone)]
Name = Annotated[str, Field(min_length=1, max_length=254)]
Language = Literal["en", "es", "de", "ar"]


class Params(ninja.Schema):
    algorithm: Literal["argon2id"]
    memory_kib: int
    passes: int
    parallelism: int


def _params(value: Params) -> Params:
    if not cost.is_accepted(value.dict()):
        raise ValueError("not a cost in use")
    return value


#: A client from before the cost could rise does not say it: it uses the least.
NewParams = Annotated[Params, AfterValidator(_params)]
LEAST = Params.model_validate(PARAMS)


class KeyDerivationOut(ninja.Schema):
    salt: str
    params: Params


class KeyDerivationIn(ninja.Schema):
    login: Name


class RecoverIn(ninja.Schema):
    login: Name
    recovery_secret: Secret
    new_salt: Salt
    new_auth_secret: Secret
    new_params: NewParams = LEAST


class TokenIn(ninja.Schema):
    token: Annotated[str, Field(min_length=1, max_length=128)]


class PracticeName(ninja.Schema):
    id: uuid.UUID
    name: str


class InvitationSeen(ninja.Schema):
    practice: PracticeName
    role: Role
    email: str | None
    expires_at: datetime


class ConfigPractice(PracticeName):
    slug: str
    country: str
    self_registration: bool
    status: PracticeStatus


class ProviderOut(ninja.Schema):
    id: str
    name: str


class ConfigOut(ninja.Schema):
    """`providers`: where people may sign in instead, with the names on the buttons."""

    version: str
    demo: bool
    providers: list[ProviderOut]
    languages: list[str]
    kdf: Params
    practices: list[ConfigPractice]


class DemoAccountOut(ninja.Schema):
    role: Role
    login: str
    password: str
    totp_code: str | None
    display_name: str


class PracticeBrief(PracticeName):
    slug: str
    kind: PracticeKind
    status: PracticeStatus
    time_zone: str
    country: str


class MembershipOut(ninja.Schema):
    id: uuid.UUID
    role: Role
    display_name: str
    practice: PracticeBrief
    client_id: uuid.UUID | None


class MeOut(ninja.Schema):
    """`has_password`: false for whoever signs in at an identity provider. `has_secret`: whether
    there is a password, or else a vault passphrase.
    """

    id: uuid.UUID
    login: str
    email: str | None
    language: str
    time_zone: str
    discreet: bool
    has_password: bool
    has_secret: bool
    second_factor: bool
    session_second_factor: bool
    memberships: list[MembershipOut]


class MeIn(ninja.Schema):
    language: Language | None = None
    time_zone: Zone | None = None
    discreet: bool | None = None


class PasswordIn(ninja.Schema):
    """`vault_wrap` is the vault's way in under the new password: needed by whoever has a vault."""

    current_auth_secret: Secret
    new_auth_secret: Secret
    new_salt: Salt
    new_params: NewParams = LEAST
    vault_wrap: WrapShape | None = None


class RecoveryCodeIn(ninja.Schema):
    """`vault_wrap` is the vault's way in under the new code: needed by whoever has a vault."""

    current_auth_secret: Secret
    recovery_secret: Secret
    vault_wrap: WrapShape | None = None


class DeleteIn(ninja.Schema):
    """`receipt` is the reference that the person keeps; the browser makes it.

    The secret may be left out by whoever has no password and just signed in at their provider.
    """

    current_auth_secret: Secret | None = None
    receipt: Reference | None = None


class AcceptIn(TokenIn):
    chosen_name: Annotated[str, Field(min_length=1, max_length=200)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    adult: bool = False


@router.get("/config", access=PUBLIC, response=ConfigOut)
def config(request: HttpRequest) -> dict[str, Any]:
    """What the client needs to know before anybody signs in; also sets the CSRF cookie."""
    get_token(request)
    open_practices = Practice.objects.filter(self_registration=True).order_by("name", "id")
    return {
        "version": holdfast.__version__,
        "demo": settings.DEMO,
        "providers": [{"id": each.id, "name": each.name} for each in settings.IDENTITY_PROVIDERS],
        "languages": [code for code, _ in settings.LANGUAGES],
        "kdf": cost.wanted(),
        "practices": [
            {
                "id": p.pk,
                "name": p.name,
                "slug": p.slug,
                "country": p.country,
                "self_registration": p.accepts_registrations,
                "status": p.status,
            }
            for p in open_practices
            if p.accepts_registrations
        ],
    }


@router.get("/demo/accounts", access=PUBLIC, response=list[DemoAccountOut])
def demo_accounts(request: HttpRequest) -> list[demo.DemoAccount]:
    """The demo's log-ins; exists in a demo only."""
    if not settings.DEMO:
        raise NotFound
    return demo.accounts()


@router.post("/auth/kdf", access=PUBLIC, response=KeyDerivationOut)
def look_up_key_derivation(request: HttpRequest, body: KeyDerivationIn) -> dict[str, Any]:
    """Salt and cost for a name; a name that nobody has is answered alike."""
    limits.consume(request, "kdf", body.login)
    found = key_derivation(body.login)
    return {"salt": found.salt, "params": found.params}


@router.post("/auth/recover", access=PUBLIC, response={204: None})
def recover(request: HttpRequest, body: RecoverIn) -> Status[None]:
    """A new password with the recovery code. Every session ends; second factors stay."""
    limits.consume(request, "recover", body.login)
    actions.recover(body.login, body.recovery_secret, new_secret(body))
    return Status(204, None)


@router.post("/invitations/look-up", access=PUBLIC, response=InvitationSeen)
def look_up_invitation(request: HttpRequest, body: TokenIn) -> dict[str, Any]:
    """What a one-time link offers, before anybody takes it up."""
    limits.consume(request, "invitation", "")
    invitation = invitations.find(body.token)
    return {
        "practice": {"id": invitation.practice_id, "name": invitation.practice.name},
        "role": invitation.role,
        "email": invitation.email or None,
        "expires_at": invitation.expires_at,
    }


@router.post("/invitations/accept", access=SIGNED_IN, response=MeOut)
def accept_invitation(request: Request, body: AcceptIn) -> dict[str, Any]:
    """Someone with an account joins another practice, or takes another role."""
    user = account_of(request)
    limits.consume(request, "invitation", "")
    invitation = invitations.open_invitation(body.token)
    actions.accept(
        user,
        invitation,
        adult=body.adult,
        profile=actions.Profile(
            chosen_name=body.chosen_name or user.login,
            country=body.country,
            language=user.language,
            time_zone=user.time_zone,
            email=user.email,
        ),
    )
    return _me(request)


@router.get("/me", access=SIGNED_IN, response=MeOut)
def me(request: Request) -> dict[str, Any]:
    """One's own account, and what one is in which practice."""
    return _me(request)


@router.patch("/me", access=SIGNED_IN, response=MeOut)
def change_me(request: Request, body: MeIn) -> dict[str, Any]:
    """Only what is sent changes."""
    changes = body.dict(exclude_unset=True, exclude_none=True)
    user = account_of(request)
    User.objects.filter(pk=user.pk).update(**changes)
    user.refresh_from_db()
    return _me(request)


@router.delete("/me", access=SIGNED_IN, response={204: None})
def delete_me(request: Request, body: DeleteIn) -> Status[None]:
    """Delete the account and everything that hangs on it, store by store."""
    user = proof.of_presence(request, body.current_auth_secret)
    receipt = receipts.digest(body.receipt) if body.receipt else ""
    actions.delete_account(user, receipt)
    logout(request)
    return Status(204, None)


@router.post("/me/password", access=SIGNED_IN, response={204: None})
def change_password(request: Request, body: PasswordIn) -> Status[None]:
    """A new secret and its salt, together; every other session ends."""
    user = account_of(request)
    limits.consume(request, "secret", user.login)
    actions.change_secret(
        request,
        user,
        body.current_auth_secret,
        new_secret(body),
        body.vault_wrap.engine(user.pk) if body.vault_wrap else None,
    )
    return Status(204, None)


@router.post("/me/password/cost", access=SIGNED_IN, response={204: None})
def raise_cost(request: Request, body: PasswordIn) -> Status[None]:
    """The same password, derived at the cost that is now asked for; every session stays."""
    user = account_of(request)
    limits.consume(request, "secret", user.login)
    actions.raise_cost(
        request,
        user,
        body.current_auth_secret,
        new_secret(body),
        body.vault_wrap.engine(user.pk) if body.vault_wrap else None,
    )
    return Status(204, None)


class _NewSecretIn(Protocol):
    new_auth_secret: str
    new_salt: str
    new_params: Params


def new_secret(body: _NewSecretIn) -> actions.NewSecret:
    """What a body says of a new password or passphrase."""
    params = cast(KdfParams, body.new_params.dict())
    return actions.NewSecret(body.new_auth_secret, body.new_salt, params)


@router.post("/me/recovery-code", access=SIGNED_IN, response={204: None})
def change_recovery_code(request: Request, body: RecoveryCodeIn) -> Status[None]:
    """The old code stops working."""
    user = account_of(request)
    limits.consume(request, "secret", user.login)
    actions.replace_recovery_code(
        user,
        body.current_auth_secret,
        body.recovery_secret,
        body.vault_wrap.engine(user.pk) if body.vault_wrap else None,
    )
    return Status(204, None)


def _me(request: HttpRequest) -> dict[str, Any]:
    """Four SQL statements, however many memberships."""
    user = account_of(request)
    rows = Membership.objects.filter(user=user, active=True).select_related("practice")
    clients = dict(Client.objects.filter(user=user).values_list("practice_id", "id"))
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return {
        "id": user.pk,
        "login": user.login,
        "email": user.email or None,
        "language": user.language,
        "time_zone": user.time_zone,
        "discreet": user.discreet,
        "has_password": user.secret_signs_in,
        "has_secret": user.has_usable_password(),
        "second_factor": Authenticator.objects.filter(user=user, type__in=factors).exists(),
        "session_second_factor": session_has_second_factor(request),
        "memberships": [
            {
                "id": row.pk,
                "role": row.role,
                "display_name": row.display_name,
                "practice": row.practice,
                "client_id": clients.get(row.practice_id) if row.role == "client" else None,
            }
            for row in rows.order_by("joined_at", "id")
        ],
    }
