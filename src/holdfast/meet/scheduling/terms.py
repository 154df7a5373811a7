"""What a practice offers: kinds of appointment, and places with their rooms and equipment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.meet.scheduling.models import AppointmentType, Asset, Medium, Place


@dataclass(frozen=True)
class AssetData:
    """A room or a piece of equipment. Left out of a change, it is kept and no longer offered."""

    id: uuid.UUID
    kind: str
    name: str


def put_type(
    practice_id: uuid.UUID, type_id: uuid.UUID, terms: dict[str, Any], *, by: Actor, new: bool
) -> AppointmentType:
    """Make a kind, or change one; what is booked keeps its times. Raises NotFound or Invalid."""
    if not terms["media"] or not set(terms["media"]) <= set(Medium):
        raise Invalid(errors=(FieldError("media", "medium", "In which ways do you meet?"),))
    with transaction.atomic():
        row = _row(AppointmentType, practice_id, type_id, new)
        for name, value in terms.items():
            setattr(row, name, value)
        row.save()
        record("update", "appointment_type", by=by, resource_id=type_id)
    found: AppointmentType = row
    return found


def put_place(
    practice_id: uuid.UUID,
    place_id: uuid.UUID,
    *,
    name: str,
    address: str,
    active: bool,
    assets: Sequence[AssetData],
    by: Actor,
    new: bool,
) -> Place:
    """Make a place, or change one. Raises NotFound or Conflict."""
    with transaction.atomic():
        place: Place = _row(Place, practice_id, place_id, new)
        place.name, place.address, place.active = name, address, active
        place.save()
        known = {one.pk: one for one in Asset.objects.filter(place=place)}
        for one in assets:
            row = known.pop(one.id, None) or _row(Asset, practice_id, one.id, True)
            row.place, row.kind, row.name, row.active = place, one.kind, one.name, True
            row.save()
        Asset.objects.filter(pk__in=list(known)).update(active=False)
        record("update", "place", by=by, resource_id=place_id)
    return place


def _row(model: Any, practice_id: uuid.UUID, pk: uuid.UUID, new: bool) -> Any:
    """The row to fill: one that is there, or (`new`) one under the device's identifier."""
    row = model.objects.filter(pk=pk).first()
    if row is None and new:
        return model(pk=pk, practice_id=practice_id)
    if row is not None and row.practice_id == practice_id:
        return row
    raise Conflict if new else NotFound


def types(practice_id: uuid.UUID) -> list[AppointmentType]:
    """By name, those no longer offered too. One statement."""
    return list(AppointmentType.objects.filter(practice_id=practice_id).order_by("name", "id"))


def places(practice_id: uuid.UUID) -> list[Place]:
    """By name, with what they have. Two statements."""
    rows = Place.objects.filter(practice_id=practice_id).order_by("name", "id")
    return list(rows.prefetch_related("assets"))
