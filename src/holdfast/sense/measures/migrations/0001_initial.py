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
            name="InstrumentRelease",
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
                ("instrument", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=32)),
                ("content_hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("instrument", "version"), name="instrument_release_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Medication",
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
                ("name_sealed", models.BinaryField(default=b"")),
                ("dose", models.FloatField(null=True)),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("frequency", models.CharField(blank=True, max_length=64)),
                ("started_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
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
                        fields=["practice", "client"], name="measures_me_practic_5c821d_idx"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LifeEvent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("life", "Life"),
                            ("medication", "Medication"),
                            ("treatment", "Treatment"),
                            ("meeting", "Meeting"),
                        ],
                        max_length=16,
                    ),
                ),
                ("label_sealed", models.BinaryField(default=b"")),
                ("at", models.DateTimeField()),
                ("end", models.DateTimeField(null=True)),
                ("dose", models.FloatField(null=True)),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("created_at", models.DateTimeField()),
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
                (
                    "medication",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="measures.medication",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "client", "at"], name="measures_li_practic_d90edf_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end__isnull", True), ("end__gte", models.F("at")), _connector="OR"
                        ),
                        name="life_event_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
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
                ("instrument", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=32)),
                ("language", models.CharField(max_length=16)),
                ("answers", models.JSONField()),
                ("answered_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("time_zone", models.CharField(max_length=64)),
                ("local_date", models.DateField()),
                (
                    "source",
                    models.CharField(
                        choices=[("app", "App"), ("import", "Import"), ("clinician", "Clinician")],
                        default="app",
                        max_length=16,
                    ),
                ),
                ("historical", models.BooleanField(default=False)),
                ("content_digest", models.CharField(max_length=64)),
                ("parent", models.UUIDField(null=True)),
                ("band", models.CharField(blank=True, max_length=64)),
                ("missing", models.JSONField(default=list)),
                ("alerts", models.JSONField(default=list)),
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
                        fields=["practice", "client", "-answered_at", "-id"],
                        name="measures_re_practic_bacb33_idx",
                    ),
                    models.Index(
                        fields=["practice", "client", "instrument", "local_date"],
                        name="measures_re_practic_351b39_idx",
                    ),
                    models.Index(
                        condition=models.Q(("parent__isnull", False)),
                        fields=["practice", "parent"],
                        name="response_follow_ups",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
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
                ("instrument", models.CharField(max_length=64)),
                ("scale", models.CharField(max_length=64)),
                ("main", models.BooleanField()),
                ("value", models.FloatField()),
                ("band", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField()),
                ("historical", models.BooleanField(default=False)),
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
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="measures.response",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "client", "instrument", "scale", "answered_at"],
                        name="measures_sc_practic_995ab5_idx",
                    ),
                    models.Index(
                        condition=models.Q(("main", True)),
                        fields=["practice", "client", "-answered_at", "-id"],
                        name="score_newest_main",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("response", "scale"), name="score_scale_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
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
                ("instrument", models.CharField(max_length=64)),
                ("every_days", models.PositiveSmallIntegerField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="tenancy.membership",
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
                        fields=["practice", "client"], name="measures_as_practic_2ee7e4_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("every_days__isnull", True), ("every_days__gte", 1), _connector="OR"
                        ),
                        name="assignment_every_days_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="assignment_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InstrumentActivation",
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
                ("instrument", models.CharField(max_length=64)),
                ("active", models.BooleanField(default=True)),
                ("accepted_terms_at", models.DateTimeField()),
                ("accepted_terms_by", models.UUIDField()),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "instrument"), name="instrument_activation_unique"
                    )
                ],
            },
        ),
    ]
