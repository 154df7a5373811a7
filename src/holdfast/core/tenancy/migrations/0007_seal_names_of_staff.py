from typing import Any

from django.db import migrations, models

from holdfast.core.crypto import migrating
from holdfast.core.crypto.lookup import length, seal_text

#: Model, column, the purpose it is sealed for, and how long a value may be.
_COLUMNS = (
    ("practice", "contact_phone", "practice.contact_phone", 40),
    ("practice", "end_of_chain_name", "practice.end_name", 200),
    ("practice", "end_of_chain_phone", "practice.end_phone", 40),
    ("practice", "end_of_chain_instructions", "practice.end_instructions", 10_000),
    ("membership", "display_name", "membership.display_name", 200),
    ("closure", "reason", "closure.reason", 200),
)


def forward(apps: Any, schema_editor: Any) -> None:
    for name, column, purpose, _ in _COLUMNS:
        model = apps.get_model("tenancy", name)
        for batch in migrating.in_batches(model.objects.exclude(**{column: ""})):
            for row in batch:
                setattr(row, column, seal_text(purpose, getattr(row, column)))
            model.objects.bulk_update(batch, [column])


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_every_record_has_its_key")]

    operations = [
        *(
            migrations.AlterField(
                name, column, models.CharField(blank=True, max_length=length(characters))
            )
            for name, column, _, characters in _COLUMNS
        ),
        migrations.RunPython(forward),
    ]
