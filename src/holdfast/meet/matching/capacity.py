"""How many people somebody treats, and how many they want to: what suggestions respect."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.authz.relationships import active_on
from holdfast.core.tenancy.models import CLINICAL_ROLES, CareTeamMember, Membership, Role
from holdfast.meet.matching.listing import next_revision
from holdfast.meet.matching.models import Profile
from holdfast.meet.matching.offering import own_member


@dataclass(frozen=True)
class Room:
    """`capacity` None: they have not said. `listed`: whether suggestions name them at all."""

    membership_id: uuid.UUID
    name: str
    people: int
    capacity: int | None
    listed: bool


def rooms(practice_id: uuid.UUID, *, by: Actor, today: date) -> list[Room]:
    """By name: everybody who treats people for an administrator, oneself for others. Two
    statements.
    """
    members = Membership.objects.filter(
        practice_id=practice_id, active=True, role__in=CLINICAL_ROLES
    ).select_related("profile")
    if Role.ADMINISTRATOR not in by.roles:
        members = members.filter(pk__in=by.membership_ids)
    here = list(members)
    rows = CareTeamMember.objects.filter(
        active_on(today) | Q(starts_on__gt=today),
        practice_id=practice_id,
        membership__in=here,
        purpose=CareTeamMember.Purpose.TREATMENT,
    )
    counted = rows.values_list("membership_id").annotate(people=Count("client_id", distinct=True))
    people = dict(counted.order_by())
    found = [_room(one, people.get(one.pk, 0)) for one in here]
    return sorted(found, key=lambda one: (one.name.casefold(), str(one.membership_id)))


def _room(member: Membership, people: int) -> Room:
    profile: Profile | None = getattr(member, "profile", None)
    capacity = profile.capacity if profile else None
    listed = profile.listed if profile else False
    return Room(member.pk, member.display_name, people, capacity, listed)


def say(practice_id: uuid.UUID, capacity: int, *, by: Actor) -> None:
    """How many people somebody wants to treat; suggestions heed it at once. Raises NotFound."""
    with transaction.atomic():
        member = own_member(practice_id, by)
        changed = {"capacity": capacity, "revision": next_revision(practice_id)}
        Profile.objects.update_or_create(
            membership=member,
            defaults=changed,
            create_defaults=changed | {"practice_id": practice_id},
        )
        record("update", "clinician_profile", by=by, resource_id=member.pk)
