from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("measures", "0007_seal_how_often")]

    operations = [migrations.RemoveField("medication", "frequency")]
