"""Write a new version of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client
from holdfast.safety.plans import engine, queries
from holdfast.safety.plans.models import SafetyPlan


def write_plan(
    *, client: Client, steps: Mapping[str, Sequence[str]], shared: bool, by: Actor
) -> SafetyPlan:
    """Keep a new version; the same words and the same sharing again make none."""
    tidy = engine.tidy(steps)
    with transaction.atomic():
        # One writer per person, so that two devices do not both make the next version.
        Client.objects.select_for_update().get(pk=client.pk, practice_id=client.practice_id)
        last = queries.latest(client.practice_id, client.pk)
        if last is not None and last.steps == tidy and last.shared == shared:
            return last
        plan = SafetyPlan(
            practice_id=client.practice_id,
            client_id=client.pk,
            version=last.version + 1 if last else 1,
            shared=shared,
            created_at=clock.now(),
        )
        plan.steps = tidy
        plan.save(force_insert=True)
        record("write", "safety_plan", by=by, resource_id=plan.pk, client_id=client.pk,
               detail={"version": plan.version, "shared": shared})  # fmt: skip
    return plan
