"""The audit trail. Rows hold no foreign keys, so history survives deletion."""

from __future__ import annotations

import uuid

from django.db import models

from holdfast.core.ids import uuid7

#: Events of the installation itself stand in a chain of their own.
INSTALLATION = uuid.UUID(int=0)


class AuditEvent(models.Model):
    """One thing that someone read or did. `detail` holds codes and ids, never health text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice_id = models.UUIDField(default=INSTALLATION)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    resource = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=64, blank=True)
    client_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "seq"], name="audit_seq_unique")
        ]
        indexes = [models.Index(fields=["practice_id", "client_id", "-at"])]
