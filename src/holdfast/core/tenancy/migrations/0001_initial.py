import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import holdfast.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Client",
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
                ("external_id", models.CharField(blank=True, max_length=200)),
                ("name_sealed", models.BinaryField(default=b"")),
                ("contact_sealed", models.BinaryField(default=b"")),
                ("location_sealed", models.BinaryField(default=b"")),
                ("located_at", models.DateTimeField(blank=True, null=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("language", models.CharField(default="en", max_length=16)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("sex", models.CharField(blank=True, max_length=16)),
                ("adult_confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("reachable", models.BooleanField(default=False)),
                ("synthetic", models.BooleanField(default=False)),
                ("joined_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Practice",
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
                ("name", models.CharField(max_length=200)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("live", "Live"), ("demo", "Demo")], default="live", max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("preparing", "Preparing"), ("live", "Live")],
                        default="preparing",
                        max_length=16,
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("countries", models.JSONField(default=list)),
                ("self_registration", models.BooleanField(default=False)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                ("end_of_chain_name", models.CharField(blank=True, max_length=200)),
                ("end_of_chain_phone", models.CharField(blank=True, max_length=40)),
                ("end_of_chain_instructions", models.TextField(blank=True)),
                ("wrapped_key", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "live"), ("status", "preparing"), _connector="OR"
                        ),
                        name="demo_practice_never_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("client", "Client"),
                            ("clinician", "Clinician"),
                            ("prescriber", "Prescriber"),
                            ("supervisor", "Supervisor"),
                            ("administrator", "Administrator"),
                            ("researcher", "Researcher"),
                        ],
                        max_length=16,
                    ),
                ),
                ("display_name", models.CharField(blank=True, max_length=200)),
                ("active", models.BooleanField(default=True)),
                ("joined_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
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
                    models.Index(fields=["user", "active"], name="tenancy_mem_user_id_d161ed_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "user", "role"), name="membership_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("client", "Client"),
                            ("clinician", "Clinician"),
                            ("prescriber", "Prescriber"),
                            ("supervisor", "Supervisor"),
                            ("administrator", "Administrator"),
                            ("researcher", "Researcher"),
                        ],
                        max_length=16,
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="tenancy.client",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Closure",
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
                ("on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("practice", "on"), name="closure_unique")
                ],
            },
        ),
        migrations.AddField(
            model_name="client",
            name="practice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
            ),
        ),
        migrations.CreateModel(
            name="CareTeamMember",
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
                    "purpose",
                    models.CharField(
                        choices=[
                            ("treatment", "Treatment"),
                            ("cover", "Cover"),
                            ("prescribing", "Prescribing"),
                        ],
                        default="treatment",
                        max_length=16,
                    ),
                ),
                ("primary", models.BooleanField(default=False)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="care_team",
                        to="tenancy.client",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="caseload",
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
                        fields=["practice", "client"], name="tenancy_car_practic_332f5d_idx"
                    ),
                    models.Index(
                        fields=["practice", "membership"], name="tenancy_car_practic_d7f794_idx"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supervision",
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
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
                (
                    "supervisee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supervised_by",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supervises",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "supervisor", "supervisee"), name="supervision_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OnCall",
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
                ("position", models.PositiveSmallIntegerField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.membership"
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
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "position"), name="on_call_position_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("practice", "membership"), name="on_call_member_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonitoredHours",
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
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (1, 7))), name="hours_iso_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes"))),
                        name="hours_open_before_close",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                fields=["practice", "joined_at"], name="tenancy_cli_practic_903b12_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("practice", "external_id"),
                name="client_external_id_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("practice", "user"),
                name="client_user_unique",
            ),
        ),
    ]
