"""The safety plan in the copy that its person takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import Table, instant, subject
from holdfast.core.tenancy.models import Client
from holdfast.safety.plans import queries
from holdfast.safety.plans.engine import STEPS


def resources(client: Client) -> Iterator[dict[str, Any]]:
    """The newest version as a CarePlan, one activity per line. One statement."""
    plan = queries.latest(client.practice_id, client.pk)
    if plan is None:
        return
    steps = plan.steps or {}
    activities = [
        {
            "detail": {
                "code": {"coding": [{"system": "urn:holdfast:safety-plan-step", "code": step}]},
                "status": "in-progress",
                "description": line,
            }
        }
        for step in STEPS
        for line in steps.get(step, ())
    ]
    yield {
        "resourceType": "CarePlan",
        "id": str(plan.pk),
        "status": "active",
        "intent": "plan",
        "title": "Safety plan",
        "category": [{"coding": [{"system": "urn:holdfast:care-plan", "code": "safety-plan"}]}],
        "subject": subject(client),
        "created": instant(plan.created_at),
        **({"activity": activities} if activities else {}),
    }


def rows(client: Client) -> Iterator[tuple[Any, ...]]:
    plan = queries.latest(client.practice_id, client.pk)
    steps = (plan.steps or {}) if plan else {}
    for step in STEPS:
        for line in steps.get(step, ()):
            yield step, line


def register() -> None:
    """Called from `AppConfig.ready`."""
    copies.register("safety-plan", resources, Table("safety-plan.csv", ("step", "line"), rows))
