"""Reminders, and how somebody wishes to be reminded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Practice


def usual_leads() -> list[int]:
    return [24 * 60, 60]


class ReminderWishes(models.Model):
    """Of an account; without a row, the defaults. `leads`: minutes before the appointment.
    `channels`: those outside the app that reminders may take, comma between; empty for all.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="reminder_wishes",
    )
    on = models.BooleanField(default=True)
    leads = models.JSONField(default=usual_leads)
    channels = models.CharField(max_length=40, blank=True)


class Reminder(models.Model):
    """One reminder of one appointment to one person: `lead` minutes before it begins.

    The time that it reminds of is part of what it is. An appointment that moves gets others, and
    one that moves back to a time which was reminded of already does not ring again.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        DROPPED = "dropped"

    class Why(models.TextChoices):
        """Of a dropped one."""

        CHANGED = "changed"
        UNWANTED = "unwanted"
        OVERTAKEN = "overtaken"
        TOO_LATE = "too-late"
        NO_ACCOUNT = "no-account"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    appointment_id = models.UUIDField()
    starts_at = models.DateTimeField()
    lead = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED)
    why = models.CharField(max_length=16, choices=Why, blank=True)
    notification_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    problem_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "appointment_id", "client", "starts_at", "lead"],
                name="reminder_once",
            )
        ]
        indexes = [
            # tasks.send_due
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(state="planned")),
            models.Index(fields=["practice", "client", "-starts_at"], name="reminder_of_client"),
        ]
