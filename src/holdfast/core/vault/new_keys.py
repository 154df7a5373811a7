"""New keys in the place of keys that somebody else may have: all of it happens, or none of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from holdfast.core import events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.identity.actions import end_sessions
from holdfast.core.identity.models import User
from holdfast.core.identity.passkeys import passkeys_of
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine import earlier, keys, wraps
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.events import KeysChanged
from holdfast.core.vault.models import KeyEntry, Wrap
from holdfast.core.vault.problems import KeysMoved, NoVault, PasskeyUnknown, Refused


@dataclass(frozen=True)
class Change:
    """What the person's device made: the entry of the new keys, the old ones sealed to it, every
    way in anew, and what logs in with the new recovery code.
    """

    entry: keys.KeyEntry
    earlier: bytes
    ways: tuple[wraps.Wrap, ...]
    recovery_secret: str


def change(user: User, new: Change, *, keep_session: str | None) -> None:
    """Replace an account's keys, in one transaction: until it commits the old ones are in force.

    Raises `KeysMoved` where the entry is not the next one, `Refused` where it does not verify or a
    way in is missing, and `PasskeyUnknown`. All sessions but `keep_session` end.
    """
    known = {each.credential for each in passkeys_of(user)}
    _check_ways(new.ways, known)
    if len(new.earlier) != earlier.SEALED_BYTES:
        raise Refused
    with transaction.atomic():
        # Of two devices that change them at once, the second waits here and finds new ones.
        locked = User.objects.select_for_update().get(pk=user.pk)
        _check_entry(locked, new.entry)
        Wrap.objects.filter(user=locked).delete()
        ways_in.append(locked, new.entry, new.earlier)
        for way in new.ways:
            ways_in.put(locked, way, new.entry.sequence)
        locked.set_recovery_secret(new.recovery_secret)
        locked.save(update_fields=["recovery_hash"])
        end_sessions(locked, except_key=keep_session)
        by = Actor(locked.pk, None, (), "account")
        detail = {"sequence": new.entry.sequence, "passkeys": len(new.ways) - 2}
        record("change-keys", "vault", by=by, resource_id=locked.pk, detail=detail)
        events.publish(KeysChanged(locked.pk, new.entry.sequence))


def _check_entry(user: User, entry: keys.KeyEntry) -> None:
    history = [ways_in.entry_of(row) for row in KeyEntry.objects.filter(user=user)]
    if not history:
        raise NoVault
    if entry.sequence != len(history) + 1:
        raise KeysMoved
    try:
        keys.verify_history(user.pk, [*history, entry])
    except Damaged:
        raise Refused from None
    if any(each.keys.agreement == entry.keys.agreement for each in history):
        raise Refused


def _check_ways(ways: tuple[wraps.Wrap, ...], known: set[bytes]) -> None:
    """One by password, one by recovery code, and passkeys of the account, each once."""
    kinds = sorted(way.kind for way in ways if way.kind != "passkey")
    credentials = [way.credential for way in ways if way.kind == "passkey"]
    if kinds != ["password", "recovery"] or len(set(credentials)) != len(credentials):
        raise Refused
    if not set(credentials) <= known:
        raise PasskeyUnknown
