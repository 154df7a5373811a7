"""Consent, one versioned record per purpose and decision."""

from __future__ import annotations

from django.db import models

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice


class Consent(models.Model):
    """A decision of the person; withdrawing sets `withdrawn_at`, giving again makes a new row."""

    class Purpose(models.TextChoices):
        CARE_TEAM = "care_team"
        RESEARCH = "research"
        CRISIS_CONTACT = "crisis_contact"
        MODEL_ENDPOINT = "model_endpoint"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=32, choices=Purpose)
    version = models.CharField(max_length=16)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "purpose"])]
