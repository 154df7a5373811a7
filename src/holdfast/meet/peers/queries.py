"""Reads of peer support. Nobody is ever named to the other side by more than a made-up name."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from holdfast.core import clock
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.meet.peers import people, talking
from holdfast.meet.peers.engine import matching
from holdfast.meet.peers.models import Chat, ChatMessage, Listener, PeerStanding, Report, Side

MOST_CHATS, MOST_REPORTS = 50, 200
MOST_MESSAGES = 200
#: How long a warning stands on the screen.
WARNED_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """What a person is told before anything else. `why_not` is a problem's code."""

    why_not: str | None
    warned: bool
    chats: Sequence[Chat]
    listener: Listener | None
    anybody: bool


def standing(client: Client) -> Standing:
    """Seven SQL statements at most."""
    problem = people.why_not(client)
    found = PeerStanding.objects.filter(practice_id=client.practice_id, client=client).first()
    warned_at = found.warned_at if found else None
    listeners = Listener.objects.filter(
        practice_id=client.practice_id, status=Listener.Status.LISTENING
    )
    return Standing(
        why_not=problem.code if problem else None,
        warned=warned_at is not None and clock.now() - warned_at < WARNED_FOR,
        chats=chats(client),
        listener=Listener.objects.filter(practice_id=client.practice_id, client=client).first(),
        anybody=listeners.exclude(client=client).exists(),
    )


def chats(client: Client) -> list[Chat]:
    """One's own, asked and listened to, the newest first. Two statements."""
    rows = Chat.objects.filter(Q(asker=client) | Q(listener=client), practice_id=client.practice_id)
    rows = rows.exclude(status=Chat.Status.WITHDRAWN).prefetch_related("sides__client")
    return list(rows.order_by("-asked_at")[:MOST_CHATS])


def status_of(chat: Chat, now: datetime) -> str:
    """As people see it: a request that nobody took in time has lapsed."""
    if chat.status == Chat.Status.WAITING and now - chat.asked_at >= matching.WAITS_AT_MOST:
        return "lapsed"
    return chat.status


def find(client: Client, chat_id: uuid.UUID) -> tuple[Chat, Side, Side | None]:
    """A chat of one's own, one's side of it and the other's. Raises NotFound. Two statements."""
    rows = Chat.objects.filter(practice_id=client.practice_id, pk=chat_id)
    chat = rows.prefetch_related("sides__client").select_related("hand_over").first()
    sides = list(chat.sides.all()) if chat else []
    mine = next((one for one in sides if one.client_id == client.pk), None)
    if chat is None or mine is None:
        raise NotFound
    return chat, mine, next((one for one in sides if one.pk != mine.pk), None)


def messages(chat: Chat, after: int) -> list[ChatMessage]:
    """In their order. One statement."""
    rows = ChatMessage.objects.filter(practice_id=chat.practice_id, chat=chat, seq__gt=after)
    return list(rows.order_by("seq")[:MOST_MESSAGES])


def own_last(side: Side) -> Mapping[str, Any]:
    number, hashed = talking.last_of(side)
    return {"number": number, "hash": hashed}


def requests(client: Client) -> list[tuple[Chat, Side]]:
    """Those that are shown to this listener now, the longest waiting first. Fifteen statements,
    however many wait.
    """
    now = clock.now()
    mine = Listener.objects.filter(practice_id=client.practice_id, client=client).first()
    if mine is None or people.why_not(client) is not None:
        return []
    waiting = (
        Chat.objects.filter(
            practice_id=client.practice_id,
            status=Chat.Status.WAITING,
            asked_at__gt=now - matching.WAITS_AT_MOST,
            topic__in=mine.topics,
            language__in=mine.languages,
        )
        .exclude(asker=client)
        .select_related("asker")
        .prefetch_related("sides__client")
    )
    fitting = list(waiting.order_by("asked_at")[:MOST_CHATS])
    shown = people.shown_to(client.practice_id, fitting)
    return [
        (chat, chat.sides.all()[0])
        for chat in fitting
        if client.pk in {row.client_id for row in shown[chat.pk]}
    ]


@dataclass(frozen=True)
class ListenerRow:
    """A listener as administrators see them."""

    listener: Listener
    chats: int
    reports: int


def listeners(practice_id: uuid.UUID) -> list[ListenerRow]:
    """Those who wait for a badge first. Three statements."""
    rows = Listener.objects.filter(practice_id=practice_id, client__left_at=None)
    found = list(rows.select_related("client", "decided_by").order_by("-status", "applied_at"))
    chats = Chat.objects.filter(practice_id=practice_id, listener__isnull=False).order_by()
    had = dict(chats.values("listener").annotate(n=Count("pk")).values_list("listener", "n"))
    about = Report.objects.filter(practice_id=practice_id, by=Side.Role.ASKER).order_by()
    reported = dict(about.values("listener").annotate(n=Count("pk")).values_list("listener", "n"))
    first = {Listener.Status.TRAINED: 0}
    found.sort(key=lambda row: (first.get(row.status, 1), row.applied_at))  # type: ignore[call-overload]
    return [
        ListenerRow(row, had.get(row.client_id, 0), reported.get(row.client_id, 0)) for row in found
    ]


def reports(practice_id: uuid.UUID) -> list[tuple[Report, int]]:
    """What is not decided first, each with how many others were made about the same person. Two
    statements.
    """
    rows = Report.objects.filter(practice_id=practice_id)
    found = list(rows.select_related("decided_by").order_by("decision", "-at")[:MOST_REPORTS])
    everybody = rows.only("by", "listener_id", "asker_id").order_by()
    many = Counter(_about(row) for row in everybody.iterator())
    return [(row, many[_about(row)] - 1 if _about(row) else 0) for row in found]


def _about(row: Report) -> uuid.UUID | None:
    return row.listener_id if row.by == Side.Role.ASKER else row.asker_id
