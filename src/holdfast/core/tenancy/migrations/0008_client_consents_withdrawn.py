from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_seal_names_of_staff")]

    operations = [
        migrations.AddField(
            "client",
            "consents_withdrawn",
            models.CharField(blank=True, default="", editable=False, max_length=200),
            preserve_default=False,
        ),
    ]
