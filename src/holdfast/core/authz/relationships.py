"""How an actor stands to a client. Higher wings register the ways that only they know."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.db.models import Q

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.authz import table
from holdfast.core.tenancy.models import CareTeamMember, Client, Supervision

Finder = Callable[[Actor, Client], bool]

#: The consent that a care team reads by.
CARE_TEAM_CONSENT = "care_team"

_registered: dict[str, Finder] = {}


def register(relationship: str, finder: Finder) -> None:
    """Let a higher wing say who stands in `relationship`; called from `AppConfig.ready`."""
    _registered[relationship] = finder


def refused_by_consent(actor: Actor, client: Client) -> bool:
    """Whether the actor is on the person's care team, and the person has taken back their consent
    to it. One statement where they have.
    """
    if not client.has_withdrawn(CARE_TEAM_CONSENT):
        return False
    return bool(_team_membership_ids(client) & actor.membership_ids)


def active_on(day: date) -> Q:
    """Care-team rows that hold on a day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def _team_membership_ids(client: Client) -> set[uuid.UUID]:
    rows = CareTeamMember.objects.filter(
        active_on(clock.now().date()),
        practice_id=client.practice_id,
        client=client,
        membership__active=True,
    )
    return set(rows.values_list("membership_id", flat=True))


def _supervises(actor: Actor, client: Client, team: set[uuid.UUID]) -> bool:
    return Supervision.objects.filter(
        practice_id=client.practice_id,
        supervisor_id__in=actor.membership_ids,
        supervisee_id__in=team,
    ).exists()


def of(actor: Actor, client: Client) -> dict[str, frozenset[str]]:
    """For each of the actor's roles, the relationships it stands in to the client.

    `self` belongs to the client role alone, `supervised` to the supervisor role alone; being on the
    care team belongs to the role whose membership was put there, for as long as the person agrees
    to it. Who answers for a flag goes on doing so.
    """
    found: dict[str, set[str]] = {role: {table.PRACTICE} for role in actor.roles}
    if "client" in found and client.user_id == actor.user_id and actor.user_id is not None:
        found["client"].add(table.SELF)
    team: set[uuid.UUID] = set()
    if actor.roles - {"client"} and not client.has_withdrawn(CARE_TEAM_CONSENT):
        team = _team_membership_ids(client)
    for role, membership_id in actor.memberships:
        if membership_id in team:
            found[role].add(table.CARE_TEAM)
    if "supervisor" in found and team and _supervises(actor, client, team):
        found["supervisor"].add(table.SUPERVISED)
    for relationship, finder in _registered.items():
        for role in actor.roles - {"client", "administrator", "researcher"}:
            if finder(actor, client):
                found[role].add(relationship)
    return {role: frozenset(names) for role, names in found.items()}
