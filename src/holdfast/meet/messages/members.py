"""Who may belong to a thread, as things stand now, and whose keys its newest epoch is for."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from holdfast.core import clock
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Supervision
from holdfast.core.vault.models import KeyEntry
from holdfast.core.vault.readers import team_on
from holdfast.meet.messages import groups
from holdfast.meet.messages.models import EpochKey, Member, Thread

_Kind = Thread.Kind


def team_of(client: Client) -> QuerySet[CareTeamMember]:
    """Who of the care team may belong: nobody, once the person took back their consent to it."""
    team = team_on(client, clock.now())
    return team.none() if client.has_withdrawn(CARE_TEAM_CONSENT) else team


def supervisors_of(client: Client) -> QuerySet[Supervision]:
    """Who supervises somebody of the care team today."""
    return Supervision.objects.filter(
        practice_id=client.practice_id,
        supervisor__active=True,
        supervisee__in=team_of(client).values("membership"),
    )


def allowed(
    practice_id: uuid.UUID,
    client: Client | None,
    kind: str,
    users: Collection[uuid.UUID],
    thread_id: uuid.UUID | None = None,
) -> set[uuid.UUID]:
    """Of these accounts, those who may belong to such a thread. One SQL statement, or two, and
    those of who knows a group.

    A person belongs to their own threads and never to those about them.
    """
    if client is None:
        here = Membership.objects.filter(practice_id=practice_id, active=True, user_id__in=users)
        group = groups.of(practice_id, thread_id)
        found = set(here.values_list("user_id", flat=True))
        return found if group is None else found & group.may
    team = team_of(client).filter(membership__user_id__in=users)
    found = set(team.values_list("membership__user_id", flat=True))
    if kind == _Kind.CLIENT and client.user_id is not None and client.user_id in users:
        found.add(client.user_id)
    if kind == _Kind.SUPERVISION:
        above = supervisors_of(client).filter(supervisor__user_id__in=users)
        found |= set(above.values_list("supervisor__user_id", flat=True))
    return found if kind == _Kind.CLIENT else found - {client.user_id}


def current(thread: Thread) -> set[uuid.UUID]:
    """Who belongs to the newest epoch. One SQL statement."""
    rows = Member.objects.filter(
        practice_id=thread.practice_id, thread=thread, left_epoch__isnull=True
    )
    return set(rows.values_list("user_id", flat=True))


def newest_keys(users: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The sequence of each account's newest public keys. One SQL statement."""
    rows = KeyEntry.objects.filter(user_id__in=users).values("user_id")
    return dict(rows.annotate(newest=Max("sequence")).values_list("user_id", "newest"))


@dataclass(frozen=True)
class Standing:
    """Who goes on, and whether the newest epoch may still be written under."""

    members: frozenset[uuid.UUID]
    fresh: bool


def standing(thread: Thread) -> Standing:
    """Stale is an epoch one of whose members left, or has other keys by now. Five statements."""
    belong = current(thread)
    may = allowed(thread.practice_id, thread.client, thread.kind, belong, thread.pk)
    keys = newest_keys(may)
    given = EpochKey.objects.filter(
        practice_id=thread.practice_id, thread=thread, epoch=thread.epoch
    )
    sealed_for = dict(given.values_list("member_id", "sequence"))
    go_on = frozenset(user for user in may if user in keys)
    return Standing(go_on, fresh=sealed_for == keys and go_on == belong)


def is_member(thread: Thread, user: uuid.UUID) -> bool:
    """Whether somebody reads this thread today. Three SQL statements at most."""
    belongs = Member.objects.filter(
        Q(left_epoch__isnull=True), practice_id=thread.practice_id, thread=thread, user_id=user
    )
    return user in readers(thread, [user]) and belongs.exists()


def readers(thread: Thread, users: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of these members, those who are handed what is in the thread today."""
    may = allowed(thread.practice_id, thread.client, thread.kind, users, thread.pk)
    group = groups.of(thread.practice_id, thread.pk if thread.client_id is None else None)
    return may if group is None else {user for user in may if group.reads(user)}


def let_go(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> bool:
    """Somebody belongs no more, from this moment on; whether they did. Their key of this epoch is
    good for nothing new: whoever writes next begins another. Two statements, in a transaction.
    """
    thread = Thread.objects.select_for_update().get(practice_id=practice_id, pk=thread_id)
    here = Member.objects.filter(thread=thread, user_id=user, left_epoch__isnull=True)
    return bool(here.update(left_epoch=thread.epoch + 1))
