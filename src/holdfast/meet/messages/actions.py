"""Opening threads, posting, taking back, reading: each one transaction under the thread's lock.

The server opens nothing. What would not verify on the members' devices is refused here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.core.vault import ways_in
from holdfast.core.vault.engine import items, keys
from holdfast.core.vault.engine import threads as engine
from holdfast.core.vault.engine.errors import Damaged
from holdfast.core.vault.engine.keys import HASH_BYTES, NOTHING_BEFORE
from holdfast.core.vault.models import KeyEntry
from holdfast.core.vault.problems import EpochTaken, KeysMoved, NoVault, Refused
from holdfast.meet.messages import files, groups, members, telling
from holdfast.meet.messages.models import Epoch, EpochKey, Member, Message, Thread
from holdfast.meet.messages.problems import (
    EpochStale,
    MembersRefused,
    MessageExists,
    OutOfPlace,
    ThreadExists,
)

#: A conversation of one is none.
LEAST_MEMBERS = 2


def engine_epoch(row: Epoch) -> engine.Epoch:
    """A stored epoch as the engine knows it."""
    packed = bytes(row.members)
    return engine.Epoch(
        row.thread_id,
        row.number,
        bytes(row.previous),
        row.maker,
        tuple(uuid.UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16)),
        bytes(row.signature),
        row.suite,
    )


def locked(practice_id: uuid.UUID, thread_id: uuid.UUID) -> Thread:
    """The thread, for one writer at a time. Raises `NotFound`."""
    found = (
        Thread.objects.select_for_update(of=("self",))
        .select_related("client")
        .filter(practice_id=practice_id, pk=thread_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def member_of(thread: Thread, user: uuid.UUID) -> Member:
    """Somebody's own place in a thread. Raises `NotFound` for who has none, or had one."""
    found = Member.objects.filter(
        practice_id=thread.practice_id, thread=thread, user_id=user, left_epoch__isnull=True
    ).first()
    if found is None:
        raise NotFound
    return found


# --- opening, and a new epoch


@dataclass(frozen=True)
class NewEpoch:
    """An epoch with its key for each member, as a device made them."""

    epoch: engine.Epoch
    keys: Sequence[engine.EpochKey]


@dataclass(frozen=True)
class _Checked:
    """The sequence of the keys that each member's was sealed to; the maker's signing key."""

    sequences: Mapping[uuid.UUID, int]
    signing: bytes


def open_thread(client: Client, kind: str, given: NewEpoch, *, by: Actor) -> tuple[Thread, bool]:
    """A new thread about a client, and whether it is new: the same again changes nothing."""
    return _open(client.practice_id, client, kind, given, by)


def open_group(practice_id: uuid.UUID, given: NewEpoch, *, by: Actor) -> tuple[Thread, bool]:
    """A new thread about no client, of members of the practice."""
    return _open(practice_id, None, Thread.Kind.GROUP, given, by)


def _open(
    practice_id: uuid.UUID, client: Client | None, kind: str, given: NewEpoch, by: Actor
) -> tuple[Thread, bool]:
    epoch = given.epoch
    with transaction.atomic():
        there = Thread.objects.select_for_update().filter(pk=epoch.thread).first()
        if there is not None:
            same = (there.practice_id, there.client_id, there.kind)
            if same != (practice_id, client.pk if client else None, kind):
                raise ThreadExists
            member_of(there, by.account)
            return there, False
        checked = _check(practice_id, client, kind, given, None, by)
        now = clock.now()
        thread = Thread.objects.create(
            id=epoch.thread,
            practice_id=practice_id,
            client=client,
            kind=kind,
            opened_at=now,
            last_at=now,
        )
        _keep(thread, given, checked)
        _record("open", thread, by, members=epoch.members, kind=kind)
        telling.of_members(thread)
    return thread, True


def begin_epoch(
    practice_id: uuid.UUID, thread_id: uuid.UUID, given: NewEpoch, *, by: Actor
) -> Thread:
    """Who belongs from now on, under a new key. Raises `EpochTaken` where another was faster."""
    with transaction.atomic():
        thread = locked(practice_id, thread_id)
        member_of(thread, by.account)
        before = Epoch.objects.get(thread=thread, number=thread.epoch)
        if given.epoch.number != thread.epoch + 1:
            raise EpochTaken(epoch=thread.epoch)
        checked = _check(practice_id, thread.client, thread.kind, given, engine_epoch(before), by)
        thread.epoch = given.epoch.number
        thread.save(update_fields=["epoch"])
        _keep(thread, given, checked)
        _record("begin-epoch", thread, by, members=given.epoch.members)
        telling.of_members(thread)
    return thread


