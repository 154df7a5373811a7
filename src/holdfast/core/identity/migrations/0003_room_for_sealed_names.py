from typing import Any

from django.db import migrations, models


def widen(apps: Any, schema_editor: Any) -> None:
    """allauth's column, whose own migrations said 254 until settings.ACCOUNT_EMAIL_MAX_LENGTH."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE account_emailaddress ALTER COLUMN email TYPE varchar(1740)"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("identity", "0002_steps_with_back_off"),
    ]

    operations = [
        migrations.AlterField("user", "email", models.EmailField(blank=True, max_length=1740)),
        migrations.AlterField("user", "login", models.CharField(max_length=369, unique=True)),
        migrations.RunPython(widen, migrations.RunPython.noop),
    ]
