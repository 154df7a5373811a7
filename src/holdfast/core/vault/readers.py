"""Who may be given something of a person's vault: the care team, and whom others register."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.authz import table
from holdfast.core.authz.relationships import active_on
from holdfast.core.tenancy.models import CareTeamMember, Client, Role

#: The roles to whom the authorisation table lets a member of the care team read what is shared.
READER_ROLES = frozenset(
    role for role in Role if table.allows(role, "vault_shared", table.READ, table.CARE_TEAM)
)

#: Of some accounts, those who may be given something of a client's that are not of the care team.
Others = Callable[[Client, Collection[uuid.UUID]], Collection[uuid.UUID]]
_others: dict[str, Others] = {}


def team_on(client: Client, now: datetime) -> QuerySet[CareTeamMember]:
    """Who of the care team may read what is shared, as things stand at `now`."""
    return CareTeamMember.objects.filter(
        active_on(now.date()),
        practice_id=client.practice_id,
        client=client,
        membership__active=True,
        membership__role__in=READER_ROLES,
    )


def register_readers(kind: str, find: Others) -> None:
    """Let items of a kind be given to others than the care team; called from `AppConfig.ready`.

    Whoever registers hands them out: they are on no list of what is shared with somebody.
    """
    _others[kind] = find


def handed_out_apart() -> list[str]:
    """The kinds of items that somebody registered readers for."""
    return sorted(_others)


def who_may_read(
    client: Client, users: Collection[uuid.UUID], kinds: Collection[str] = ()
) -> set[uuid.UUID]:
    """Of these accounts, those who may be given items of all these kinds. One SQL statement, and
    those of whoever registered readers.
    """
    team = team_on(client, clock.now()).filter(membership__user_id__in=users)
    allowed = set(team.values_list("membership__user_id", flat=True))
    if not kinds or not set(kinds) <= _others.keys():
        return allowed
    return set.intersection(*(allowed | set(_others[kind](client, users)) for kind in kinds))
