from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_UNDER: dict[str, Any] = {
    "editable": False,
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": "crypto.key",
}


class Migration(migrations.Migration):
    dependencies = [
        ("crypto", "0002_keys_of_the_installation"),
        ("tenancy", "0003_client_left_at"),
    ]

    operations = [
        migrations.AddField("client", "record_key", models.BinaryField(default=b"", null=True)),
        migrations.AddField("client", "record_key_under", models.ForeignKey(**_UNDER)),
        migrations.AddField("practice", "record_key", models.BinaryField(default=b"", null=True)),
        migrations.AddField("practice", "record_key_under", models.ForeignKey(**_UNDER)),
        migrations.AddField("invitation", "email_sealed", models.BinaryField(default=b"")),
        migrations.AlterField(
            "client", "external_id", models.CharField(blank=True, max_length=1094)
        ),
    ]
