"""Flags of somebody who leaves a care team: they follow the person to whoever treats them now.

Whoever is switched off altogether loses theirs at the next tick (`escalation`): no flag that is
open is ever without an owner who can act on it, and no clock stops meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.events import CareTeamLeft, CaseloadHandedOver
from holdfast.safety.flags import chain
from holdfast.safety.flags.models import Flag, FlagEvent, State
from holdfast.safety.flags.raising import add_event


@dataclass(frozen=True)
class Waiting:
    """A flag that is not closed: whether somebody has seen it, and when its clock runs out.

    Of whom it is, how grave and why is for those who treat the person.
    """

    seen: bool
    due_at: datetime | None


def waiting_with(practice_id: uuid.UUID, membership_id: uuid.UUID) -> Sequence[Waiting]:
    """The flags that somebody owns and that are not closed, the most pressing first. One SQL
    statement.
    """
    rows = Flag.objects.filter(practice_id=practice_id, owner_id=membership_id)
    ordered = rows.exclude(state=State.CLOSED).order_by(F("escalate_at").asc(nulls_last=True), "id")
    found = ordered.values_list("state", "due_at", "escalate_at")
    return [
        Waiting(state != State.OPEN, due_at if state == State.OPEN else clock_ends)
        for state, due_at, clock_ends in found
    ]


def pass_on_the_rest(event: CaseloadHandedOver) -> None:
    """Flags that came to somebody in their turn on call, of people whom they do not treat."""
    now = clock.now()
    owned = Flag.objects.filter(practice_id=event.practice_id, owner_id=event.membership_id)
    for flag_id in list(owned.exclude(state=State.CLOSED).values_list("pk", flat=True)):
        _pass(flag_id, event.membership_id, event.successor_id, now)


def pass_on(event: CareTeamLeft) -> None:
    """The open flag that the leaver owns goes to who took over, or else to who treats the person.

    Its state and its clock stay as they are. Where nobody else treats the person it stays with its
    owner, who keeps reading and acting on it, and escalates as ever.
    """
    now = clock.now()
    heirs = [event.successor_id] if event.successor_id else []
    heirs += chain.treating_clinicians(event.practice_id, event.client_id, now)
    to = next((heir for heir in heirs if heir != event.membership_id), None)
    if to is None:
        return
    owned = Flag.objects.filter(
        practice_id=event.practice_id, client_id=event.client_id, owner_id=event.membership_id
    ).exclude(state=State.CLOSED)
    for flag_id in list(owned.values_list("pk", flat=True)):
        _pass(flag_id, event.membership_id, to, now)


def _pass(flag_id: uuid.UUID, owner: uuid.UUID, to: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():
        claimed = Flag.objects.filter(pk=flag_id, owner_id=owner).exclude(state=State.CLOSED)
        if not claimed.update(owner_id=to):
            return  # somebody was faster
        flag = Flag.objects.get(pk=flag_id)
        add_event(flag, FlagEvent.Kind.ASSIGNED, now, to=to, handed_over=True)
        chain.tell(flag, chain.ASSIGNED, [to], now)
        record(
            "assign",
            "flag",
            by=system(flag.practice_id),
            resource_id=flag.pk,
            client_id=flag.client_id,
            at=now,
        )
