"""Ask by another rule from now on: what has opened stands, what has not is planned anew."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.engine.schedule import Rule, rule_data
from holdfast.sense.measures.models import Assignment
from holdfast.sense.measures.prompting import rows


def change_rule(client: Client, assignment_id: uuid.UUID, *, rule: Rule, by: Actor) -> None:
    """Give an assignment another rule. Raises NotFound for one that is not asked any more."""
    now = clock.now()
    with transaction.atomic():
        assignment = (
            Assignment.objects.select_for_update()
            .filter(
                practice_id=client.practice_id,
                client_id=client.pk,
                pk=assignment_id,
                cancelled_at__isnull=True,
            )
            .first()
        )
        if assignment is None:
            raise NotFound
        data = rule_data(rule)
        del data["starts_on"], data["ends_on"]
        assignment.rule, assignment.starts_on, assignment.ends_on = (
            data,
            rule.starts_on,
            rule.ends_on,
        )
        assignment.save(update_fields=["rule", "starts_on", "ends_on"])
        rows.plan(assignment, client, now)
        record("update", "assignment", by=by, resource_id=assignment.pk, client_id=client.pk)
