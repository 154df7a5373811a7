"""Forget a person's part in programmes, and what a practice keeps of old ones."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core.actor import system
from holdfast.core.identity.erasure import Subject
from holdfast.meet.programmes import enrolling, making
from holdfast.meet.programmes.models import Enrolment, Programme

_State = Enrolment.State


def forget(subject: Subject) -> None:
    """Every enrolment with the name that was chosen, what was agreed and what was said of
    attendance; visits are the record's. Who waits for the place gets it. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    mine = Enrolment.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    programmes = list(mine.values_list("programme_id", flat=True).distinct())
    mine.update(called_sealed=b"")
    mine.delete()
    for pk in programmes:
        with transaction.atomic():
            programme = making.locked(subject.practice_id, pk)
            if programme.state == Programme.State.RUNNING:
                enrolling.fill(programme, by=system(subject.practice_id))


def old_requests(practice_id: uuid.UUID, before: datetime) -> QuerySet[Enrolment]:
    """Of those who never belonged: declined, or taken back."""
    return Enrolment.objects.filter(practice_id=practice_id, joined_at=None, ended_at__lt=before)


def old_enrolments(practice_id: uuid.UUID, before: datetime) -> QuerySet[Enrolment]:
    """Of those who belonged, and left or saw the end; not while they are in a community."""
    rows = Enrolment.objects.filter(
        practice_id=practice_id, joined_at__isnull=False, ended_at__lt=before
    )
    return rows.exclude(state=_State.FINISHED, programme__state=Programme.State.COMMUNITY)
