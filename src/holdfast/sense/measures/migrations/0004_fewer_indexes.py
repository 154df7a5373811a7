"""Without the indexes that nothing reads: each costs an answer or an import time."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0003_prompts"),
        ("tenancy", "0002_client_standings"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="score",
            name="score_newest_main",
        ),
        migrations.AlterField(
            model_name="response",
            name="practice",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
            ),
        ),
        migrations.AlterField(
            model_name="score",
            name="practice",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to="tenancy.practice"
            ),
        ),
        migrations.AlterField(
            model_name="score",
            name="response",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="measures.response",
            ),
        ),
    ]
