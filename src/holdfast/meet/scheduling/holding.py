"""Reservations: nobody and nothing is in two appointments at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from holdfast.meet.scheduling.models import Appointment, Reservation
from holdfast.meet.scheduling.problems import SlotTaken


@dataclass(frozen=True)
class Hold:
    """Whom or what an appointment needs, and for how long, buffers included."""

    kind: str
    holder_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime


def line_up(holders: Iterable[uuid.UUID]) -> None:
    """Wait for whoever books one of these at this moment, in the caller's transaction.

    Two inserts that wait for each other's exclusion constraint are a deadlock, which PostgreSQL
    notices after a second; in line, and always in the same order, nobody waits for each other. One
    statement per holder; none on SQLite, whose IMMEDIATE transactions have one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for holder in sorted(set(holders)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(holder)])


def holds(
    appointment: Appointment,
    *,
    before: int,
    after: int,
    clients: Iterable[uuid.UUID],
    assets: Iterable[tuple[str, uuid.UUID]],
) -> list[Hold]:
    """Everybody and everything that an appointment needs. Buffers (minutes) are the clinician's and
    the room's; a client is free when it ends.
    """
    start, end = appointment.starts_at, appointment.ends_at
    wide = (start - timedelta(minutes=before), end + timedelta(minutes=after))
    kinds = Reservation.Holder
    return [
        Hold(kinds.MEMBERSHIP, appointment.membership_id, *wide),
        *(Hold(kind, asset_id, *wide) for kind, asset_id in assets),
        *(Hold(kinds.CLIENT, client_id, start, end) for client_id in clients),
    ]


def reserve(appointment: Appointment, wanted: list[Hold]) -> None:
    """Raises SlotTaken, naming the kind of holder, where one is taken. Three statements.

    The look before the insert says what is taken; what two transactions do to each other is the
    database's to refuse.
    """
    taken = _taken(appointment, wanted)
    if taken is not None:
        raise SlotTaken(holder=taken)
    try:
        with transaction.atomic():
            Reservation.objects.bulk_create(
                Reservation(
                    practice_id=appointment.practice_id,
                    holder_kind=one.kind,
                    holder_id=one.holder_id,
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                    appointment=appointment,
                )
                for one in wanted
            )
    except IntegrityError:
        raise SlotTaken from None


def _taken(appointment: Appointment, wanted: list[Hold]) -> str | None:
    overlapping = Q()
    for one in wanted:
        overlapping |= Q(
            holder_id=one.holder_id, starts_at__lt=one.ends_at, ends_at__gt=one.starts_at
        )
    if not overlapping:
        return None
    rows = Reservation.objects.filter(overlapping, practice_id=appointment.practice_id, active=True)
    found: str | None = (
        rows.exclude(appointment_id=appointment.pk).values_list("holder_kind", flat=True).first()
    )
    return found


def release(appointment: Appointment, *, client_id: uuid.UUID | None = None) -> None:
    """Give everything back, or one client's time. One statement."""
    rows = Reservation.objects.filter(practice_id=appointment.practice_id, appointment=appointment)
    if client_id is not None:
        rows = rows.filter(holder_kind=Reservation.Holder.CLIENT, holder_id=client_id)
    rows.update(active=False)
