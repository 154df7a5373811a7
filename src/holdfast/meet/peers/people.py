"""Who may take part, who is never brought together, and the listeners as the engine knows them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from holdfast.core import clock
from holdfast.core.problems import Problem
from holdfast.core.tenancy.models import CareTeamMember, Client, Supervision
from holdfast.meet.peers.engine import matching
from holdfast.meet.peers.models import Block, Chat, Listener, PeerStanding
from holdfast.meet.peers.problems import AdultsOnly, Suspended
from holdfast.safety.screening import facade as screening

#: Of each practice, the listeners that a request is compared with.
MOST_LISTENERS = 2_000


def is_adult(client: Client) -> bool:
    """Whether somebody confirmed that they are 18 or over and never said otherwise (or their care
    team knows better). One statement at most.
    """
    return client.adult_confirmed_at is not None and not screening.age_said(client).minor


def why_not(client: Client) -> Problem | None:
    """Why this person neither asks nor listens. Two statements."""
    if not is_adult(client):
        return AdultsOnly()
    standing = PeerStanding.objects.filter(practice_id=client.practice_id, client=client).first()
    if standing is not None and standing.suspended_at is not None:
        return Suspended()
    return None


def check(client: Client) -> None:
    """Raises AdultsOnly or Suspended. Two statements."""
    problem = why_not(client)
    if problem is not None:
        raise problem


def apart(
    practice_id: uuid.UUID, some: Collection[Client], others: Collection[Client]
) -> set[matching.Pair]:
    """Who of `some` is never brought together with whom of `others`: one blocked the other, or one
    treats the other or supervises who does, or ever did. Five statements.
    """
    ours, theirs = ({one.pk for one in each} for each in (some, others))
    blocks = Block.objects.filter(practice_id=practice_id).filter(
        Q(by__in=ours, of__in=theirs) | Q(of__in=ours, by__in=theirs)
    )
    pairs: set[matching.Pair] = {frozenset(pair) for pair in blocks.values_list("by_id", "of_id")}
    for treated, treating in ((some, others), (others, some)):
        by_user = {one.user_id: one.pk for one in treating}
        found = _who_treats(practice_id, {one.pk for one in treated})
        pairs |= {frozenset({one, by_user[user]}) for one, user in found if user in by_user}
    return pairs


def _who_treats(
    practice_id: uuid.UUID, clients: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Each of the clients with each account that is or was on their team, or supervises it. Two
    statements.
    """
    team = CareTeamMember.objects.filter(practice_id=practice_id, client__in=clients)
    rows = list(team.values_list("client_id", "membership_id", "membership__user_id"))
    above = Supervision.objects.filter(
        practice_id=practice_id, supervisee_id__in={member for _, member, _ in rows}
    ).values_list("supervisee_id", "supervisor__user_id")
    supervisors: dict[uuid.UUID, set[uuid.UUID]] = {}
    for supervisee, user in above:
        supervisors.setdefault(supervisee, set()).add(user)
    found = {(client, user) for client, _, user in rows}
    return found | {
        (client, user) for client, member, _ in rows for user in supervisors.get(member, ())
    }


def listening(practice_id: uuid.UUID) -> list[Listener]:
    """Those with a badge who are switched on and not suspended, with how many chats each has open
    (`open_chats`). One statement.
    """
    suspended = PeerStanding.objects.filter(practice_id=practice_id, suspended_at__isnull=False)
    rows = (
        Listener.objects.filter(
            practice_id=practice_id,
            status=Listener.Status.LISTENING,
            on=True,
            client__left_at=None,
            client__user__is_active=True,
            client__adult_confirmed_at__isnull=False,
        )
        .exclude(client__in=suspended.values("client"))
        .exclude(client__in=screening.said_minor(practice_id))
        .select_related("client")
    )
    return list(rows.order_by("pk")[:MOST_LISTENERS])


def open_chats(practice_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many chats each listener has open. One statement."""
    rows = Chat.objects.filter(practice_id=practice_id, status=Chat.Status.OPEN)
    counted = rows.order_by().values("listener").annotate(many=Count("pk"))
    return dict(counted.values_list("listener", "many"))


def as_engine(row: Listener, open_now: int, now: datetime) -> matching.Listener:
    """A listener from `listening`: every one of those is an adult."""
    hours = [
        matching.Window(
            one["weekday"], time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])
        )
        for one in row.hours
    ]
    local = now.astimezone(ZoneInfo(row.client.time_zone))
    return matching.Listener(
        person=row.client_id,
        topics=frozenset(row.topics),
        languages=frozenset(row.languages),
        here=matching.is_here(row.on, hours, local),
        open=open_now,
        at_once=row.at_once,
        last_taken=row.last_taken_at,
    )


def shown_to(practice_id: uuid.UUID, waiting: Collection[Chat]) -> dict[uuid.UUID, list[Listener]]:
    """To whom each request (with its `asker`) is shown now, the first in turn first. Nine
    statements, however many wait.
    """
    now = clock.now()
    rows = {row.client_id: row for row in listening(practice_id)}
    many = open_chats(practice_id)
    listeners = [as_engine(row, many.get(pk, 0), now) for pk, row in rows.items()]
    askers = {chat.asker_id: chat.asker for chat in waiting}.values()
    between = apart(practice_id, askers, [row.client for row in rows.values()])
    kept_out = _kept_out(practice_id, askers)
    return {
        chat.pk: [
            rows[one.person]
            for one in matching.shown_to(
                matching.Asked(
                    chat.asker_id,
                    chat.topic,
                    chat.language,
                    chat.asked_at,
                    adult=chat.asker_id not in kept_out,
                ),
                listeners,
                between,
                now,
            )
        ]
        for chat in waiting
    }


def _kept_out(practice_id: uuid.UUID, clients: Collection[Client]) -> set[uuid.UUID]:
    """Who of these would be told by `why_not` why they may not take part. Two statements."""
    ids = {one.pk for one in clients}
    suspended = PeerStanding.objects.filter(
        practice_id=practice_id, client__in=ids, suspended_at__isnull=False
    )
    minors = screening.said_minor(practice_id).filter(client__in=ids)
    unconfirmed = {one.pk for one in clients if one.adult_confirmed_at is None}
    return unconfirmed | set(minors) | set(suspended.values_list("client_id", flat=True))
