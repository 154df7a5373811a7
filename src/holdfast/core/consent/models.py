"""Consent, one versioned record per purpose and decision, and the words that were shown."""

from __future__ import annotations

from django.db import models

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice


class Consent(models.Model):
    """A decision of the person; withdrawing sets `withdrawn_at`, giving again makes a new row.

    `text_sha256` finds what they had before their eyes (`ConsentText`); empty for decisions from
    before texts were kept.
    """

    class Purpose(models.TextChoices):
        CARE_TEAM = "care_team"
        SCREENING = "screening"
        CRISIS_CONTACT = "crisis_contact"
        RESEARCH = "research"
        MODEL_ENDPOINT = "model_endpoint"
        CRISIS_WORDS = "crisis_words"
        MESSAGE_SCREENING = "message_screening"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=32, choices=Purpose)
    version = models.CharField(max_length=16)
    language = models.CharField(max_length=16, blank=True)
    text_sha256 = models.CharField(max_length=64, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "purpose"])]


class ConsentText(models.Model):
    """Words that somebody consented to, kept for as long as the installation is, whatever becomes
    of the files they came from.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    purpose = models.CharField(max_length=32)
    version = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    text = models.TextField()
    kept_at = models.DateTimeField()
