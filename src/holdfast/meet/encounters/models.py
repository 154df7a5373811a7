"""A meeting between a client and someone of the practice (FHIR: Encounter)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Encounter(models.Model):
    """Planned, finished or cancelled. The last finished one is what 'since you last met' means."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    class Medium(models.TextChoices):
        IN_PERSON = "in_person"
        VIDEO = "video"
        PHONE = "phone"
        TEXT = "text"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    status = models.CharField(max_length=16, choices=Status)
    medium = models.CharField(max_length=16, choices=Medium, default=Medium.IN_PERSON)
    starts_at = models.DateTimeField()
    #: When it is planned to end; `ended_at` is when it did.
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: The booking that it was planned by; `meet.scheduling` moves and cancels it with that.
    appointment_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "-starts_at"]),
            # The last finished meeting, and the next planned one.
            models.Index(fields=["practice", "client", "status", "-starts_at"]),
            # Those of a booking.
            models.Index(
                fields=["practice", "appointment_id"],
                condition=Q(appointment_id__isnull=False),
                name="encounter_of_appointment",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("starts_at")),
                name="encounter_ends_after_start",
            )
        ]
