"""Accounts of people who sign in at an identity provider: their secret signs nobody in."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0004_seal_names_and_second_factors")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="user",
            name="secret_signs_in",
            field=models.BooleanField(default=True),
        )
    ]
