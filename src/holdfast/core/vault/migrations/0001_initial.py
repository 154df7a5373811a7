import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import holdfast.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identity", "__first__"),
        ("tenancy", "0002_client_standings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemVersion",
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
                ("position", models.PositiveIntegerField()),
                ("item", models.UUIDField()),
                ("suite", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=32)),
                ("content_schema", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("previous", models.BinaryField(default=b"")),
                ("hash", models.BinaryField(max_length=32)),
                ("ciphertext", models.BinaryField()),
                ("signature", models.BinaryField(max_length=64)),
                ("superseded", models.BooleanField(default=False)),
                ("forgotten", models.BooleanField(default=False)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "client", "position"), name="vault_position"
                    ),
                    models.UniqueConstraint(
                        fields=("practice", "client", "item", "hash"), name="vault_version_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField(max_length=80)),
                ("signature", models.BinaryField(max_length=64)),
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
                        related_name="grants",
                        to="vault.itemversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["practice", "client", "reader"],
                        name="vault_grant_practic_f48880_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "reader"), name="vault_grant_per_reader"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("agreement", models.BinaryField(max_length=32)),
                ("signing", models.BinaryField(max_length=32)),
                ("created", models.BigIntegerField()),
                ("previous", models.BinaryField(max_length=32)),
                ("signature", models.BinaryField(max_length=64)),
                ("continuity", models.BinaryField(default=b"", max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["user", "sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "sequence"), name="vault_key_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="Space",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("stored_bytes", models.PositiveBigIntegerField(default=0)),
                (
                    "client",
                    models.OneToOneField(
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
        ),
        migrations.CreateModel(
            name="Wrap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("password", "Password"), ("recovery", "Recovery")], max_length=16
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("memory_kib", models.PositiveIntegerField()),
                ("passes", models.PositiveIntegerField()),
                ("parallelism", models.PositiveIntegerField()),
                ("salt", models.BinaryField(max_length=16)),
                ("sealed", models.BinaryField(max_length=92)),
                ("made_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind"), name="vault_wrap_kind")
                ],
            },
        ),
    ]
