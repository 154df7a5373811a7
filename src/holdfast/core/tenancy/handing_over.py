"""One clinician's caseload passes to colleagues: what they hold, and moving it.

Open flags and what a person shares are no business of this wing: who knows of them follows the
events that are published here, in the same order.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from holdfast.core import clock, events
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy import readiness
from holdfast.core.tenancy.actions import clinicians_of, join_care_team, leave_care_team
from holdfast.core.tenancy.events import CaseloadHandedOver
from holdfast.core.tenancy.models import CareTeamMember, Membership, OnCall


@dataclass(frozen=True)
class Caseload:
    """Places on care teams, today's and later ones, and the turn on call (1 is first)."""

    places: Sequence[CareTeamMember]
    on_call: int | None


@dataclass(frozen=True)
class HandedOver:
    """How many people passed, and whether a turn on call did."""

    clients: int
    on_call: bool


def _places(member: Membership, today: date) -> QuerySet[CareTeamMember]:
    return CareTeamMember.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        membership=member,
        practice_id=member.practice_id,
    ).select_related("client")


def caseload_of(member: Membership) -> Caseload:
    """What a hand-over would move, by the day each place began. Two SQL statements."""
    places = list(_places(member, clock.now().date()).order_by("starts_on", "id"))
    turn = OnCall.objects.filter(practice_id=member.practice_id, membership=member)
    return Caseload(places, turn.values_list("position", flat=True).first())


def hand_over(
    member: Membership,
    to: uuid.UUID,
    others: Mapping[uuid.UUID, uuid.UUID] | None = None,
    *,
    by: Actor,
) -> HandedOver:
    """Everybody whom `member` cares for passes to a colleague, today, and so does their turn.

    `others` names another colleague for some people, by the id of their record. Each takes the
    place as it was: purpose, last day, and whether it is the first one. Open flags follow the
    people, and the rest of the member's flags goes to `to` (see `safety.flags.handing_over`).
    Raises `Invalid` for who cannot take over and for people who are none of theirs.
    """
    heirs = _heirs(member, to, others or {})
    today = clock.now().date()
    with readiness.kept(member.practice):
        entries = list(_places(member, today).select_for_update(of=("self",)))
        if not set(others or {}) <= {entry.client_id for entry in entries}:
            raise Invalid(errors=(FieldError("people", "client", "People of this caseload."),))
        for entry in entries:
            heir = heirs[(others or {}).get(entry.client_id, to)]
            _take_place(entry, heir, today, by)
            leave_care_team(entry, by=by, successor=heir)
        turn = _pass_turn(member, heirs[to], by)
        clients = len({entry.client_id for entry in entries})
        record(
            "hand-over",
            "membership",
            by=by,
            resource_id=member.pk,
            detail={"to": sorted(map(str, heirs)), "clients": clients, "on_call": turn},
        )
        events.publish(CaseloadHandedOver(member.practice_id, member.pk, to))
    return HandedOver(clients, turn)


def _heirs(
    member: Membership, to: uuid.UUID, others: Mapping[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, Membership]:
    found = clinicians_of(member.practice, dict.fromkeys([to, *others.values()]), "to")
    if any(heir.pk == member.pk for heir in found):
        raise Invalid(errors=(FieldError("to", "membership", "Another clinician."),))
    return {heir.pk: heir for heir in found}


def _pass_turn(member: Membership, heir: Membership, by: Actor) -> bool:
    """The heir stands where the member stood; who has a turn already keeps that one alone."""
    order = OnCall.objects.select_for_update().filter(practice_id=member.practice_id)
    turns = {turn.membership_id: turn for turn in order}
    turn = turns.get(member.pk)
    if turn is None:
        return False
    if heir.pk in turns:
        turn.delete()
    else:
        OnCall.objects.filter(pk=turn.pk).update(membership=heir)
    entries = OnCall.objects.filter(practice_id=member.practice_id).order_by("position")
    names = [str(each) for each in entries.values_list("membership_id", flat=True)]
    record("change", "on_call", by=by, detail={"entries": names})
    return True


def _take_place(entry: CareTeamMember, successor: Membership, today: date, by: Actor) -> None:
    """Put the successor where somebody was; who is on the team already stays at least as long."""
    starts_on = max(entry.starts_on, today)
    there = (
        CareTeamMember.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))
        .filter(practice_id=entry.practice_id, client=entry.client, membership=successor)
        .order_by("starts_on")
        .first()
    )
    if there is None:
        join_care_team(
            entry.client,
            successor,
            purpose=entry.purpose,
            primary=entry.primary,
            starts_on=starts_on,
            ends_on=entry.ends_on,
            by=by,
        )
        return
    there.purpose = entry.purpose
    there.primary = there.primary or entry.primary
    there.starts_on = min(there.starts_on, starts_on)
    if there.ends_on is not None:
        there.ends_on = entry.ends_on and max(entry.ends_on, there.ends_on)
    there.save(update_fields=["purpose", "primary", "starts_on", "ends_on"])
