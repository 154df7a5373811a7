from django.db import migrations

from holdfast.core.crypto.migrating import resealing


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0001_initial"),
        ("tenancy", "0005_seal_under_record_keys"),
    ]

    operations = [migrations.RunPython(resealing("plans", "SafetyPlan", "steps_sealed"))]
