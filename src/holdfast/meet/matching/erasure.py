"""Forget a person's search, or what somebody of the staff offered."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.matching.models import Enquiry, Intake, Waiting


def forget(subject: Subject) -> None:
    """Delete every row; safe to run twice. Nothing of it belongs to a record that the law keeps."""
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    Intake.objects.filter(**of_client).update(wishes_sealed=b"")
    Intake.objects.filter(**of_client).delete()
    Enquiry.objects.filter(**of_client).delete()
    Waiting.objects.filter(**of_client).delete()


def old_enquiries(practice_id: uuid.UUID, before: datetime) -> QuerySet[Enquiry]:
    """Those that came to an end before an instant."""
    return Enquiry.objects.filter(practice_id=practice_id, answered_at__lt=before)
