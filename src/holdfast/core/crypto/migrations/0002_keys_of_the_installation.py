from typing import Any

from django.db import migrations

from holdfast.core.crypto import keys


def make(apps: Any, schema_editor: Any) -> None:
    keys.make_missing(apps.get_model("crypto", "Key"), apps.get_model("crypto", "MasterKeyName"))


class Migration(migrations.Migration):
    dependencies = [("crypto", "0001_initial")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
