"""Reads of scheduling, scoped by practice in the fetch itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from holdfast.core import clock
from holdfast.core.authz.relationships import active_on
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, CareTeamMember
from holdfast.meet.scheduling.models import Appointment, Participant, SlotOffer, WaitingEntry

#: No appointment lasts longer: one that runs began at most so long before.
LONGEST = timedelta(hours=10)
MOST = 500


def with_people(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """With clinician, place, kind and participants loaded: two statements."""
    participants = Participant.objects.order_by("joined_at", "id")
    loaded = rows.select_related("membership", "place", "type")
    return loaded.prefetch_related(Prefetch("participants", participants))


def one(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> Appointment:
    """Raises NotFound outside the practice. Two statements."""
    rows = Appointment.objects.filter(practice_id=practice_id, pk=appointment_id)
    for found in with_people(rows):
        return found
    raise NotFound


def between(
    practice_id: uuid.UUID,
    since: datetime,
    until: datetime,
    *,
    membership_id: uuid.UUID | None = None,
    client_id: uuid.UUID | None = None,
    **filters: Any,
) -> list[Appointment]:
    """Those that overlap [since, until), earliest first, cancelled ones too, at most `MOST`. Two
    statements.
    """
    rows = Appointment.objects.filter(practice_id=practice_id, **filters)
    rows = rows.filter(starts_at__lt=until, starts_at__gt=since - LONGEST, ends_at__gt=since)
    if membership_id is not None:
        rows = rows.filter(membership_id=membership_id)
    if client_id is not None:
        rows = rows.filter(
            pk__in=Participant.objects.filter(
                practice_id=practice_id,
                client_id=client_id,
                starts_at__lt=until,
                starts_at__gt=since - LONGEST,
            ).values("appointment_id")
        )
    return list(with_people(rows).order_by("starts_at", "id")[:MOST])


def agenda(
    practice_id: uuid.UUID, membership_ids: Collection[uuid.UUID], since: datetime, until: datetime
) -> list[Appointment]:
    """Of these members, with who comes. Three statements."""
    people = Participant.objects.select_related("client").order_by("joined_at", "id")
    rows = Appointment.objects.filter(
        practice_id=practice_id,
        membership_id__in=membership_ids,
        starts_at__lt=until,
        starts_at__gt=since - LONGEST,
        ends_at__gt=since,
    )
    loaded = rows.select_related("membership", "place", "type")
    with_them = loaded.prefetch_related(Prefetch("participants", people))
    return list(with_them.order_by("starts_at", "id")[:MOST])


def people_between(
    practice_id: uuid.UUID, membership_ids: Collection[uuid.UUID], since: datetime, until: datetime
) -> set[uuid.UUID]:
    """Who has a part in what these members have in a time, as `agenda` counts it. One statement."""
    rows = Participant.objects.filter(
        practice_id=practice_id,
        appointment__membership_id__in=membership_ids,
        appointment__starts_at__lt=until,
        appointment__starts_at__gt=since - LONGEST,
        appointment__ends_at__gt=since,
    )
    return set(rows.values_list("client_id", flat=True))


def team(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[dict[str, Any]]:
    """Who treats a client now: [{"membership_id", "name"}], the first of them first. One
    statement.
    """
    rows = CareTeamMember.objects.select_related("membership").filter(
        active_on(clock.now().date()),
        practice_id=practice_id,
        client_id=client_id,
        membership__active=True,
        membership__role__in=CLINICAL_ROLES,
    )
    found = {
        row.membership_id: {
            "membership_id": row.membership_id,
            "name": row.membership.display_name,
        }
        for row in rows.order_by("-primary", "id")
    }
    return list(found.values())


def waiting_of(practice_id: uuid.UUID, client_id: uuid.UUID) -> list[WaitingEntry]:
    """What they wait for now, with every offer of it, newest first. Two statements."""
    offers = SlotOffer.objects.select_related("place").order_by("-offered_at", "id")
    rows = WaitingEntry.objects.filter(
        practice_id=practice_id, client_id=client_id, state=WaitingEntry.State.WAITING
    ).select_related("membership", "type")
    return list(rows.prefetch_related(Prefetch("offers", offers)).order_by("created_at"))
