"""Which crisis lines a practice has checked, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Practice


class CrisisLineConfirmation(models.Model):
    """An administrator called a line and it answered; withdrawn when it turns out wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    line_id = models.CharField(max_length=64)
    confirmed_on = models.DateField()
    confirmed_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "line_id"],
                condition=Q(withdrawn_at__isnull=True),
                name="line_one_confirmation",
            )
        ]
