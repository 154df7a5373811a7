from typing import Any

from django.db import migrations, models

from holdfast.core.crypto import migrating


def forward(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("measures", "Medication")
    migrating.Resealer(apps).plain_of_clients(model, "frequency", "frequency_sealed")


class Migration(migrations.Migration):
    dependencies = [("measures", "0006_seal_under_record_keys")]

    operations = [
        migrations.AddField("medication", "frequency_sealed", models.BinaryField(default=b"")),
        migrations.RunPython(forward),
    ]
