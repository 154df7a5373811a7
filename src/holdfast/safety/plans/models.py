"""The shared safety plan, every version of it."""

from __future__ import annotations

from django.db import models

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice


class SafetyPlan(models.Model):
    """One version of a person's plan. The words are sealed with the practice's key.

    A plan with `shared` off is read by the person alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    shared = models.BooleanField(default=True)
    steps_sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    #: {step: [line, ...]} for each of `plans.engine.STEPS`
    steps = sealed("steps_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "version"], name="safety_plan_version_unique"
            )
        ]
