"""A meeting between a client and someone of the practice (FHIR: Encounter)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Encounter(models.Model):
    """A visit's record, from planned to its end; `engine` says how its states follow.

    The last finished one is what 'since you last met' means. `starts_at` is the planned time; of a
    visit that was over before it, the time at which it began.
    """

    class Status(models.TextChoices):
        PLANNED = "planned"
        WAITING = "waiting"
        ADMITTED = "admitted"
        IN_SESSION = "in_session"
        FINISHED = "finished"
        NO_SHOW = "no_show"
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
    client_arrived_at = models.DateTimeField(null=True, blank=True)
    client_left_at = models.DateTimeField(null=True, blank=True)
    clinician_arrived_at = models.DateTimeField(null=True, blank=True)
    clinician_left_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    #: When media first connected: the session's clock.
    begun_at = models.DateTimeField(null=True, blank=True)
    #: Counts the changes of the visit, so that a device knows an old word from a new one.
    moves = models.PositiveIntegerField(default=0)
    #: The booking that it was planned by; `meet.scheduling` moves and cancels it with that.
    appointment_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "-starts_at"]),
            # The last finished meeting, and the next planned one.
            models.Index(fields=["practice", "client", "status", "-starts_at"]),
            # A clinician's own visits that are going on (`rooms.joining.near`); few at a time.
            models.Index(
                fields=["practice", "membership"],
                condition=Q(status__in=["waiting", "admitted", "in_session"]),
                name="encounter_going_on",
            ),
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
