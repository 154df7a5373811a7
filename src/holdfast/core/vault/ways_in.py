"""An account's keys and ways in. Changing a password or a recovery code changes its way in, too.

By password and by recovery code there is a way in always (after a recovery, by the code alone until
its owner opens the vault); a passkey's is an extra one and goes with the passkey.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.models import User
from holdfast.core.identity.passkeys import passkeys_of
from holdfast.core.vault.engine import items, wraps
from holdfast.core.vault.engine import keys as engine
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.models import KeyEntry, Wrap
from holdfast.core.vault.problems import (
    NoVault,
    PasskeyUnknown,
    Refused,
    VaultExists,
    WrapNeeded,
)

#: The ways in that every vault has.
_NEEDED = frozenset({"password", "recovery"})


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


def signed_earlier(user_id: uuid.UUID, version: items.Version) -> bool:
    """Whether keys that the owner has replaced signed it: by a device that does not know yet."""
    for row in KeyEntry.objects.filter(user_id=user_id).order_by("-sequence")[1:]:
        try:
            version.verify(entry_of(row).keys)
        except Damaged:
            continue
        return True
    return False


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
        append(user, entry, b"")
        for way in ways:
            put(user, way, 1)
        _record("set-up", user)


def append(user: User, entry: engine.KeyEntry, earlier: bytes) -> None:
    """Add an entry to the history; `earlier` are the keys it replaces, sealed to its own."""
    KeyEntry.objects.create(
        user=user,
        sequence=entry.sequence,
        agreement=entry.keys.agreement,
        signing=entry.keys.signing,
        created=entry.created,
        previous=entry.previous,
        signature=entry.signature,
        continuity=entry.continuity,
        earlier=earlier,
    )


def renew(user: User, kind: str, way: wraps.Wrap | None) -> None:
    """Replace one way in, in the transaction that changes the password or the code it belongs to.

    Accounts without a vault need none: raises `WrapNeeded` for those that have one, and `NoVault`
    where a way into nothing was sent.
    """
    newest = _newest(user)
    if newest is None:
        if way is not None:
            raise NoVault
        return
    if way is None:
        raise WrapNeeded
    if way.kind != kind:
        raise Refused
    put(user, way, newest.sequence)
    _record(f"renew-{kind}", user)


def _newest(user: User) -> KeyEntry | None:
    return KeyEntry.objects.filter(user=user).order_by("-sequence").first()


def add_passkey(user: User, way: wraps.Wrap) -> None:
    """Let one of the account's passkeys open the vault, beside password and recovery code.

    Raises `PasskeyUnknown` where the account has no such passkey, and `WrapNeeded` where it would
    stand in the place of another way in.
    """
    if way.kind != "passkey" or not way.well_formed:
        raise Refused
    if way.credential not in {each.credential for each in passkeys_of(user)}:
        raise PasskeyUnknown
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        newest = _newest(user)
        if newest is None:
            raise NoVault
        kinds = Wrap.objects.filter(user=user).values_list("kind", flat=True)
        if not _NEEDED.issubset(kinds):
            raise WrapNeeded
        put(user, way, newest.sequence)
        _record("add-passkey", user)


def drop_passkey(user: User, credential: bytes) -> bool:
    """The passkey opens the vault no more; whether it did."""
    rows = Wrap.objects.filter(user=user, kind=Wrap.Kind.PASSKEY, credential=credential)
    with transaction.atomic():
        gone, _ = rows.delete()
        if gone:
            _record("remove-passkey", user)
    return bool(gone)


def drop_password(user: User) -> None:
    """The password was replaced by means of the recovery code: its way in is of the old one."""
    Wrap.objects.filter(user=user, kind=Wrap.Kind.PASSWORD).delete()


def put(user: User, way: wraps.Wrap, sequence: int) -> None:
    """Keep one way in; raises `Refused` unless it is one that our engines would open."""
    if way.user != user.pk or way.sequence != sequence:
        raise Refused
    if way.kind == "password" and not way.cost.enough:
        raise Refused("The cost of this way in is below what is accepted.")
    if not way.well_formed:
        raise Refused
    Wrap.objects.update_or_create(
        user=user,
        kind=way.kind,
        credential=way.credential,
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
