from django.db import migrations

from holdfast.core.crypto.migrating import resealing


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0005_unread_entries"),
        ("tenancy", "0005_seal_under_record_keys"),
    ]

    operations = [
        migrations.RunPython(resealing("measures", "LifeEvent", "label_sealed")),
        migrations.RunPython(resealing("measures", "Medication", "name_sealed")),
        migrations.RunPython(resealing("measures", "UnreadEntry", "text_sealed")),
    ]
