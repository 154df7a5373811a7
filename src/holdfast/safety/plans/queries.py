"""Reads of proposals."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Membership
from holdfast.core.vault.models import KeyEntry
from holdfast.safety.plans.models import Proposal

#: At most so many at once; one for each clinician.
MOST = 50


@dataclass(frozen=True)
class Proposed:
    """A proposal, who made it, and the history of their keys."""

    proposal: Proposal
    name: str
    keys: list[KeyEntry]


def proposed(client: Client, actor: Actor) -> list[Proposed]:
    """What waits for the person, newest first; to a clinician their own. Three SQL statements."""
    rows = Proposal.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    if client.user_id != actor.user_id:
        rows = rows.filter(author_id=actor.user_id)
    found = list(rows.order_by("-received_at")[:MOST])
    authors = [row.author_id for row in found]
    histories: dict[uuid.UUID, list[KeyEntry]] = defaultdict(list)
    for entry in KeyEntry.objects.filter(user_id__in=authors).order_by("sequence"):
        histories[entry.user_id].append(entry)
    members = Membership.objects.filter(
        practice_id=client.practice_id, user_id__in=authors, role__in=STAFF_ROLES
    )
    names = {row.user_id: row.display_name for row in members.order_by("active", "-joined_at")}
    return [Proposed(row, names.get(row.author_id, ""), histories[row.author_id]) for row in found]
