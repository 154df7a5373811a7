"""What was asked, what was answered, what it came to, and what else happened in a person's life."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class InstrumentRelease(models.Model):
    """A version of an instrument that this installation has used; its content may never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instrument = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "version"], name="instrument_release_unique"
            )
        ]


class InstrumentActivation(models.Model):
    """A practice's acceptance of an instrument's terms. The row stays when it is taken back, so
    that answers given while the terms stood are still received.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    instrument = models.CharField(max_length=64)
    active = models.BooleanField(default=True)
    accepted_terms_at = models.DateTimeField()
    accepted_terms_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "instrument"], name="instrument_activation_unique"
            )
        ]


class Assignment(models.Model):
    """A questionnaire a person is asked, once or every so many days, in the person's own dates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    instrument = models.CharField(max_length=64)
    every_days = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    created_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_days__isnull=True) | Q(every_days__gte=1),
                name="assignment_every_days_positive",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="assignment_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["practice", "client"])]


class Response(models.Model):
    """One filled-in questionnaire, received exactly once under the identifier its device gave it.

    `answers` maps item ids to codes; null means asked and left out, absent means not asked.
    `local_date` is the day in the person's zone. Where a device's clock ran ahead, `answered_at`
    is when the answer was received and `claimed_at` what the device said. `parent` is the response
    this one follows up; it is no foreign key because the two may arrive in either order.
    """

    class Source(models.TextChoices):
        APP = "app"
        IMPORT = "import"
        CLINICIAN = "clinician"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    instrument = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    language = models.CharField(max_length=16)
    answers = models.JSONField()
    answered_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    local_date = models.DateField()
    source = models.CharField(max_length=16, choices=Source, default=Source.APP)
    historical = models.BooleanField(default=False)
    content_digest = models.CharField(max_length=64)
    parent = models.UUIDField(null=True)
    band = models.CharField(max_length=64, blank=True)
    missing = models.JSONField(default=list)
    alerts = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "-answered_at", "-id"]),
            models.Index(fields=["practice", "client", "instrument", "local_date"]),
            # Finds the follow-up of a response; few responses are one.
            models.Index(
                fields=["practice", "parent"],
                condition=Q(parent__isnull=False),
                name="response_follow_ups",
            ),
        ]


class Score(models.Model):
    """One scale of one response. `main` marks the instrument's first scale."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    instrument = models.CharField(max_length=64)
    scale = models.CharField(max_length=64)
    main = models.BooleanField()
    value = models.FloatField()
    band = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField()
    historical = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "scale"], name="score_scale_unique")
        ]
        indexes = [
            models.Index(fields=["practice", "client", "instrument", "scale", "answered_at"]),
            # The caseload's look for each person's newest main score.
            models.Index(
                fields=["practice", "client", "-answered_at", "-id"],
                condition=Q(main=True),
                name="score_newest_main",
            ),
        ]


class Medication(models.Model):
    """What someone takes, in the person's own record. Name and dose text are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    name_sealed = models.BinaryField(default=b"")
    dose = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    frequency = models.CharField(max_length=64, blank=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    name = sealed("name_sealed", "")

    class Meta:
        indexes = [models.Index(fields=["practice", "client"])]


class LifeEvent(models.Model):
    """Something that stands on the time axis beside the scores. Its label is sealed."""

    class Kind(models.TextChoices):
        LIFE = "life"
        MEDICATION = "medication"
        TREATMENT = "treatment"
        MEETING = "meeting"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind)
    label_sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()
    end = models.DateTimeField(null=True)
    dose = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    medication = models.ForeignKey(Medication, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()

    label = sealed("label_sealed", "")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=models.F("at")),
                name="life_event_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["practice", "client", "at"])]
