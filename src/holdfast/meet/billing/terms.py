"""What a practice asks: its letterhead, its fee lists, its sliding scale."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Role
from holdfast.meet.billing.engine import fees
from holdfast.meet.billing.models import Books, FeeCode, FeeList, ScaleStep

#: Faults of a list that are told at once.
MOST_FAULTS = 50
MOST_FOUND = 100


@dataclass(frozen=True)
class Step:
    id: uuid.UUID
    name: str
    percent: int


def books(practice_id: uuid.UUID) -> Books:
    """As they are, or empty and not kept yet. One statement."""
    return Books.objects.filter(practice_id=practice_id).first() or Books(practice_id=practice_id)


def put_issuer(practice_id: uuid.UUID, issuer: dict[str, str], prefix: str, *, by: Actor) -> None:
    """What stands at the head and foot of documents from now on."""
    with transaction.atomic():
        Books.objects.get_or_create(practice_id=practice_id)
        row = Books.objects.select_for_update().get(practice_id=practice_id)
        row.issuer, row.prefix = issuer, prefix
        row.save(update_fields=["issuer_sealed", "prefix"])
        record("update", "billing_terms", by=by, resource_id=practice_id)


def import_fees(
    practice_id: uuid.UUID,
    list_id: uuid.UUID,
    *,
    name: str,
    system: str,
    licence: str,
    text: str,
    by: Actor,
) -> FeeList:
    """A list from CSV, in the place of one of the same code system. All of it or nothing.

    Raises Invalid with `line N` and what is wrong there, Conflict.
    """
    found, faults = fees.read(text)
    if faults:
        raise Invalid(
            errors=tuple(
                FieldError(f"csv.{one.line}", one.code, f"Line {one.line} cannot be taken.")
                for one in faults[:MOST_FAULTS]
            )
        )
    with transaction.atomic():
        if FeeList.objects.filter(pk=list_id).exists():
            raise Conflict
        FeeList.objects.filter(practice_id=practice_id, system=system).delete()
        made = FeeList.objects.create(
            id=list_id,
            practice_id=practice_id,
            name=name,
            system=system,
            licence=licence,
            imported_at=clock.now(),
            imported_by_id=dict(by.memberships).get(Role.ADMINISTRATOR),
        )
        FeeCode.objects.bulk_create(
            [FeeCode(practice_id=practice_id, list=made, **vars(one)) for one in found],
            batch_size=500,
        )
        record("import", "fee_list", by=by, resource_id=list_id, detail={"codes": len(found)})
    return made


def remove_fees(practice_id: uuid.UUID, list_id: uuid.UUID, *, by: Actor) -> None:
    """The list and its codes; what was charged by them keeps its words. Raises NotFound."""
    with transaction.atomic():
        if not FeeList.objects.filter(practice_id=practice_id, pk=list_id).delete()[0]:
            raise NotFound
        record("delete", "fee_list", by=by, resource_id=list_id)


def put_scale(practice_id: uuid.UUID, steps: Sequence[Step], *, by: Actor) -> None:
    """The whole scale, in its order. A step that is left out is agreed with nobody any more; those
    who have it keep it. Raises Conflict.
    """
    with transaction.atomic():
        known = {one.pk: one for one in ScaleStep.objects.filter(practice_id=practice_id)}
        ids = [one.id for one in steps]
        if len(set(ids)) < len(ids):
            raise Conflict
        if ScaleStep.objects.filter(pk__in=ids).exclude(practice_id=practice_id).exists():
            raise Conflict
        ScaleStep.objects.filter(practice_id=practice_id).update(active=False)
        for place, one in enumerate(steps):
            row = known.get(one.id) or ScaleStep(id=one.id, practice_id=practice_id)
            row.name, row.percent, row.place, row.active = one.name, one.percent, place, True
            row.save()
        record("update", "billing_terms", by=by, resource_id=practice_id)


def scale(practice_id: uuid.UUID) -> list[ScaleStep]:
    """What is agreed on now. One statement."""
    rows = ScaleStep.objects.filter(practice_id=practice_id, active=True)
    return list(rows.order_by("place"))


def lists(practice_id: uuid.UUID) -> list[FeeList]:
    """With `many`, how many codes. One statement."""
    rows = FeeList.objects.filter(practice_id=practice_id).annotate(many=Count("codes"))
    return list(rows.order_by("name", "id"))


def find_fees(practice_id: uuid.UUID, words: str) -> list[FeeCode]:
    """Codes that begin with the words, or hold them in their description; at most `MOST_FOUND`. One
    statement.
    """
    rows = FeeCode.objects.filter(practice_id=practice_id).select_related("list")
    if words := words.strip():
        rows = rows.filter(Q(code__istartswith=words) | Q(description__icontains=words))
    return list(rows.order_by("list__name", "code", "id")[:MOST_FOUND])


def fee(practice_id: uuid.UUID, fee_id: uuid.UUID) -> FeeCode:
    """Raises NotFound. One statement."""
    found = FeeCode.objects.filter(practice_id=practice_id, pk=fee_id).select_related("list")
    for row in found:
        return row
    raise NotFound
