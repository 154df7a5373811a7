"""What goes with a person, and what goes with time."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.safety.screening.models import GateDecision, MinorStatement, Passage, Screening


def forget(subject: Subject) -> None:
    """Delete every row; safe to run twice. The law keeps none: flags stay with their history, and
    counts of referrals are nobody's.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    for model in (GateDecision, Screening, Passage, MinorStatement):
        model.objects.filter(**of_client).delete()


def old_screenings(practice_id: uuid.UUID, before: datetime) -> QuerySet[Screening]:
    """Screenings received before an instant; the decisions about generated text go with them."""
    return Screening.objects.filter(practice_id=practice_id, received_at__lt=before)
