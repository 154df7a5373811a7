"""Endpoints: an account's keys and ways in, and the versions of a person's items."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from ninja import Query, Schema, Status
from pydantic import Field

from holdfast.core.api import SIGNED_IN, Access, Request, Router, account_of
from holdfast.core.identity.actions import RecoveryRefused
from holdfast.core.identity.api import Secret
from holdfast.core.identity.passkeys import passkeys_of
from holdfast.core.identity.proof import with_password
from holdfast.core.vault import actions, queries, ways_in
from holdfast.core.vault.models import KeyEntry, Wrap
from holdfast.core.vault.schemas import (
    KeptOut,
    KeyEntryShape,
    VaultOut,
    VersionIn,
    VersionsOut,
    WrapShape,
    own_entry_out,
    version_out,
    wrap_out,
)

router = Router(tags=["vault"])

BASE = "/practices/{practice_id}/clients/{client_id}/vault"


class SetUpIn(Schema):
    """`recovery_secret` shows that the way in is of the recovery code the account has."""

    current_auth_secret: Secret
    recovery_secret: Secret
    keys: KeyEntryShape
    wraps: Annotated[list[WrapShape], Field(min_length=2, max_length=2)]


class RenewIn(Schema):
    current_auth_secret: Secret
    wrap: WrapShape


def _position(given: int) -> int:
    return max(0, min(given, 2**31 - 1))


@router.get("/me/vault", access=SIGNED_IN, response=VaultOut)
def vault(request: Request) -> dict[str, Any]:
    """The account's public keys, ways in and passkeys. Three SQL statements of its own."""
    user = account_of(request)
    ways = Wrap.objects.filter(user=user).order_by("kind", "pk")
    return {
        "keys": [own_entry_out(row) for row in KeyEntry.objects.filter(user=user)],
        "wraps": [wrap_out(row) for row in ways],
        "passkeys": passkeys_of(user),
    }


@router.post("/me/vault", access=SIGNED_IN, response={204: None})
def set_up(request: Request, body: SetUpIn) -> Status[None]:
    """Begin the account's vault, once."""
    user = with_password(request, body.current_auth_secret)
    if not user.check_recovery_secret(body.recovery_secret):
        raise RecoveryRefused
    entry = body.keys.engine(user.pk)
    ways_in.set_up(user, entry, [each.engine(user.pk) for each in body.wraps])
    return Status(204, None)


@router.put("/me/vault/password", access=SIGNED_IN, response={204: None})
def renew_password_wrap(request: Request, body: RenewIn) -> Status[None]:
    """The way in by password, made anew by whoever came in by another way."""
    user = with_password(request, body.current_auth_secret)
    ways_in.renew(user, "password", body.wrap.engine(user.pk))
    return Status(204, None)


@router.get(BASE + "/items", access=Access("vault_item", "read"), response=VersionsOut)
def versions(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    after: Annotated[int, Query()] = 0,
    before: Annotated[int | None, Query()] = None,
    item: uuid.UUID | None = None,
) -> dict[str, Any]:
    """What arrived after a position, oldest first; `next` is the following page's `after`.

    With `before`, what arrived before that position, newest first; `next` is the following page's
    `before`. With `item`, of that item alone (and then `after`). Two SQL statements.
    """
    if item is not None:
        rows, following = queries.own_versions_of(request.client, item, _position(after))
    elif before is None:
        rows, following = queries.own_versions(request.client, _position(after))
    else:
        rows, following = queries.own_versions_before(request.client, _position(before))
    return {"items": [version_out(row) for row in rows], "next": following}


@router.post(
    BASE + "/items", access=Access("vault_item", "write"), response={200: KeptOut, 201: KeptOut}
)
def keep(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: VersionIn
) -> Status[Any]:
    """Keep one version; 200 where it is here already. Conflicting versions are both kept."""
    kept = actions.keep(
        request.client, body.engine(), forget_earlier=body.forget_earlier, by=request.actor
    )
    return Status(
        201 if kept.is_new else 200, {"position": kept.position, "conflict": kept.conflict}
    )
