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


def apart(client: Client, others: Collection[Client]) -> set[matching.Pair]:
    """With whom of `others` this person is never brought together: blocked by either, or one
    treats the other or supervises who does, or ever did. Four statements.
    """
    ids = {one.pk for one in others}
    pairs: set[matching.Pair] = set()
    blocks = Block.objects.filter(practice_id=client.practice_id).filter(
        Q(by=client, of__in=ids) | Q(of=client, by__in=ids)
    )
    pairs |= {frozenset(pair) for pair in blocks.values_list("by_id", "of_id")}
    by_user: dict[uuid.UUID | None, uuid.UUID] = {one.user_id: one.pk for one in others}
    treats = _who_treats(client.practice_id, {client.pk})
    pairs |= {frozenset({client.pk, by_user[user]}) for _, user in treats if user in by_user}
    treated = _who_treats(client.practice_id, ids)
    pairs |= {frozenset({client.pk, one}) for one, user in treated if user == client.user_id}
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


def asked(chat: Chat, *, adult: bool) -> matching.Asked:
    """A waiting chat as the engine knows it."""
    return matching.Asked(chat.asker_id, chat.topic, chat.language, chat.asked_at, adult)


def shown_to(chat: Chat, asker: Client) -> list[Listener]:
    """To whom a waiting request is shown now, the first in turn first. Ten statements."""
    now = clock.now()
    rows = {row.client_id: row for row in listening(chat.practice_id)}
    many = open_chats(chat.practice_id)
    found = matching.shown_to(
        asked(chat, adult=why_not(asker) is None),
        [as_engine(row, many.get(pk, 0), now) for pk, row in rows.items()],
        apart(asker, [row.client for row in rows.values()]),
        now,
    )
    return [rows[one.person] for one in found]
