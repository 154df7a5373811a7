from typing import Any

from django.db import migrations

from holdfast.core.crypto import migrating
from holdfast.core.crypto.sealing import seal_for_installation


def forward(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("notify", "Subscription").objects.exclude(sealed=b""):
        context = b"push-subscription|" + row.pk.bytes
        plain = migrating.open_old_master(context, bytes(row.sealed))
        row.sealed = seal_for_installation(context, plain)
        row.save(update_fields=["sealed"])


class Migration(migrations.Migration):
    dependencies = [
        ("crypto", "0002_keys_of_the_installation"),
        ("notify", "0003_channels_and_arrival"),
    ]

    operations = [migrations.RunPython(forward)]
