"""Assignments get their rule; what was asked every so many days goes on as it was."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

import holdfast.core.clock
import holdfast.sense.measures.models


def give_rules(apps: Any, schema_editor: Any) -> None:
    assignment = apps.get_model("measures", "Assignment").objects
    for days in assignment.order_by().values_list("every_days", flat=True).distinct():
        when = {"kind": "once"} if days is None else {"kind": "every_n_days", "days": days}
        assignment.filter(every_days=days).update(rule={"when": when})
    assignment.filter(cancelled_at__isnull=False).update(plan_again_at=None)


def take_rules(apps: Any, schema_editor: Any) -> None:
    """Only what an older release can ask is kept apart from once."""
    for one in apps.get_model("measures", "Assignment").objects.iterator():
        when = one.rule["when"]
        one.every_days = {"weekly": 7, "daily_times": 1, "moments": 1}.get(when["kind"])
        one.every_days = when.get("days", one.every_days)
        one.save(update_fields=["every_days"])


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [
        migrations.AddField("assignment", "anchors", models.JSONField(default=list)),
        migrations.AddField("assignment", "event", models.CharField(blank=True, max_length=16)),
        migrations.AddField("assignment", "planned_until", models.DateTimeField(null=True)),
        migrations.AddField(
            "assignment",
            "plan_again_at",
            models.DateTimeField(null=True, default=holdfast.core.clock.now),
        ),
        migrations.AddField(
            "assignment",
            "rule",
            models.JSONField(default=holdfast.sense.measures.models._once),
        ),
        migrations.RunPython(give_rules, take_rules),
    ]
