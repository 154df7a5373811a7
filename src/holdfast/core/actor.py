"""Who is acting: an account in a practice, or the system itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from holdfast.core.problems import NotSignedIn


@dataclass(frozen=True)
class Actor:
    """An account together with its active roles in one practice.

    `memberships` maps each role to the membership that holds it. `label` goes into the audit trail
    and is a role, never a name.
    """

    user_id: uuid.UUID | None
    practice_id: uuid.UUID | None
    memberships: tuple[tuple[str, uuid.UUID], ...] = ()
    label: str = "system"

    @property
    def account(self) -> uuid.UUID:
        """Whose account it is; raises `NotSignedIn` for the system itself."""
        if self.user_id is None:
            raise NotSignedIn
        return self.user_id

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.memberships)

    @property
    def membership_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(membership_id for _, membership_id in self.memberships)


def system(practice_id: uuid.UUID | None = None, label: str = "system") -> Actor:
    """The actor of jobs, imports and the command line."""
    return Actor(user_id=None, practice_id=practice_id, label=label)
