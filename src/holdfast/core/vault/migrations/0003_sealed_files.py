import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_client_standings"),
        ("vault", "0002_passkeys_and_change_of_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedFile",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("item", models.UUIDField()),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("complete", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField()),
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
                    models.Index(fields=["practice", "client", "item"], name="vault_file_item")
                ],
            },
        ),
    ]
