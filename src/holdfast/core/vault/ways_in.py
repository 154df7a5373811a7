"""An account's keys and ways in. Changing a password or a recovery code changes its way in, too."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User
from holdfast.core.vault.engine import keys as engine
from holdfast.core.vault.engine import wraps
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.models import KeyEntry, Wrap
from holdfast.core.vault.problems import NoVault, Refused, VaultExists, WrapNeeded


def entry_of(row: KeyEntry) -> engine.KeyEntry:
    """A stored entry as the engine knows it."""
    return engine.KeyEntry(
        row.user_id,
        row.sequence,
        engine.PublicKeys(bytes(row.agreement), bytes(row.signing)),
        row.created,
        bytes(row.previous),
        bytes(row.signature),
        bytes(row.continuity),
    )


def public_keys_of(users: Sequence[object]) -> dict[object, engine.PublicKeys]:
    """The newest public keys of accounts, by their identifier. One SQL statement."""
    rows = KeyEntry.objects.filter(user_id__in=list(users)).order_by("sequence")
    return {row.user_id: entry_of(row).keys for row in rows}


def set_up(user: User, entry: engine.KeyEntry, ways: Sequence[wraps.Wrap]) -> None:
    """Begin a vault: its first keys, and a way in by password and one by recovery code."""
    try:
        engine.verify_history(user.pk, [entry])
    except Damaged:
        raise Refused from None
    if sorted(way.kind for way in ways) != ["password", "recovery"]:
        raise Refused
    with transaction.atomic():
        # Of two devices that begin at once, the second waits here and finds the first one's keys.
        User.objects.select_for_update().get(pk=user.pk)
        if KeyEntry.objects.filter(user=user).exists():
            raise VaultExists
        KeyEntry.objects.create(
            user=user,
            sequence=entry.sequence,
            agreement=entry.keys.agreement,
            signing=entry.keys.signing,
            created=entry.created,
            previous=entry.previous,
            signature=entry.signature,
            continuity=entry.continuity,
        )
        for way in ways:
            _put(user, way, 1)
        _record("set-up", user)


def renew(user: User, kind: str, way: wraps.Wrap | None) -> None:
    """Replace one way in, in the transaction that changes the password or the code it belongs to.

    Accounts without a vault need none: raises `WrapNeeded` for those that have one, and `NoVault`
    where a way into nothing was sent.
    """
    newest = KeyEntry.objects.filter(user=user).order_by("-sequence").first()
    if newest is None:
        if way is not None:
            raise NoVault
        return
    if way is None:
        raise WrapNeeded
    if way.kind != kind:
        raise Refused
    _put(user, way, newest.sequence)
    _record(f"renew-{kind}", user)


def drop_password(user: User) -> None:
    """The password was replaced by means of the recovery code: its way in is of the old one."""
    Wrap.objects.filter(user=user, kind=Wrap.Kind.PASSWORD).delete()


def _put(user: User, way: wraps.Wrap, sequence: int) -> None:
    enough = way.cost.enough if way.kind == "password" else way.cost == wraps.NO_COST
    if way.user != user.pk or way.version != wraps.VERSION or way.sequence != sequence:
        raise Refused
    if not enough:
        raise Refused("The cost of this way in is below what is accepted.")
    Wrap.objects.update_or_create(
        user=user,
        kind=way.kind,
        defaults={
            "version": way.version,
            "sequence": way.sequence,
            "memory_kib": way.cost.memory_kib,
            "passes": way.cost.passes,
            "parallelism": way.cost.parallelism,
            "salt": way.salt,
            "sealed": way.sealed,
            "made_at": clock.now(),
        },
    )


def _record(action: str, user: User) -> None:
    record(action, "vault", by=Actor(user.pk, None, (), "account"), resource_id=user.pk)
