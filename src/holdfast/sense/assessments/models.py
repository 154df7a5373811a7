"""A person's fortnights of prompts, and their asking for a talk."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Assessment(models.Model):
    """One assessment of one person, in the person's own dates.

    What was answered are responses; what became of the prompts is with their assignment. `times`
    are the chosen local times (HH:MM), one per prompt of a day. `left_at`: ended early.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    plan = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    assignment_id = models.UUIDField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    times = models.JSONField()
    by_person = models.BooleanField()
    created_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="assessment_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["practice", "client", "-starts_on"]),
            # The worker's look for assessments whose report is to be announced.
            models.Index(
                fields=["ends_on"],
                condition=Q(announced_at__isnull=True, left_at__isnull=True),
                name="assessment_to_announce",
            ),
        ]


class TalkRequest(models.Model):
    """A person asks their care team for a talk. At most one waits at a time.

    `told` is how many people were told when it was asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    asked_at = models.DateTimeField()
    told = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client"],
                condition=Q(answered_at__isnull=True),
                name="talk_request_one_waits",
            )
        ]
        indexes = [models.Index(fields=["practice", "client", "-asked_at"])]
