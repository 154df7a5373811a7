import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The plan is an item of the person's vault; under the practice's key nothing is left."""

    dependencies = [
        ("plans", "0002_seal_under_record_keys"),
        ("tenancy", "0005_seal_under_record_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="SafetyPlan"),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("content_schema", models.PositiveIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("ciphertext", models.BinaryField()),
                ("signature", models.BinaryField(max_length=64)),
                ("author_sealed", models.BinaryField(max_length=80)),
                ("author_signature", models.BinaryField(max_length=64)),
                ("person_sealed", models.BinaryField(max_length=80)),
                ("person_signature", models.BinaryField(max_length=64)),
                ("received_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "client", "author"), name="plan_proposal_of_author"
                    )
                ],
            },
        ),
    ]
