"""Telling the others: whoever has a part in an appointment and did not do it themself."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.core.actor import Actor
from holdfast.core.notify import facade as notify
from holdfast.core.notify.kinds import Kind
from holdfast.core.tenancy.models import Client
from holdfast.meet.scheduling.models import Appointment


def booked(appointment: Appointment, clients: Iterable[Client], *, by: Actor) -> None:
    _tell("appointment-booked", appointment, clients, by)


def moved(appointment: Appointment, clients: Iterable[Client], *, by: Actor) -> None:
    _tell("appointment-moved", appointment, clients, by)


def cancelled(appointment: Appointment, clients: Iterable[Client], *, by: Actor) -> None:
    _tell("appointment-cancelled", appointment, clients, by)


def _tell(kind: Kind, appointment: Appointment, clients: Iterable[Client], by: Actor) -> None:
    """Rows only, in the caller's transaction."""
    people = {client.user_id for client in clients} | {appointment.membership.user_id}
    others = [user_id for user_id in people if user_id is not None and user_id != by.user_id]
    notify.send(
        practice_id=appointment.practice_id,
        recipients=others,
        kind=kind,
        subject_id=appointment.pk,
    )
