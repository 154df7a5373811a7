"""Reads of safety plans."""

from __future__ import annotations

import uuid

from holdfast.safety.plans.models import SafetyPlan


def latest(practice_id: uuid.UUID, client_id: uuid.UUID) -> SafetyPlan | None:
    """The newest version, whether shared or not. One statement."""
    plans = SafetyPlan.objects.filter(practice_id=practice_id, client_id=client_id)
    return plans.order_by("-version").first()