def _check(
    practice_id: uuid.UUID,
    client: Client | None,
    kind: str,
    given: NewEpoch,
    before: engine.Epoch | None,
    by: Actor,
) -> _Checked:
    """Everything that the members' devices will check, and that they may be members."""
    epoch, users = given.epoch, set(given.epoch.members)
    follows = before.hash if before else NOTHING_BEFORE
    mine = epoch.maker == by.account and (before is None or epoch.maker in before.members)
    if not (epoch.well_formed and mine and epoch.previous == follows):
        raise Refused
    may = members.allowed(practice_id, client, kind, users, epoch.thread)
    whole = kind != Thread.Kind.CLIENT or (client is not None and client.user_id in users)
    if users != may or not whole or len(users) < LEAST_MEMBERS:
        raise MembersRefused
    if sorted(each.member for each in given.keys) != sorted(users):
        raise Refused
    newest = _newest_entries(users)
    if newest.keys() != users:
        raise NoVault
    maker = newest[epoch.maker].keys
    try:
        maker.verify(epoch.signature, epoch.signed)
        for each in given.keys:
            info = engine.key_info(epoch, items.Reader(each.member, newest[each.member].keys))
            maker.verify(each.signature, engine.key_signed(info, each.sealed))
    except Damaged:
        # Sealed to keys that somebody has replaced, or by a device that does not know its own.
        raise KeysMoved from None
    return _Checked({user: entry.sequence for user, entry in newest.items()}, maker.signing)


def _newest_entries(users: Collection[uuid.UUID]) -> dict[uuid.UUID, keys.KeyEntry]:
    rows = KeyEntry.objects.filter(user_id__in=users).order_by("sequence")
    return {row.user_id: ways_in.entry_of(row) for row in rows}


def _keep(thread: Thread, given: NewEpoch, checked: _Checked) -> None:
    epoch, now = given.epoch, clock.now()
    of_thread = {"practice_id": thread.practice_id, "thread": thread}
    Epoch.objects.create(
        **of_thread,
        number=epoch.number,
        suite=epoch.suite,
        previous=epoch.previous,
        maker=epoch.maker,
        members=b"".join(each.bytes for each in epoch.members),
        signature=epoch.signature,
        signing=checked.signing,
        made_at=now,
    )
    EpochKey.objects.bulk_create(
        EpochKey(
            **of_thread,
            epoch=epoch.number,
            member_id=each.member,
            sequence=checked.sequences[each.member],
            sealed=each.sealed,
            signature=each.signature,
        )
        for each in given.keys
    )
    _keep_members(thread, set(epoch.members))


def _keep_members(thread: Thread, users: set[uuid.UUID]) -> None:
    """Whoever is new reads from the next message on; whoever is back, also what they had."""
    rows = Member.objects.filter(practice_id=thread.practice_id, thread=thread)
    known = {row.user_id: row for row in rows}
    rows.filter(left_epoch__isnull=True).exclude(user_id__in=users).update(left_epoch=thread.epoch)
    back = [user for user, row in known.items() if user in users and row.left_epoch is not None]
    rows.filter(user_id__in=back).update(left_epoch=None, joined_epoch=thread.epoch)
    Member.objects.bulk_create(
        Member(
            practice_id=thread.practice_id,
            thread=thread,
            user_id=user,
            joined_epoch=thread.epoch,
            from_seq=thread.last_seq + 1,
            read_seq=thread.last_seq,
            told_seq=thread.last_seq,
        )
        for user in sorted(users - known.keys())
    )


# --- messages


@dataclass(frozen=True)
class Posted:
    """Where a message stands, and whether it came for the first time."""

    seq: int
    is_new: bool


