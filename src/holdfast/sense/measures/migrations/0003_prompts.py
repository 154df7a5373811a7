"""Prompts: one row for each asking of an assignment."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_assignment_rules"), ("tenancy", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("assignment", "assignment_every_days_positive"),
        migrations.RemoveField("assignment", "every_days"),
        migrations.AddIndex(
            "assignment",
            models.Index(
                condition=models.Q(("plan_again_at__isnull", False)),
                fields=["plan_again_at"],
                name="assignment_to_plan",
            ),
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("local_date", models.DateField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField(null=True)),
                ("time_zone", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("open", "Open"),
                            ("snoozed", "Snoozed"),
                            ("answered", "Answered"),
                            ("missed", "Missed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=16,
                    ),
                ),
                ("answered_by", models.UUIDField(null=True)),
                ("reminded", models.PositiveSmallIntegerField(default=0)),
                ("snoozes", models.PositiveSmallIntegerField(default=0)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("undelivered", models.BooleanField(default=False)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prompts",
                        to="measures.assignment",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "client", "closes_at"],
                        name="measures_pr_practic_b83609_idx",
                    ),
                    models.Index(
                        fields=["practice", "client", "local_date"],
                        name="measures_pr_practic_550985_idx",
                    ),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="prompt_next",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("assignment", "local_date", "slot"), name="prompt_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by__isnull", True),
                            ("state", "answered"),
                            _connector="OR",
                        ),
                        name="prompt_answered_by_when_answered",
                    ),
                ],
            },
        ),
    ]
