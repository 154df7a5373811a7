"""Reads of threads: what belongs to whoever asks, as ciphertext."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import active_on
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Role, Supervision
from holdfast.core.vault.models import KeyEntry
from holdfast.core.vault.readers import READER_ROLES
from holdfast.meet.messages import actions, groups, members
from holdfast.meet.messages.models import (
    Answering,
    Epoch,
    EpochKey,
    Member,
    Message,
    Thread,
)

#: Threads in the list of one account: a full caseload has a third of them.
MOST_THREADS = 500
#: Messages in one page.
SIZE, MOST = 50, 200
#: How long what was taken back is told along with every page, for devices that only ask.
TOLD_FOR = timedelta(days=1)

_Kind = Thread.Kind


def client_of(practice_id: uuid.UUID, parameters: Mapping[str, Any]) -> uuid.UUID | None:
    """Whom a thread is about; None for a group's. Raises `NotFound`."""
    rows = Thread.objects.filter(practice_id=practice_id, pk=parameters["thread_id"])
    found = rows.values_list("client_id").first()
    if found is None:
        raise NotFound
    return found[0]


def stands_in(
    actor: Actor, practice_id: uuid.UUID, parameters: Mapping[str, Any]
) -> frozenset[str]:
    """Members of a group are let in as such; about a client, whoever stands to them."""
    rows = Member.objects.filter(
        practice_id=practice_id,
        thread_id=parameters["thread_id"],
        thread__client=None,
        user_id=actor.account,
        left_epoch__isnull=True,
    )
    if not rows.exists():
        return frozenset()
    group = groups.of(practice_id, parameters["thread_id"])
    shut_out = group is not None and not group.reads(actor.account)
    return frozenset(() if shut_out else {"thread_member"})


# --- lists


def _open_to(actor: Actor, practice_id: uuid.UUID, today: date) -> Q:
    """Which threads' clients somebody stands to today: theirs, or of their team or supervisees."""
    team = CareTeamMember.objects.filter(
        active_on(today), practice_id=practice_id, membership__active=True
    )
    on = team.filter(
        membership_id__in=actor.membership_ids, membership__role__in=READER_ROLES
    ).values("client")
    above = Supervision.objects.filter(
        practice_id=practice_id, supervisor_id__in=actor.membership_ids, supervisor__active=True
    )
    below = team.filter(membership__in=above.values("supervisee")).values("client")
    return (
        Q(client__isnull=True)
        | Q(kind=_Kind.CLIENT, client__user_id=actor.user_id)
        | Q(client__in=on)
        | Q(kind=_Kind.SUPERVISION, client__in=below)
    )


def mine(actor: Actor, practice_id: uuid.UUID, client: uuid.UUID | None = None) -> QuerySet[Thread]:
    """The threads that somebody reads today, the newest first. `unread` leaves out one's own."""
    me = Member.objects.filter(thread=OuterRef("pk"), user_id=actor.account)
    unread = (
        Message.objects.filter(
            thread=OuterRef("pk"), seq__gt=OuterRef("read_seq"), retracted_at=None
        )
        .exclude(sender_id=actor.account)
        .order_by()
        .values("thread")
        .annotate(many=Count("pk"))
        .values("many")
    )
    rows = Thread.objects.filter(
        _open_to(actor, practice_id, clock.now().date()),
        practice_id=practice_id,
        client__left_at=None,
        members__user_id=actor.account,
        members__left_epoch__isnull=True,
    )
    if client is not None:
        rows = rows.filter(client_id=client)
    annotated = rows.annotate(read_seq=Subquery(me.values("read_seq")[:1])).annotate(
        unread=Coalesce(Subquery(unread), 0)
    )
    return annotated.order_by("-last_at", "-id")


@dataclass(frozen=True)
class Listed:
    """A thread of a list, and who belongs to it: account, name there, role."""

    thread: Thread
    title: str
    read_seq: int
    unread: int
    members: Sequence[tuple[uuid.UUID, str, str]]


def listed(actor: Actor, practice_id: uuid.UUID, client: uuid.UUID | None) -> list[Listed]:
    """Somebody's threads with names and roles of all in them. Four SQL statements, and those of who
    knows a group.
    """
    belong = Prefetch("members", Member.objects.filter(left_epoch__isnull=True).order_by("user_id"))
    rows = mine(actor, practice_id, client).select_related("client").prefetch_related(belong)
    shown = [
        row
        for row in rows[:MOST_THREADS]
        if row.client is None or not _withdrawn(row.client, actor)
    ]
    known = groups.known(practice_id, [row.pk for row in shown if row.client_id is None])
    everybody = {each.user_id for row in shown for each in row.members.all()}
    called = names(practice_id, everybody)
    return [
        _listed(row, known.get(row.pk), called)
        for row in shown
        if row.pk not in known or known[row.pk].reads(actor.account)
    ]


def _listed(
    row: Thread, group: groups.Group | None, called: Mapping[uuid.UUID, tuple[str, str]]
) -> Listed:
    return Listed(
        row,
        group.title if group else "",
        row.read_seq,  # type: ignore[attr-defined]
        row.unread,  # type: ignore[attr-defined]
        [(each.user_id, *_named(called, group, each.user_id)) for each in row.members.all()],
    )


def _named(
    called: Mapping[uuid.UUID, tuple[str, str]], group: groups.Group | None, user: uuid.UUID
) -> tuple[str, str]:
    """In a group that somebody knows: as it is called there, or nothing."""
    name, role = called.get(user, ("", ""))
    return (name, role) if group is None else (group.name(user), role)


def _withdrawn(client: Client, actor: Actor) -> bool:
    return client.user_id != actor.user_id and client.has_withdrawn("care_team")


