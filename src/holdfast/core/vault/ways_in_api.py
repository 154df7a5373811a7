"""Endpoints: passkeys that open the vault, and new keys in the place of old ones."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema, Status
from pydantic import Field

from holdfast.core.api import SIGNED_IN, Request, Router
from holdfast.core.identity.api import Secret
from holdfast.core.identity.passkeys import passkeys_of
from holdfast.core.identity.proof import with_password
from holdfast.core.problems import NotFound
from holdfast.core.vault import new_keys, ways_in
from holdfast.core.vault.schemas import KeyEntryShape, ReplacedKeys, WrapShape

router = Router(tags=["vault"])

#: Ways in that one request may carry: password, code, and more passkeys than anybody has.
_MOST_WAYS = 40


class PasskeyWayIn(Schema):
    current_auth_secret: Secret
    wrap: WrapShape


class ProofIn(Schema):
    current_auth_secret: Secret


class NewKeysIn(Schema):
    """`recovery_secret` is of a new recovery code, which replaces the one that the account has."""

    current_auth_secret: Secret
    recovery_secret: Secret
    keys: KeyEntryShape
    earlier: ReplacedKeys
    wraps: Annotated[list[WrapShape], Field(min_length=2, max_length=_MOST_WAYS)]


@router.put("/me/vault/passkeys", access=SIGNED_IN, response={204: None})
def add_passkey(request: Request, body: PasskeyWayIn) -> Status[None]:
    """Let one of the account's passkeys open the vault, too."""
    user = with_password(request, body.current_auth_secret)
    ways_in.add_passkey(user, body.wrap.engine(user.pk))
    return Status(204, None)


@router.delete("/me/vault/passkeys/{passkey_id}", access=SIGNED_IN, response={204: None})
def drop_passkey(request: Request, passkey_id: int, body: ProofIn) -> Status[None]:
    """The passkey opens the vault no more; it still signs in."""
    user = with_password(request, body.current_auth_secret)
    found = [each for each in passkeys_of(user) if each.id == passkey_id]
    if not found or not ways_in.drop_passkey(user, found[0].credential):
        raise NotFound
    return Status(204, None)


@router.post("/me/vault/keys", access=SIGNED_IN, response={204: None})
def change_keys(request: Request, body: NewKeysIn) -> Status[None]:
    """New keys, every way in made anew and a new recovery code, all at once or not at all.

    Other sessions end; whoever shares with this person is told.
    """
    user = with_password(request, body.current_auth_secret)
    change = new_keys.Change(
        entry=body.keys.engine(user.pk),
        earlier=body.earlier,
        ways=tuple(each.engine(user.pk) for each in body.wraps),
        recovery_secret=body.recovery_secret,
    )
    new_keys.change(user, change, keep_session=request.session.session_key)
    return Status(204, None)
