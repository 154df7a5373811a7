from typing import Any

from django.db import migrations

from holdfast.core.crypto import keys, migrating
from holdfast.core.crypto.lookup import seal_text
from holdfast.core.crypto.sealing import column_context, seal_value

_SEALED = ("name_sealed", "contact_sealed", "location_sealed")


def forward(apps: Any, schema_editor: Any) -> None:
    key, name = apps.get_model("crypto", "Key"), apps.get_model("crypto", "MasterKeyName")
    resealer = migrating.Resealer(apps)
    practice_keys = {}
    for row in apps.get_model("tenancy", "Practice").objects.all():
        context = b"practice-key|" + row.pk.bytes
        secret = migrating.open_old_master(context, bytes(row.wrapped_key))
        keys.make("practice", row.pk, secret=secret, model=key, names=name)
        practice_keys[row.pk] = resealer.new_record_key(row, "tenancy.practice", row.pk)
        row.save(update_fields=["record_key", "record_key_under_id"])
    for row in apps.get_model("tenancy", "Invitation").objects.exclude(email=""):
        context = column_context("tenancy.invitation", "email_sealed", row.pk)
        row.email_sealed = seal_value(practice_keys[row.practice_id], context, row.email)
        row.save(update_fields=["email_sealed"])
    client = apps.get_model("tenancy", "Client")
    for batch in migrating.in_batches(client.objects.all()):
        for row in batch:
            made = resealer.new_record_key(row, "tenancy.client", row.practice_id)
            row.external_id = seal_text("client.external_id", row.external_id)
            for column in _SEALED:
                resealer.reseal(row, "tenancy.client", column, made)
        client.objects.bulk_update(
            batch, ["record_key", "record_key_under", "external_id", *_SEALED]
        )


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_record_keys")]

    operations = [migrations.RunPython(forward)]
