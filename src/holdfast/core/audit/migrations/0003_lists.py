from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chained_by_the_worker")]

    operations = [
        migrations.AddIndex(
            "auditevent",
            models.Index(
                condition=Q(client_id__isnull=True),
                fields=["practice_id", "-id"],
                name="audit_lists",
            ),
        ),
    ]