def post(
    practice_id: uuid.UUID, message_id: uuid.UUID, message: engine.Message, *, by: Actor
) -> Posted:
    """Keep one message in the next place; one that is here already is answered with its place.

    Raises `EpochStale`, `OutOfPlace`, `MessageExists`, `KeysMoved` or `Refused`.
    """
    with transaction.atomic():
        thread = locked(practice_id, message.thread)
        me = member_of(thread, by.account)
        there = Message.objects.filter(pk=message_id).defer("ciphertext").first()
        if there is not None:
            if (there.thread_id, there.sender_id) != (thread.pk, by.account):
                raise MessageExists
            return Posted(there.seq, is_new=False)
        _check_epoch(thread, message)
        _check_place(thread, message, by.account)
        _check_signature(message, by.account)
        seq = thread.last_seq + 1
        row = Message.objects.create(
            id=message_id,
            practice_id=practice_id,
            thread=thread,
            seq=seq,
            sender_id=by.account,
            epoch=message.epoch,
            suite=message.suite,
            number=message.number,
            previous=message.previous,
            salt=message.salt,
            hash=message.hash,
            ciphertext=message.ciphertext,
            signature=message.signature,
            received_at=clock.now(),
        )
        thread.last_seq, thread.last_at = seq, row.received_at
        thread.save(update_fields=["last_seq", "last_at"])
        # What one writes oneself is read, unless something that is not stands before it.
        Member.objects.filter(pk=me.pk, read_seq=seq - 1).update(read_seq=seq)
        telling.of_message(thread, row, by.account)
    return Posted(seq, is_new=True)


def _check_epoch(thread: Thread, message: engine.Message) -> None:
    now = members.standing(thread)
    if not now.fresh or message.epoch != thread.epoch:
        raise EpochStale(epoch=thread.epoch, members=sorted(str(user) for user in now.members))
    epoch = engine_epoch(Epoch.objects.get(thread=thread, number=thread.epoch))
    if message.epoch_hash != epoch.hash or message.suite != epoch.suite:
        raise Refused


def _check_place(thread: Thread, message: engine.Message, sender: uuid.UUID) -> None:
    number, follows = last_of(thread, sender)
    if (message.number, message.previous) != (number + 1, follows):
        raise OutOfPlace(number=number, hash=follows.hex())


def last_of(thread: Thread, sender: uuid.UUID) -> tuple[int, bytes]:
    """Number and hash of somebody's last message; zeros before their first. One statement."""
    rows = Message.objects.filter(
        practice_id=thread.practice_id, thread=thread, sender_id=sender
    ).order_by("-number")
    found = rows.values_list("number", "hash").first()
    return (found[0], bytes(found[1])) if found else (0, bytes(HASH_BYTES))


def _check_signature(message: engine.Message, sender: uuid.UUID) -> None:
    signers = ways_in.public_keys_of([sender]).get(sender)
    if signers is None:
        raise NoVault
    try:
        signers.verify(message.signature, message.signed)
    except Damaged:
        raise Refused from None


def retract(
    practice_id: uuid.UUID, thread_id: uuid.UUID, message_id: uuid.UUID, *, by: Actor
) -> None:
    """Take one's own message back, or in a group that one moderates another's: what it said and
    its files go, its place stays.
    """
    with transaction.atomic():
        thread = locked(practice_id, thread_id)
        member_of(thread, by.account)
        group = groups.of(practice_id, thread_id if thread.client_id is None else None)
        rows = Message.objects.filter(practice_id=practice_id, thread=thread, pk=message_id)
        if group is None or by.account not in group.moderators:
            rows = rows.filter(sender_id=by.account)
        found = rows.defer("ciphertext").first()
        if found is None:
            raise NotFound
        if found.retracted_at is not None:
            return
        rows.update(ciphertext=b"", salt=b"", signature=b"", retracted_at=clock.now())
        files.drop_of_message(thread, message_id)
        _record("retract", thread, by, seq=found.seq)
        telling.of_retraction(thread, found.seq)


def mark_read(practice_id: uuid.UUID, thread_id: uuid.UUID, seq: int, *, by: Actor) -> int:
    """How far somebody has read: it never goes back, nor beyond the last message."""
    with transaction.atomic():
        thread = locked(practice_id, thread_id)
        me = member_of(thread, by.account)
        reached = max(me.read_seq, min(seq, thread.last_seq))
        if reached > me.read_seq:
            Member.objects.filter(pk=me.pk).update(read_seq=reached)
            telling.of_reading(thread, by.account)
    return reached


def _record(
    action: str,
    thread: Thread,
    by: Actor,
    *,
    members: Collection[uuid.UUID] = (),
    **detail: object,
) -> None:
    named = {"members": sorted(str(each) for each in members)} if members else {}
    record(
        action,
        "thread",
        by=by,
        resource_id=thread.pk,
        client_id=thread.client_id,
        detail={**named, **detail},
    )
