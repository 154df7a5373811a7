from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_seal_under_record_keys")]

    operations = [
        migrations.RemoveField("invitation", "email"),
        migrations.RemoveField("practice", "wrapped_key"),
        migrations.AddConstraint(
            "client",
            models.CheckConstraint(
                condition=models.Q(("record_key", b""), _negated=True), name="client_has_its_key"
            ),
        ),
        migrations.AddConstraint(
            "practice",
            models.CheckConstraint(
                condition=models.Q(("record_key", b""), _negated=True), name="practice_has_its_key"
            ),
        ),
    ]
