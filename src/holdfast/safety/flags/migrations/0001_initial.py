import django.db.models.deletion
from django.db import migrations, models

import holdfast.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Flag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=holdfast.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "watch"), (2, "concern"), (3, "urgent"), (4, "emergency")]
                    ),
                ),
                ("reason", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("acted", "Acted"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("chain_position", models.PositiveSmallIntegerField(default=0)),
                ("raised_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "due_kind",
                    models.CharField(
                        blank=True,
                        choices=[("same_day", "Same Day"), ("next_opening", "Next Opening")],
                        max_length=16,
                    ),
                ),
                ("escalate_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("historical", models.BooleanField(default=False)),
                ("alarm", models.BooleanField(default=False)),
                ("outcome", models.CharField(blank=True, max_length=32)),
                ("closed_at", models.DateTimeField(null=True)),
                ("repeats", models.PositiveIntegerField(default=0)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="owned_flags",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="seen_flags",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "state", "-level", "id"],
                        name="flags_flag_practic_805618_idx",
                    ),
                    models.Index(
                        fields=["practice", "client", "-raised_at"],
                        name="flags_flag_practic_50945b_idx",
                    ),
                    models.Index(
                        fields=["practice", "raised_at"], name="flags_flag_practic_a74e98_idx"
                    ),
                    models.Index(
                        condition=models.Q(("escalate_at__isnull", False)),
                        fields=["escalate_at"],
                        name="flag_clock_running",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("practice", "client"),
                        name="flag_one_not_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "closed")),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="flag_closed_when_closed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=holdfast.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("raised", "Raised"),
                            ("repeated", "Repeated"),
                            ("level-raised", "Level Raised"),
                            ("assigned", "Assigned"),
                            ("escalated", "Escalated"),
                            ("chain-exhausted", "Chain Exhausted"),
                            ("acknowledged", "Acknowledged"),
                            ("contact-attempt", "Contact Attempt"),
                            ("acted", "Acted"),
                            ("closed", "Closed"),
                            ("notified", "Notified"),
                        ],
                        max_length=24,
                    ),
                ),
                ("detail", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="flags.flag",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        fields=["practice", "flag", "id"], name="flags_flage_practic_cce1f5_idx"
                    ),
                    models.Index(
                        fields=["practice", "kind", "at"], name="flags_flage_practic_ad0b45_idx"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagSignal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=holdfast.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.CharField(max_length=64)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "watch"), (2, "concern"), (3, "urgent"), (4, "emergency")]
                    ),
                ),
                ("reason", models.CharField(max_length=64)),
                ("response_id", models.UUIDField(null=True)),
                ("item", models.CharField(blank=True, max_length=64)),
                ("scale", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("follow_up", models.CharField(blank=True, max_length=64)),
                ("follow_up_due_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="flags.flag",
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
                        fields=["practice", "client", "reason"],
                        name="flags_flags_practic_7a2364_idx",
                    ),
                    models.Index(
                        fields=["practice", "flag"], name="flags_flags_practic_ffd328_idx"
                    ),
                    models.Index(
                        condition=models.Q(("follow_up_due_at__isnull", False)),
                        fields=["follow_up_due_at"],
                        name="flag_follow_up_awaited",
                    ),
                ],
            },
        ),
    ]