def names(practice_id: uuid.UUID, users: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Name and role in the practice, also of those who have left it. Two SQL statements."""
    rows = Membership.objects.filter(practice_id=practice_id, user_id__in=users)
    found = {
        row.user_id: (row.display_name, row.role) for row in rows.order_by("active", "-joined_at")
    }
    own = Client.objects.filter(practice_id=practice_id, user_id__in=users)
    for client in own:
        if client.user_id is not None:
            found[client.user_id] = (client.display_name, Role.CLIENT)
    return found


def unread(actor: Actor, practice_id: uuid.UUID) -> int:
    """How many threads have something new. One SQL statement."""
    with_news: QuerySet[Any] = mine(actor, practice_id)
    return with_news.filter(unread__gt=0).count()


# --- one thread


@dataclass(frozen=True)
class Person:
    """Somebody of a thread, or who may join it, with the whole history of their keys."""

    id: uuid.UUID
    name: str
    role: str
    within: str
    member: bool
    keys: Sequence[KeyEntry]


@dataclass(frozen=True)
class Opened:
    """All that a device needs to read a thread and to write into it."""

    thread: Thread
    me: Member
    epochs: Sequence[Epoch]
    keys: Sequence[EpochKey]
    people: Sequence[Person]
    fresh: bool
    go_on: Sequence[uuid.UUID]
    own_last: tuple[int, bytes]
    title: str
    moderates: bool


def find(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> tuple[Thread, Member]:
    """A thread and one's own place in it. Raises `NotFound`. One SQL statement."""
    found = (
        Member.objects.filter(
            practice_id=practice_id, thread_id=thread_id, user_id=user, left_epoch__isnull=True
        )
        .select_related("thread", "thread__client")
        .first()
    )
    if found is None:
        raise NotFound
    return found.thread, found


def opened(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> Opened:
    """One thread. Thirteen SQL statements, however long it is."""
    thread, me = find(practice_id, thread_id, user)
    epochs = list(Epoch.objects.filter(practice_id=practice_id, thread=thread))
    given = EpochKey.objects.filter(practice_id=practice_id, thread=thread, member_id=user)
    standing = members.standing(thread)
    ever = Member.objects.filter(practice_id=practice_id, thread=thread)
    belonged = dict(ever.values_list("user_id", "left_epoch"))
    makers = {each.maker for each in epochs}
    belong = {each for each, left in belonged.items() if left is None}
    group = groups.of(practice_id, thread.pk if thread.client_id is None else None)
    return Opened(
        thread=thread,
        me=me,
        epochs=epochs,
        keys=list(given.order_by("epoch")),
        people=people(practice_id, {*belonged, *makers}, belong, group),
        fresh=standing.fresh,
        go_on=sorted(standing.members),
        own_last=actions.last_of(thread, user),
        title=group.title if group else "",
        moderates=group is not None and user in group.moderators,
    )


def people(
    practice_id: uuid.UUID,
    users: Collection[uuid.UUID],
    belong: Collection[uuid.UUID],
    group: groups.Group | None = None,
) -> list[Person]:
    """With names, keys and how soon they answer. Four SQL statements."""
    histories: dict[uuid.UUID, list[KeyEntry]] = defaultdict(list)
    for entry in KeyEntry.objects.filter(user_id__in=users).order_by("sequence"):
        histories[entry.user_id].append(entry)
    answers = Answering.objects.filter(practice_id=practice_id, membership__user_id__in=users)
    within = dict(answers.values_list("membership__user_id", "within"))
    called = names(practice_id, users)
    return [
        Person(
            user,
            *_named(called, group, user),
            within.get(user, ""),
            user in belong,
            histories[user],
        )
        for user in sorted(users)
    ]


def may_join(client: Client, kind: str, me: uuid.UUID) -> list[Person]:
    """Who may belong to a new thread of a kind about a client. Seven SQL statements at most."""
    team = members.team_of(client)
    users = {row.membership.user_id for row in team.select_related("membership")}
    if kind == _Kind.CLIENT and client.user_id is not None:
        users.add(client.user_id)
    if kind == _Kind.SUPERVISION:
        above = members.supervisors_of(client)
        users |= set(above.values_list("supervisor__user_id", flat=True))
    return people(client.practice_id, users, {me})


# --- messages


@dataclass(frozen=True)
class MessagesPage:
    """Messages in the order of `seq`; `retracted` are places that were emptied lately."""

    rows: Sequence[Message]
    last_seq: int
    read_seq: int
    retracted: Sequence[int]
    #: How far each of the others has read.
    read_by: Mapping[uuid.UUID, int]


def messages(
    thread: Thread, me: Member, *, after: int | None, before: int | None, limit: int
) -> MessagesPage:
    """After a place, before one, or the newest. Three SQL statements.

    Of an epoch whose key somebody does not have they get the place and nothing else.
    """
    of_thread = Message.objects.filter(practice_id=thread.practice_id, thread=thread)
    rows = of_thread.filter(seq__gte=me.from_seq)
    if after is not None:
        page = list(rows.filter(seq__gt=after).order_by("seq")[:limit])
    else:
        older = rows if before is None else rows.filter(seq__lt=before)
        page = list(older.order_by("-seq")[:limit])[::-1]
    gone = rows.filter(retracted_at__gte=clock.now() - TOLD_FOR).order_by("-retracted_at")
    others = Member.objects.filter(practice_id=thread.practice_id, thread=thread)
    others = others.filter(left_epoch__isnull=True).exclude(pk=me.pk)
    return MessagesPage(
        rows=page,
        last_seq=thread.last_seq,
        read_seq=me.read_seq,
        retracted=list(gone.values_list("seq", flat=True)[:MOST]),
        read_by=dict(others.values_list("user_id", "read_seq")),
    )
