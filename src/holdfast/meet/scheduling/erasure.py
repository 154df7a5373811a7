"""Forget a person's appointments, and what a practice keeps of old ones."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.scheduling.models import (
    Appointment,
    Participant,
    Reservation,
    WaitingEntry,
)


def forget(subject: Subject) -> None:
    """Delete every booking of theirs; a group's goes on without them. Bookings are no part of the
    record that the law keeps: meetings that took place are. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    WaitingEntry.objects.filter(**of_client).delete()
    theirs = Appointment.objects.filter(
        practice_id=subject.practice_id, participants__client_id=subject.client_id
    )
    alone = theirs.filter(capacity=1).values_list("pk", flat=True)
    Appointment.objects.filter(pk__in=list(alone)).delete()
    Reservation.objects.filter(
        practice_id=subject.practice_id, holder_id=subject.client_id
    ).delete()
    Participant.objects.filter(**of_client).update(reason_sealed=b"")
    Participant.objects.filter(**of_client).delete()


def old_appointments(practice_id: uuid.UUID, before: datetime) -> QuerySet[Appointment]:
    """Bookings that ended before."""
    return Appointment.objects.filter(practice_id=practice_id, ends_at__lt=before)


def old_waiting(practice_id: uuid.UUID, before: datetime) -> QuerySet[WaitingEntry]:
    """Waiting that came to its end before."""
    return WaitingEntry.objects.filter(practice_id=practice_id, ended_at__lt=before)
