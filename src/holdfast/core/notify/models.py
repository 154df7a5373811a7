"""What somebody is told, and every attempt to tell them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Practice


class Notification(models.Model):
    """One thing one account is told. `subject_id` names what it is about; no health text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "recipient", "-created_at"]),
            models.Index(fields=["practice", "subject_id"]),
        ]


class DeliveryAttempt(models.Model):
    """One attempt on one channel. Waiting rows are claimed by a conditional UPDATE.

    `next_attempt_at` of a failed row is when it was tried again; empty, it was the last attempt.
    """

    class Channel(models.TextChoices):
        IN_APP = "in_app"
        EMAIL = "email"

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        SENT = "sent"
        FAILED = "failed"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="attempts"
    )
    channel = models.CharField(max_length=16, choices=Channel)
    attempt = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=64, blank=True)
    next_attempt_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["outcome", "next_attempt_at"])]
