"""Forget a person's safety plan, when they delete their account."""

from __future__ import annotations

from holdfast.core.identity.erasure import Subject
from holdfast.safety.plans.models import SafetyPlan


def forget(subject: Subject) -> None:
    """Overwrite every version, then delete it; safe to run twice."""
    if subject.practice_id is None or subject.client_id is None:
        return
    plans = SafetyPlan.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    plans.update(steps_sealed=b"")
    plans.delete()
