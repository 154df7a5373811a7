"""Who is told what of sharing: changed keys, a reader who left, somebody new on the care team."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.authz.relationships import active_on
from holdfast.core.notify import facade as notify
from holdfast.core.tenancy.events import CareTeamJoined, CareTeamLeft, MemberSwitchedOff
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership
from holdfast.core.vault.events import KeysChanged
from holdfast.core.vault.models import FolderKey, Grant, ReaderNote
from holdfast.core.vault.readers import READER_ROLES, handed_out_apart
from holdfast.core.vault.sharing import end_cover

#: People told in one go; the rest is told in the next.
BATCH = 200


def _holds() -> Q:
    """Whether a note's reader holds anything of its person."""
    mine = {"client": OuterRef("client"), "reader": OuterRef("reader")}
    grants, keys = Grant.objects.filter(**mine), FolderKey.objects.filter(**mine)
    return Q(Exists(grants)) | Q(Exists(keys))


def _holds_to_pass_on() -> Q:
    """The same of what the person passes on by hand: kinds apart follow rules of their own."""
    mine = {"client": OuterRef("client"), "reader": OuterRef("reader")}
    grants = Grant.objects.filter(**mine).exclude(version__kind__in=handed_out_apart())
    return Q(Exists(grants)) | Q(Exists(FolderKey.objects.filter(**mine)))


def tell_of_new_keys(event: KeysChanged) -> None:
    """To everybody who shares with that account, whichever way round."""
    now = clock.now()
    to: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    notes = ReaderNote.objects.filter(_holds())
    readers = notes.filter(client__user_id=event.user_id)
    for practice_id, reader in readers.values_list("practice_id", "reader_id"):
        to[practice_id].add(reader)
    owners = notes.filter(reader_id=event.user_id, client__user__isnull=False)
    for practice_id, owner in owners.values_list("practice_id", "client__user_id"):
        to[practice_id].add(owner)
    for practice_id, recipients in to.items():
        notify.send(
            practice_id=practice_id,
            recipients=recipients,
            kind="vault-keys-changed",
            subject_id=event.user_id,
            now=now,
        )


def tell_of_leavers(
    now: datetime,
    *,
    practice_id: uuid.UUID | None = None,
    client_id: uuid.UUID | None = None,
) -> int:
    """Tell each person once that somebody who holds something of theirs left; how many were told.

    They are asked on their device whether it passes to somebody else. Whoever left reads nothing
    meanwhile: every reading looks at the care team. Of whoever only covered nothing is left to ask.
    """
    team = CareTeamMember.objects.filter(
        active_on(now.date()),
        client=OuterRef("client"),
        membership__user=OuterRef("reader"),
        membership__active=True,
        membership__role__in=READER_ROLES,
    )
    notes = ReaderNote.objects.filter(_holds_to_pass_on(), ~Exists(team), left_told_at=None)
    if practice_id is not None:
        notes = notes.filter(practice_id=practice_id)
    if client_id is not None:
        notes = notes.filter(client_id=client_id)
    rows = notes.select_related("client").order_by("pk")[:BATCH]
    return sum(_tell_of_leaver(note, now) for note in list(rows))


def _covered_last(note: ReaderNote) -> bool:
    """Whether their last place on the person's care team was a colleague's, for a time."""
    places = CareTeamMember.objects.filter(
        practice_id=note.practice_id, client_id=note.client_id, membership__user_id=note.reader_id
    ).order_by("-starts_on", "-id")
    return places.values_list("purpose", flat=True).first() == CareTeamMember.Purpose.COVER


def _tell_of_leaver(note: ReaderNote, now: datetime) -> bool:
    with transaction.atomic():
        claimed = ReaderNote.objects.filter(pk=note.pk, left_told_at=None)
        if not claimed.update(left_told_at=now) or note.client.user_id is None:
            return False
        if _covered_last(note):
            end_cover(note.client, note.reader_id, by=system(note.practice_id))
            return True
        notify.send(
            practice_id=note.practice_id,
            recipients=[note.client.user_id],
            kind="vault-reader-left",
            subject_id=note.reader_id,
            now=now,
        )
    return True


def on_left(event: CareTeamLeft) -> None:
    tell_of_leavers(clock.now(), practice_id=event.practice_id, client_id=event.client_id)


def on_switched_off(event: MemberSwitchedOff) -> None:
    tell_of_leavers(clock.now(), practice_id=event.practice_id)


def on_joined(event: CareTeamJoined) -> None:
    """Whoever shares with others decides whether somebody new may read it, too."""
    member = Membership.objects.filter(pk=event.membership_id, role__in=READER_ROLES).first()
    client = Client.objects.filter(pk=event.client_id, user__isnull=False).first()
    if member is None or client is None or client.user_id is None:
        return
    notes = ReaderNote.objects.filter(practice_id=event.practice_id, client=client)
    # Of somebody who is back it is told again, should they leave again.
    notes.filter(reader_id=member.user_id).update(left_told_at=None)
    holders = set(notes.filter(_holds_to_pass_on()).values_list("reader_id", flat=True))
    if holders and member.user_id not in holders:
        notify.send(
            practice_id=event.practice_id,
            recipients=[client.user_id],
            kind="vault-reader-joined",
            subject_id=member.user_id,
        )


_looked_on: dict[str, date] = {}


def tell_of_ended(now: datetime) -> int:
    """The worker: whose last day on a care team is over. Days end once a day, so this looks once a
    day in each process, and goes on until nobody is left to tell.
    """
    if _looked_on.get("leavers") == now.date():
        return 0
    told = tell_of_leavers(now)
    if told < BATCH:
        _looked_on["leavers"] = now.date()
    return told
