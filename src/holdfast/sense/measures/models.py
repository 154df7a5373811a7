"""What was asked, what was answered, what it came to, and what else happened in a person's life."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q

from holdfast.core import clock
from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.sense.measures.engine.schedule import Anchor, Rule, rule_from


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


def _once() -> dict[str, Any]:
    return {"when": {"kind": "once"}}


class Assignment(models.Model):
    """A questionnaire a person is asked, by a rule in the person's own dates and times.

    `rule` is `engine.schedule.rule_data` without its two dates. `event` names what an event's rule
    waits for, and `anchors` the events so far ({"at": instant, "on": local date}). Prompts are
    written down up to `planned_until`; at `plan_again_at` the worker goes on (empty: not again).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    instrument = models.CharField(max_length=64)
    rule = models.JSONField(default=_once)
    event = models.CharField(max_length=16, blank=True)
    anchors = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    created_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    planned_until = models.DateTimeField(null=True)
    plan_again_at = models.DateTimeField(null=True, default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="assignment_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "client"]),
            # The worker's look for what is to be planned.
            models.Index(
                fields=["plan_again_at"],
                condition=Q(plan_again_at__isnull=False),
                name="assignment_to_plan",
            ),
        ]

    @property
    def schedule(self) -> Rule:
        """The rule with its dates."""
        return rule_from(self.rule | {"starts_on": self.starts_on, "ends_on": self.ends_on})

    @property
    def events(self) -> tuple[Anchor, ...]:
        """The events its rule hangs on, oldest first."""
        return tuple(
            Anchor(datetime.fromisoformat(one["at"]), date.fromisoformat(one["on"]))
            for one in self.anchors
        )


class Prompt(models.Model):
    """One asking of an assignment: on a local date, in a slot of its rule; there is only one.

    Its identifier follows from the three (`prompt_id`), so that any replica, and a device without
    network, knows it. `next_at` is when the worker looks at it again, empty when nothing more
    happens by itself. `undelivered`: missed, and nothing shows that the person was ever told.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        OPEN = "open"
        SNOOZED = "snoozed"
        ANSWERED = "answered"
        MISSED = "missed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="prompts")
    local_date = models.DateField()
    slot = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.PLANNED)
    answered_by = models.UUIDField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    snoozes = models.PositiveSmallIntegerField(default=0)
    snoozed_until = models.DateTimeField(null=True)
    undelivered = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "local_date", "slot"], name="prompt_unique"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(state="answered"),
                name="prompt_answered_by_when_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "closes_at"]),
            models.Index(fields=["practice", "client", "local_date"]),
            # The worker's look for what opens, reminds or closes.
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="prompt_next"
            ),
        ]


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
    # No index of its own: those below begin with it, and each costs an answer or an import time.
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, db_index=False)
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
    # No index of its own: those below begin with it, and each costs an answer or an import time.
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, db_index=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="scores", db_index=False
    )
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
            models.Index(fields=["practice", "client", "instrument", "scale", "answered_at"])
        ]


class UnreadEntry(models.Model):
    """What a device handed in, in a form newer than this server; sealed until it can be read.

    `entry` is the identifier that the device gave. `refusal` is why it was not taken once it could
    be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    entry = models.UUIDField()
    schema = models.PositiveSmallIntegerField()
    content_digest = models.CharField(max_length=64)
    text_sealed = models.BinaryField(default=b"")
    received_at = models.DateTimeField()
    refusal = models.CharField(max_length=64, blank=True)

    text = sealed("text_sealed", "")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "entry", "content_digest"], name="unread_entry_unique"
            )
        ]


class Medication(models.Model):
    """What someone takes, in the person's own record. Name and how often are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    name_sealed = models.BinaryField(default=b"")
    dose = models.FloatField(null=True)
    unit = models.CharField(max_length=32, blank=True)
    frequency_sealed = models.BinaryField(default=b"")
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    name = sealed("name_sealed", "")
    frequency = sealed("frequency_sealed", "")

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
