import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import holdfast.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "__first__"),
        ("tenancy", "0006_every_record_has_its_key"),
        ("vault", "0003_sealed_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="given_at",
            field=models.DateTimeField(default=holdfast.core.clock.now),
        ),
        migrations.CreateModel(
            name="Folder",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("epoch", models.PositiveIntegerField(default=1)),
                ("renew", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
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
                "ordering": ["begun_at", "id"],
                "indexes": [
                    models.Index(fields=["practice", "client"], name="vault_folder_of_client")
                ],
            },
        ),
        migrations.CreateModel(
            name="FolderKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.PositiveIntegerField()),
                ("sealed", models.BinaryField(max_length=80)),
                ("signature", models.BinaryField(max_length=64)),
                ("given_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="vault.folder",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["folder", "epoch", "reader"],
                "indexes": [
                    models.Index(
                        fields=["practice", "client", "reader"], name="vault_folder_key_reader"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("folder", "epoch", "reader"), name="vault_folder_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FolderWrap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.PositiveIntegerField()),
                ("sealed", models.BinaryField(max_length=60)),
                ("signature", models.BinaryField(max_length=64)),
                ("given_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.client"
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wraps",
                        to="vault.folder",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wraps",
                        to="vault.itemversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "folder"), name="vault_wrap_in_folder"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
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
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="openings",
                        to="vault.itemversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "reader"), name="vault_opening_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReaderNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("left_told_at", models.DateTimeField(null=True)),
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
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("client", "reader"), name="vault_note_on_reader"
                    )
                ],
            },
        ),
    ]
