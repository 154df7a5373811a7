"""Flags, the answers they rest on, and everything that happened to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Level(models.IntegerChoices):
    """How soon a human should look. It orders work; it predicts nothing (NICE NG225)."""

    WATCH = 1, "watch"
    CONCERN = 2, "concern"
    URGENT = 3, "urgent"
    EMERGENCY = 4, "emergency"


class State(models.TextChoices):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"
    CLOSED = "closed"


class Flag(models.Model):
    """Something worrying about one person that a named human answers for.

    A person has at most one flag that is not closed; it absorbs what comes after it. `due_at` is
    what people are told; `escalate_at` is when the worker moves the flag on, empty when no clock
    runs. `chain_position` is the on-call position it has come to, 0 before there was any.
    `seen_*` is the last acknowledgement that covers the flag's present level.
    """

    class DueKind(models.TextChoices):
        SAME_DAY = "same_day"
        NEXT_OPENING = "next_opening"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField(choices=Level)
    reason = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    owner = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="owned_flags"
    )
    chain_position = models.PositiveSmallIntegerField(default=0)
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_kind = models.CharField(max_length=16, choices=DueKind, blank=True)
    escalate_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="seen_flags"
    )
    seen_at = models.DateTimeField(null=True)
    historical = models.BooleanField(default=False)
    alarm = models.BooleanField(default=False)
    outcome = models.CharField(max_length=32, blank=True)
    closed_at = models.DateTimeField(null=True)
    repeats = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client"],
                condition=~Q(state="closed"),
                name="flag_one_not_closed",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="flag_closed_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "state", "-level", "id"]),
            models.Index(fields=["practice", "client", "-raised_at"]),
            models.Index(fields=["practice", "raised_at"]),
            # The worker's look for flags past their time; only those with a running clock.
            models.Index(
                fields=["escalate_at"],
                condition=Q(escalate_at__isnull=False),
                name="flag_clock_running",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WithdrawnFlag(models.Model):
    """That there was a flag, after its person deleted their account: counted, and nobody's.

    Holds no identifier of the flag or the person and no day, only the week, so that the number of
    flags per clinician and week stays true. `unclosed` says that nobody had finished with it.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    week = models.DateField()
    level = models.PositiveSmallIntegerField(choices=Level)
    unclosed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["practice", "week"])]


class FlagSignal(models.Model):
    """One answer, score or omission behind a flag. `code` and `reason` are codes, never text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="signals")
    code = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(choices=Level)
    reason = models.CharField(max_length=64)
    response_id = models.UUIDField(null=True)
    item = models.CharField(max_length=64, blank=True)
    scale = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()
    follow_up = models.CharField(max_length=64, blank=True)
    #: Until when the follow-up is waited for; empty when it came, was missed or was never asked.
    follow_up_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "reason"]),
            models.Index(fields=["practice", "flag"]),
            models.Index(
                fields=["follow_up_due_at"],
                condition=Q(follow_up_due_at__isnull=False),
                name="flag_follow_up_awaited",
            ),
        ]


class FlagEvent(models.Model):
    """One step in a flag's history; rows are added and never changed.

    `by` is who did it (empty for the system), `to` is whom the flag came to.
    """

    class Kind(models.TextChoices):
        RAISED = "raised"
        REPEATED = "repeated"
        LEVEL_RAISED = "level-raised"
        ASSIGNED = "assigned"
        ESCALATED = "escalated"
        CHAIN_EXHAUSTED = "chain-exhausted"
        ACKNOWLEDGED = "acknowledged"
        CONTACT_ATTEMPT = "contact-attempt"
        ACTED = "acted"
        CLOSED = "closed"
        NOTIFIED = "notified"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=24, choices=Kind)
    by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["practice", "flag", "id"]),
            models.Index(fields=["practice", "kind", "at"]),
        ]
