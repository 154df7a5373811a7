"""What a capability says of its groups' threads: who may belong, and what each is called there.

A group's thread about which somebody registered shows the names that they give, and no others.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Group:
    """`may` belong to it, `shut_out` for now of these: they keep their place and are handed
    nothing. `called` names everybody, also those who have left. `moderators` take others' messages
    away.
    """

    title: str
    may: frozenset[uuid.UUID]
    shut_out: frozenset[uuid.UUID] = frozenset()
    moderators: frozenset[uuid.UUID] = frozenset()
    called: Mapping[uuid.UUID, str] = field(default_factory=dict)

    def reads(self, user: uuid.UUID) -> bool:
        return user in self.may and user not in self.shut_out

    def name(self, user: uuid.UUID) -> str:
        """Empty, and never the one that the practice knows, for whom it does not name."""
        return self.called.get(user, "")


#: In a practice, of these threads: those that the capability knows.
Find = Callable[[uuid.UUID, Collection[uuid.UUID]], Mapping[uuid.UUID, Group]]
_finders: list[Find] = []


def register(find: Find) -> None:
    """Called from `AppConfig.ready`."""
    _finders.append(find)


def known(practice_id: uuid.UUID, threads: Collection[uuid.UUID]) -> dict[uuid.UUID, Group]:
    """Nothing of threads that nobody registered. No statement where none is asked about."""
    found: dict[uuid.UUID, Group] = {}
    if threads:
        for find in _finders:
            found.update(find(practice_id, threads))
    return found


def of(practice_id: uuid.UUID, thread: uuid.UUID | None) -> Group | None:
    return known(practice_id, [thread]).get(thread) if thread is not None else None
