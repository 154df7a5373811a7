"""When somebody is there: their weekly rules and the dates that are otherwise, as one whole.

A screen reads the whole, changes it and puts it back, naming the revision that it saw: two screens
do not undo each other, and the same change sent again is the same change.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time

import orjson
from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.models import Membership
from holdfast.meet.scheduling import engine
from holdfast.meet.scheduling.models import (
    AppointmentType,
    AvailabilityException,
    AvailabilityRule,
    Medium,
    Place,
)
from holdfast.meet.scheduling.problems import AvailabilityChanged


@dataclass(frozen=True)
class RuleData:
    """One weekly rule; see `models.AvailabilityRule`."""

    weekday: int
    from_time: time
    until_time: time
    time_zone: str
    valid_from: date
    media: tuple[str, ...]
    valid_until: date | None = None
    place_id: uuid.UUID | None = None
    types: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class ExceptionData:
    """One date; see `models.AvailabilityException`."""

    on: date
    open: bool
    time_zone: str
    from_time: time | None = None
    until_time: time | None = None
    media: tuple[str, ...] = ()
    place_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Availability:
    """The whole, in a fixed order. `revision` says which one it is."""

    rules: tuple[RuleData, ...]
    exceptions: tuple[ExceptionData, ...]

    @property
    def revision(self) -> str:
        whole = orjson.dumps(
            {
                "rules": [asdict(one) for one in self.rules],
                "exceptions": [asdict(one) for one in self.exceptions],
            }
        )
        return hashlib.sha256(whole).hexdigest()[:32]


def of_member(who: Membership) -> Availability:
    """Two statements."""
    rules = AvailabilityRule.objects.filter(practice_id=who.practice_id, membership=who)
    exceptions = AvailabilityException.objects.filter(practice_id=who.practice_id, membership=who)
    return Availability(
        tuple(
            RuleData(
                weekday=row.weekday,
                from_time=row.from_time,
                until_time=row.until_time,
                time_zone=row.time_zone,
                valid_from=row.valid_from,
                media=tuple(row.media),
                valid_until=row.valid_until,
                place_id=row.place_id,
                types=tuple(uuid.UUID(one) for one in row.types),
            )
            for row in rules.order_by("weekday", "from_time", "valid_from", "id")
        ),
        tuple(
            ExceptionData(
                on=row.on,
                open=row.open,
                time_zone=row.time_zone,
                from_time=row.from_time,
                until_time=row.until_time,
                media=tuple(row.media),
                place_id=row.place_id,
            )
            for row in exceptions.order_by("on", "from_time", "id")
        ),
    )


def put(
    who: Membership,
    rules: Sequence[RuleData],
    exceptions: Sequence[ExceptionData],
    *,
    revision: str,
    by: Actor,
) -> Availability:
    """Replace the whole. What is booked stays booked. Raises AvailabilityChanged or Invalid."""
    with transaction.atomic():
        Membership.objects.select_for_update().get(pk=who.pk)
        present = of_member(who)
        if set(present.rules) == set(rules) and set(present.exceptions) == set(exceptions):
            return present
        if present.revision != revision:
            raise AvailabilityChanged
        _check(who, rules, exceptions)
        of_them = {"practice_id": who.practice_id, "membership": who}
        AvailabilityRule.objects.filter(**of_them).delete()
        AvailabilityException.objects.filter(**of_them).delete()
        AvailabilityRule.objects.bulk_create(
            AvailabilityRule(
                **of_them,
                **(asdict(one) | {"media": list(one.media), "types": [str(t) for t in one.types]}),
            )
            for one in dict.fromkeys(rules)
        )
        AvailabilityException.objects.bulk_create(
            AvailabilityException(**of_them, **(asdict(one) | {"media": list(one.media)}))
            for one in dict.fromkeys(exceptions)
        )
        record("update", "availability", by=by, resource_id=who.pk)
    return of_member(who)


def _check(who: Membership, rules: Sequence[RuleData], exceptions: Sequence[ExceptionData]) -> None:
    errors: list[FieldError] = []
    both: list[RuleData | ExceptionData] = [*rules, *exceptions]
    places = {one.place_id for one in both if one.place_id}
    known = Place.objects.filter(practice_id=who.practice_id, pk__in=places)
    if set(known.values_list("id", flat=True)) != places:
        errors.append(FieldError("place_id", "unknown", "There is no such place."))
    types = {one for rule in rules for one in rule.types}
    kinds = AppointmentType.objects.filter(practice_id=who.practice_id, pk__in=types)
    if set(kinds.values_list("id", flat=True)) != types:
        errors.append(FieldError("types", "unknown", "There is no such kind of appointment."))
    for rule in rules:
        errors += _of_rule(rule)
    for one in exceptions:
        errors += _of_exception(one)
    if errors:
        raise Invalid(errors=tuple(errors))


def _of_both(one: RuleData | ExceptionData) -> list[FieldError]:
    errors = []
    if not engine.fits_zone(one.time_zone):
        errors.append(FieldError("time_zone", "zone", "Not the name of a time zone."))
    if not set(one.media) <= set(Medium):
        errors.append(FieldError("media", "medium", "Not a way to meet."))
    return errors


def _backwards(from_time: time, until_time: time) -> bool:
    return until_time != time(0) and until_time <= from_time


def _of_rule(one: RuleData) -> list[FieldError]:
    errors = _of_both(one)
    if not one.media:
        errors.append(FieldError("media", "missing", "In which way do you meet then?"))
    if _backwards(one.from_time, one.until_time):
        errors.append(FieldError("until_time", "before-start", "It ends before it begins."))
    if one.valid_until is not None and one.valid_until < one.valid_from:
        errors.append(FieldError("valid_until", "before-start", "It ends before it begins."))
    return errors


def _of_exception(one: ExceptionData) -> list[FieldError]:
    errors = _of_both(one)
    if (one.from_time is None) != (one.until_time is None):
        errors.append(FieldError("from_time", "paired", "Both times or none."))
    elif one.from_time is None and one.open:
        errors.append(FieldError("from_time", "missing", "From when to when?"))
    elif one.from_time is not None and _backwards(one.from_time, one.until_time or time(0)):
        errors.append(FieldError("until_time", "before-start", "It ends before it begins."))
    if one.open and not one.media:
        errors.append(FieldError("media", "missing", "In which way do you meet then?"))
    return errors
