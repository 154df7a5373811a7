"""Entries get their places from the worker, and no longer from the request that inserts them.

What is chained keeps place and hash. Reversible while no entry waits for its place: stop the web
processes, let the worker tick once more, then go back; hashes of the second form do not verify
there.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

import holdfast.core.audit.models
import holdfast.core.ids

#: The end of each chain is where its last entry stands.
ENDS = (
    "INSERT INTO audit_auditchain"
    " (practice_id, seq, hash, signing_sealed, checked_seq, checked_hash)"
    " SELECT practice_id, seq, hash, '', 0, '" + "0" * 64 + "' FROM audit_auditevent AS entry"
    " WHERE seq = (SELECT MAX(seq) FROM audit_auditevent"
    " WHERE practice_id = entry.practice_id)"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("practice_id", models.UUIDField(primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(default="0" * 64, max_length=64)),
                ("signing_sealed", models.BinaryField(default=b"")),
                ("checked_seq", models.PositiveBigIntegerField(default=0)),
                ("checked_hash", models.CharField(default="0" * 64, max_length=64)),
                ("checked_at", models.DateTimeField(null=True)),
                ("broken_seq", models.PositiveBigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=holdfast.core.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("practice_id", models.UUIDField()),
                ("seq", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("removes", models.BooleanField(default=False)),
                ("signature", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["practice_id", "seq"], name="audit_checkpoints")],
            },
        ),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
        migrations.RemoveConstraint("auditevent", "audit_seq_unique"),
        migrations.RemoveIndex("auditevent", "audit_audit_practic_edee4a_idx"),
        # Each entry's hash covers the hash before it: a column for that says nothing more.
        migrations.RemoveField("auditevent", "previous_hash"),
        migrations.AlterField("auditevent", "seq", models.PositiveBigIntegerField(null=True)),
        migrations.AlterField("auditevent", "hash", models.CharField(blank=True, max_length=64)),
        migrations.AlterField(
            "auditevent", "detail", holdfast.core.audit.models.Detail(default=dict)
        ),
        migrations.AddConstraint(
            "auditevent",
            models.UniqueConstraint(
                condition=Q(seq__isnull=False), fields=["practice_id", "seq"], name="audit_place"
            ),
        ),
        migrations.AddIndex(
            "auditevent",
            models.Index(
                condition=Q(seq__isnull=True), fields=["practice_id", "id"], name="audit_unchained"
            ),
        ),
        migrations.AddIndex(
            "auditevent",
            models.Index(fields=["practice_id", "client_id", "-id"], name="audit_of_client"),
        ),
    ]
