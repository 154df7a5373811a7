"""Forget a person's assessments and their asking for a talk, when they delete their account."""

from __future__ import annotations

from holdfast.core.identity.erasure import Subject
from holdfast.sense.assessments.models import Assessment, TalkRequest


def forget(subject: Subject) -> None:
    """Delete every row; safe to run twice. The law keeps neither: what they gave are scores."""
    of_client = {"practice_id": subject.practice_id, "client_id": subject.client_id}
    Assessment.objects.filter(**of_client).delete()
    TalkRequest.objects.filter(**of_client).delete()
