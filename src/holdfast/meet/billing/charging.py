"""What was agreed with a person, and what is charged: each a decision of somebody named."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Client, Role
from holdfast.meet.billing import terms
from holdfast.meet.billing.engine import money
from holdfast.meet.billing.models import Charge, FeeAgreement, ScaleStep
from holdfast.meet.billing.problems import ChargedAlready, ChargeTaken, NotChargeable
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.scheduling import facade as scheduling

ChargeKind = Literal["visit", "no_show", "late_cancel"]
_LIVE = (Charge.Status.BILLABLE, Charge.Status.BILLED)


@dataclass(frozen=True)
class Chargeable:
    """A visit that took place, or a time held for nothing, for which nothing is charged yet."""

    encounter_id: uuid.UUID
    kind: ChargeKind
    starts_at: datetime
    membership_id: uuid.UUID
    with_name: str


def own_member(by: Actor) -> uuid.UUID:
    """As whom somebody decides. Raises NotFound."""
    for role, membership_id in by.memberships:
        if role in (Role.CLINICIAN, Role.PRESCRIBER):
            return membership_id
    raise NotFound


def agreement(client: Client) -> FeeAgreement | None:
    """What holds now. One statement."""
    rows = FeeAgreement.objects.filter(practice_id=client.practice_id, client=client)
    return rows.select_related("step", "agreed_by").order_by("-agreed_at", "-pk").first()


def agree(client: Client, step_id: uuid.UUID | None, *, by: Actor) -> FeeAgreement:
    """A step of the scale, or (None) the whole fee, from now on. Raises Invalid."""
    steps = ScaleStep.objects.filter(practice_id=client.practice_id, active=True)
    if step_id is not None and not steps.filter(pk=step_id).exists():
        raise Invalid(errors=(FieldError("step_id", "unknown", "There is no such step."),))
    with transaction.atomic():
        made = FeeAgreement.objects.create(
            practice_id=client.practice_id,
            client=client,
            step_id=step_id,
            agreed_by_id=own_member(by),
            agreed_at=clock.now(),
        )
        record("agree", "fee_agreement", by=by, resource_id=made.pk, client_id=client.pk)
    return made


def chargeable(client: Client) -> list[Chargeable]:
    """Newest first. Three statements."""
    charged = set(
        Charge.objects.filter(
            practice_id=client.practice_id, client=client, status__in=_LIVE
        ).values_list("encounter_id", flat=True)
    )
    return [one for one in _ended(client) if one.encounter_id not in charged]


def _ended(client: Client) -> list[Chargeable]:
    """Two statements."""
    late = scheduling.called_off_late(client.practice_id, client.pk)
    found: list[Chargeable] = []
    for row in encounters.ended_of(client.practice_id, client.pk):
        kind: ChargeKind
        if row.status == "finished":
            kind = "visit"
        elif row.status == "no_show":
            kind = "no_show"
        elif row.id in late:
            kind = "late_cancel"
        else:
            continue
        found.append(Chargeable(row.id, kind, row.starts_at, row.membership_id, row.with_name))
    return found


def charge(
    client: Client,
    charge_id: uuid.UUID,
    *,
    encounter_id: uuid.UUID,
    fee_id: uuid.UUID,
    units: int,
    by: Actor,
) -> Charge:
    """So many units of a fee for a visit, at the step agreed; sent again it is the same one.

    Raises NotChargeable, ChargedAlready, NotFound and Conflict.
    """
    there = Charge.objects.filter(pk=charge_id).first()
    if there is not None:
        if there.client_id != client.pk or there.encounter_id != encounter_id:
            raise Conflict
        return there
    visit = next((one for one in _ended(client) if one.encounter_id == encounter_id), None)
    if visit is None:
        raise NotChargeable
    fee = terms.fee(client.practice_id, fee_id)
    agreed = agreement(client)
    percent = agreed.step.percent if agreed and agreed.step else 100
    row = Charge(
        id=charge_id,
        practice_id=client.practice_id,
        client=client,
        encounter_id=encounter_id,
        membership_id=visit.membership_id,
        kind=visit.kind,
        served_on=visit.starts_at.astimezone(ZoneInfo(client.practice.time_zone)).date(),
        units=units,
        listed=fee.amount,
        percent=percent,
        amount=money.scaled(fee.amount * units, percent),
        currency=fee.currency,
        decided_by_id=own_member(by),
        decided_at=clock.now(),
    )
    row.item = {"system": fee.list.system, "code": fee.code, "description": fee.description}
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record("create", "charge", by=by, resource_id=row.pk, client_id=client.pk,
                   detail={"kind": row.kind})  # fmt: skip
    except IntegrityError:
        raise ChargedAlready from None
    return row


def drop(client: Client, charge_id: uuid.UUID, *, by: Actor) -> None:
    """It was a mistake, or is let go. Safe to repeat. Raises ChargeTaken for what was billed."""
    with transaction.atomic():
        rows = Charge.objects.select_for_update()
        row = rows.filter(practice_id=client.practice_id, client=client, pk=charge_id).first()
        if row is None:
            raise NotFound
        if row.status == Charge.Status.BILLED:
            raise ChargeTaken
        if row.status == Charge.Status.BILLABLE:
            row.status = Charge.Status.DROPPED
            row.save(update_fields=["status"])
            record("drop", "charge", by=by, resource_id=row.pk, client_id=client.pk)


def charges(client: Client) -> list[Charge]:
    """Newest first, without those that were dropped. One statement."""
    rows = Charge.objects.filter(
        practice_id=client.practice_id, client=client, status__in=_LIVE
    ).select_related("membership", "decided_by", "document")
    return list(rows.order_by("-served_on", "-pk"))
