import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import holdfast.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("encounters", "0001_initial"),
        ("identity", "__first__"),
        ("tenancy", "0009_supervision_cosigns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("template", models.CharField(max_length=16)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("version", models.PositiveIntegerField(default=0)),
                ("draft_sealed", models.BinaryField(default=b"")),
                ("draft_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "encounter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="encounters.encounter",
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
                        fields=["practice", "client", "-created_at", "-id"], name="note_of_client"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteVersion",
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
                ("number", models.PositiveIntegerField()),
                ("content_sealed", models.BinaryField(default=b"")),
                ("reason_sealed", models.BinaryField(default=b"")),
                ("signed_at", models.DateTimeField()),
                ("wants_cosignature", models.BooleanField(default=False)),
                ("cosigned_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "cosigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="notes.note",
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
                        condition=models.Q(
                            ("cosigned_at__isnull", True), ("wants_cosignature", True)
                        ),
                        fields=["practice", "-signed_at"],
                        name="note_waits_for_cosignature",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("note", "number"), name="note_version_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cosigned_at__isnull", True), ("cosigned_by__isnull", True)),
                            models.Q(
                                ("cosigned_at__isnull", False), ("cosigned_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="note_cosigned_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadingRequest",
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
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("practice", "client"),
                        name="notes_asked_for_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealedNote",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("content_schema", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("previous", models.BinaryField(default=b"", max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("ciphertext", models.BinaryField()),
                ("signature", models.BinaryField(max_length=64)),
                ("grant_sealed", models.BinaryField(max_length=80)),
                ("grant_signature", models.BinaryField(max_length=64)),
                ("received_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "owner",
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
                    models.Index(fields=["practice", "client", "owner"], name="sealed_note_of")
                ],
            },
        ),
    ]
