from base64 import b64decode, b64encode
from typing import Any

from django.db import migrations

from holdfast.core.crypto import migrating
from holdfast.core.crypto.lookup import seal_text
from holdfast.core.crypto.sealing import seal_for_installation

_MFA = b"mfa-secret"


def _resealed(value: Any) -> Any:
    if isinstance(value, list):
        return [_resealed(one) for one in value]
    plain = migrating.open_old_master(_MFA, b64decode(value))
    return b64encode(seal_for_installation(_MFA, plain)).decode()


def forward(apps: Any, schema_editor: Any) -> None:
    user = apps.get_model("identity", "User")
    for batch in migrating.in_batches(user.objects.all()):
        for row in batch:
            row.login, row.email = seal_text("login", row.login), seal_text("e-mail", row.email)
        user.objects.bulk_update(batch, ["login", "email"])
    address = apps.get_model("account", "EmailAddress")
    for batch in migrating.in_batches(address.objects.all()):
        for row in batch:
            row.email = seal_text("e-mail", row.email)
        address.objects.bulk_update(batch, ["email"])
    for row in apps.get_model("mfa", "Authenticator").objects.all():
        sealed = {"secret", "seed", "migrated_codes"} & set(row.data)
        row.data |= {name: _resealed(row.data[name]) for name in sealed}
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("crypto", "0002_keys_of_the_installation"),
        ("identity", "0003_room_for_sealed_names"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(forward)]
