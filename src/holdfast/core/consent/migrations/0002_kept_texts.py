"""Consents name the words that were shown, which are kept; what was withdrawn stands on the record.

A consent of before keeps its version and has no words: none were kept then.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

PURPOSES = [
    ("care_team", "Care Team"),
    ("screening", "Screening"),
    ("crisis_contact", "Crisis Contact"),
    ("research", "Research"),
    ("model_endpoint", "Model Endpoint"),
]


def note_withdrawals(apps: Any, editor: Any) -> None:
    """What was withdrawn before this held nowhere; from now on it does."""
    consents = apps.get_model("consent", "Consent").objects
    clients = apps.get_model("tenancy", "Client").objects
    withdrawn: dict[Any, set[str]] = {}
    for client_id, purpose in consents.exclude(withdrawn_at=None).values_list("client", "purpose"):
        withdrawn.setdefault(client_id, set()).add(purpose)
    for client_id, purposes in withdrawn.items():
        stands = consents.filter(client_id=client_id, withdrawn_at=None)
        left = purposes - set(stands.values_list("purpose", flat=True))
        clients.filter(pk=client_id).update(consents_withdrawn=",".join(sorted(left)))


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
        ("tenancy", "0008_client_consents_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                (
                    "sha256",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("purpose", models.CharField(max_length=32)),
                ("version", models.CharField(max_length=16)),
                ("language", models.CharField(max_length=16)),
                ("text", models.TextField()),
                ("kept_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            "consent",
            "language",
            models.CharField(blank=True, default="", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            "consent",
            "text_sha256",
            models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AlterField(
            "consent", "purpose", models.CharField(choices=PURPOSES, max_length=32)
        ),
        migrations.RunPython(note_withdrawals, migrations.RunPython.noop),
    ]
