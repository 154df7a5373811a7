"""What other wings may ask of threads."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from typing import Any

from holdfast.core.actor import Actor
from holdfast.meet.messages import groups, members, queries
from holdfast.meet.messages.actions import NewEpoch, open_group
from holdfast.meet.messages.groups import Group
from holdfast.meet.messages.models import Thread
from holdfast.meet.messages.problems import MessageExists, OutOfPlace
from holdfast.meet.messages.schemas import NewEpochIn, ThreadOpened, ThreadPeopleOut, person_out

__all__ = [
    "Group",
    "MessageExists",
    "NewEpoch",
    "NewEpochIn",
    "OutOfPlace",
    "ThreadOpened",
    "ThreadPeopleOut",
    "is_member",
    "let_go",
    "members_of",
    "open_group",
    "people",
    "register_groups",
    "unread_with",
]


def unread_with(
    actor: Actor, practice_id: uuid.UUID, client_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many messages somebody has not read in their threads with each of these people. One
    statement.
    """
    threads = queries.mine(actor, practice_id).filter(
        kind=Thread.Kind.CLIENT, client_id__in=client_ids
    )
    found: Counter[uuid.UUID] = Counter()
    for row in threads.order_by().values("client_id", "unread"):  # type: ignore[misc]
        found[row["client_id"]] += row["unread"]
    return dict(found)


def is_member(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> bool:
    """Whether somebody reads a thread today. Four SQL statements at most."""
    thread = (
        Thread.objects.select_related("client")
        .filter(practice_id=practice_id, pk=thread_id)
        .first()
    )
    return thread is not None and members.is_member(thread, user)


def register_groups(find: groups.Find) -> None:
    """Let a capability say who may belong to its groups' threads, and what each is called there;
    called from `AppConfig.ready`. See `groups.Group`.
    """
    groups.register(find)


def members_of(practice_id: uuid.UUID, thread_id: uuid.UUID) -> set[uuid.UUID]:
    """Who belongs to a thread now; nobody where there is none. Two SQL statements."""
    thread = Thread.objects.filter(practice_id=practice_id, pk=thread_id).first()
    return members.current(thread) if thread is not None else set()


def people(
    practice_id: uuid.UUID,
    users: Collection[uuid.UUID],
    belong: Collection[uuid.UUID],
    group: Group,
) -> list[dict[str, Any]]:
    """Who may be in a group's next epoch, with their keys, as JSON. Five SQL statements."""
    return [person_out(each) for each in queries.people(practice_id, users, belong, group)]


def let_go(practice_id: uuid.UUID, thread_id: uuid.UUID, user: uuid.UUID) -> bool:
    """Somebody belongs no more, from this moment on; whether they did. In a transaction."""
    return members.let_go(practice_id, thread_id, user)
