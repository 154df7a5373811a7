"""Screenings, decisions about generated text, policies, passages, and counts of referrals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Screening(models.Model):
    """What the screen said of one text, as codes and offsets. `id` is the report's own.

    `level` is empty where the screen failed. `evidence`: [{"code", "level", "category", "start",
    "end", "turn"}], offsets into a text that is kept nowhere here. `text_hash` is keyed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    flag = models.ForeignKey("flags.Flag", null=True, on_delete=models.SET_NULL, related_name="+")
    ticket = models.UUIDField()
    source = models.CharField(max_length=32)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(null=True)
    categories = models.JSONField(default=list)
    temporality = models.CharField(max_length=32, blank=True)
    experiencer = models.CharField(max_length=32, blank=True)
    evidence = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    supported = models.BooleanField()
    #: [{"step", "answer"}]
    protocol = models.JSONField(default=list)
    #: Identifiers of the crisis lines that were named.
    referrals = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    versions = models.JSONField(default=dict)
    text_hash = models.CharField(max_length=64)
    passage_agreed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "-at"]),
            models.Index(fields=["practice", "received_at"]),
            models.Index(
                fields=["practice", "flag"],
                condition=Q(flag__isnull=False),
                name="screening_of_flag",
            ),
            models.Index(
                fields=["received_at"], condition=Q(level__isnull=True), name="screening_failed"
            ),
        ]


class GateDecision(models.Model):
    """What the gate decided about one piece of generated text; `text_hash` is keyed."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="gate")
    position = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=32)
    reasons = models.JSONField(default=list)
    version = models.CharField(max_length=200, blank=True)
    text_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening", "position"], name="gate_decision_position")
        ]


class Policy(models.Model):
    """One version of what a practice's care teams are told, and when, without being asked.

    `tell_from` is a level, never above urgent. `note` are the practice's own words, for everybody.
    """

    class Words(models.TextChoices):
        ASKED = "asked"
        STANDING = "standing"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    version = models.PositiveIntegerField()
    tell_from = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=16, choices=Words)
    jurisdiction = models.CharField(max_length=8, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "version"], name="policy_version_unique"),
            models.CheckConstraint(
                condition=Q(tell_from__range=(1, 3)), name="policy_always_tells_emergencies"
            ),
        ]


class MinorStatement(models.Model):
    """A person said in a conversation that they are under 18; over until their team clears it."""

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    said_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)


class Passage(models.Model):
    """Words that a person sealed to who answers for their flag: an item of their vault.

    `to` answered for the flag when it was sent, and reads it for as long as the flag is not closed.
    Whoever the flag comes to later reads it only while the person agrees to that beforehand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    flag = models.ForeignKey("flags.Flag", null=True, on_delete=models.SET_NULL, related_name="+")
    item = models.UUIDField()
    report = models.UUIDField(null=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "client", "item"], name="passage_once")
        ]
        indexes = [models.Index(fields=["practice", "flag"])]


class ReferralCount(models.Model):
    """How many answers of a month named a crisis line: a number, and nobody's.

    It stays when the screenings behind it go.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    month = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "month"], name="referral_count_month")
        ]
