"""Who may be given a person's plan: their care team, and whoever a flag of theirs may come to.

The server cannot seal anything to anybody. This is the list by which the person's own device does:
when they share, and again whenever they open the app. Whoever is on call holds a grant beforehand
and is handed the plan only while a flag of the person's has come to them.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db.models import Max

from holdfast.core.authz.relationships import CARE_TEAM_CONSENT
from holdfast.core.tenancy.models import CLINICAL_ROLES, Client, Membership, OnCall
from holdfast.core.vault.models import Grant, KeyEntry, Opening, ReaderNote
from holdfast.core.vault.readers import team_on
from holdfast.safety.flags import facade as flags

#: Of the vault's items.
KIND = "safety-plan"

Why = Literal["team", "on_call"]


@dataclass
class Reader:
    """Somebody who may be given the plan (`why`), or who holds it and may not any more (None).

    `hashes`: of the newest versions that they hold. `declined`: the person took something back from
    them, and they hold nothing of the plan: only the person's own tap gives it to them again.
    """

    id: uuid.UUID
    name: str
    role: str
    why: Why | None
    keys: Sequence[KeyEntry] = ()
    hashes: list[bytes] = field(default_factory=list)
    given_at: datetime | None = None
    opened_at: datetime | None = None
    holds: bool = False
    declined: bool = False


def _team(client: Client, now: datetime) -> dict[uuid.UUID, Membership]:
    if client.has_withdrawn(CARE_TEAM_CONSENT):
        return {}
    rows = team_on(client, now).select_related("membership")
    return {row.membership.user_id: row.membership for row in rows}


def _on_call(client: Client) -> dict[uuid.UUID, Membership]:
    """Everybody on call, and to whom a flag that is not closed has come."""
    of = {"practice_id": client.practice_id}
    listed = OnCall.objects.filter(**of).values_list("membership_id", flat=True)
    ids = {*listed, *flags.came_to(client.practice_id, client.pk)}
    rows = Membership.objects.filter(**of, pk__in=ids, active=True, role__in=CLINICAL_ROLES)
    return {row.user_id: row for row in rows}


def readers_among(client: Client, users: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of some accounts, those beside the care team that may be granted it; `vault.readers` asks."""
    return set(_on_call(client)) & set(users)


def readers(client: Client, now: datetime) -> list[Reader]:
    """The care team, then whoever is on call, then who still holds it. Nine SQL statements."""
    of = {"practice_id": client.practice_id, "client": client}
    found: dict[uuid.UUID, Reader] = {}
    whys: tuple[tuple[Why, dict[uuid.UUID, Membership]], ...] = (
        ("team", _team(client, now)),
        ("on_call", _on_call(client)),
    )
    for why, members in whys:
        for user, member in members.items():
            found.setdefault(user, Reader(user, member.display_name, member.role, why))
    grants = Grant.objects.filter(**of, version__kind=KIND).exclude(reader_id=client.user_id)
    held = list(grants.values_list("reader_id", "given_at", "version__hash", "version__superseded"))
    for reader in _names(client, {user for user, *_ in held} - found.keys()):
        found[reader.id] = reader
    for user, given_at, hashed, superseded in held:
        reader = found[user]
        reader.holds = True
        reader.given_at = max(given_at, reader.given_at or given_at)
        if not superseded:
            reader.hashes.append(bytes(hashed))
    _complete(client, found)
    return list(found.values())


def _names(client: Client, users: set[uuid.UUID]) -> Iterable[Reader]:
    if not users:
        return []
    found = {user: Reader(user, "", "", None) for user in users}
    rows = Membership.objects.filter(practice_id=client.practice_id, user_id__in=users)
    for row in rows.order_by("active", "-joined_at"):
        found[row.user_id].name, found[row.user_id].role = row.display_name, row.role
    return found.values()


def _complete(client: Client, found: dict[uuid.UUID, Reader]) -> None:
    """Their keys, when the plan was last handed to them, and from whom something was taken back."""
    of = {"practice_id": client.practice_id, "client": client, "reader_id__in": list(found)}
    histories: dict[uuid.UUID, list[KeyEntry]] = defaultdict(list)
    for entry in KeyEntry.objects.filter(user_id__in=list(found)).order_by("sequence"):
        histories[entry.user_id].append(entry)
    opened = Opening.objects.filter(**of, version__kind=KIND).values("reader_id")
    last = dict(opened.annotate(at=Max("opened_at")).values_list("reader_id", "at"))
    taken = ReaderNote.objects.filter(**of, taken_back_at__isnull=False)
    declined = set(taken.values_list("reader_id", flat=True))
    for user, reader in found.items():
        reader.keys = histories[user]
        reader.opened_at = last.get(user)
        reader.declined = user in declined and not reader.holds
