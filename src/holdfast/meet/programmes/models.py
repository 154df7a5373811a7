"""Rows of group programmes. Texts of a programme are the practice's own and name nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.tenancy.models import Client, Membership, Practice


class Programme(models.Model):
    """A series of group sessions with a curriculum (FHIR: PlanDefinition, Group).

    `first_local` is a time on the wall of `zone`; with `every_weeks` and `left_out` (ISO dates) it
    says when the sessions are, until they are booked. `rules_version` grows with every change of
    the rules after publishing. `open_until`: the number of the last session before which somebody
    new may come in. A community is a finished programme whose thread goes on.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        ENDED = "ended"
        COMMUNITY = "community"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=120)
    purpose = models.TextField()
    rules = models.TextField()
    rules_version = models.PositiveIntegerField(default=1)
    languages = models.JSONField(default=list)
    capacity = models.PositiveSmallIntegerField()
    open_until = models.PositiveSmallIntegerField()
    joining = models.BooleanField(default=True)
    minutes = models.PositiveSmallIntegerField()
    medium = models.CharField(max_length=16)
    place_id = models.UUIDField(null=True)
    first_local = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    every_weeks = models.PositiveSmallIntegerField()
    left_out = models.JSONField(default=list)
    thread_id = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "state"], name="programme_of_practice")]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__range=(2, 60)), name="programme_holds"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="programme_published_when",
            ),
        ]


class Facilitator(models.Model):
    """Somebody who leads it. The lead is whom its appointments and visits are with."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="facilitators")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    lead = models.BooleanField(default=False)

    class Meta:
        ordering = ["-lead", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "membership"], name="facilitator_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(lead=True), name="facilitator_one_lead"
            ),
        ]


class Session(models.Model):
    """One session of the curriculum. `appointment_id` and times are there once it is booked.

    The times are copied from the appointment, whose changes are followed (`handlers`).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    material = models.TextField(blank=True)
    appointment_id = models.UUIDField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["practice", "appointment_id"],
                condition=Q(appointment_id__isnull=False),
                name="session_of_appointment",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="session_number_once")
        ]


class Enrolment(models.Model):
    """Somebody's way into a programme, and out of it. `called` is what the group calls them.

    asked ─ accepted ─ member ─ left, removed or finished; accepted may be waiting first. A place is
    taken from accepted on; rules come before being a member, and with it the sessions and the
    thread. `agreed_version` is that of the rules they agreed to last.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        WAITING = "waiting"
        ACCEPTED = "accepted"
        MEMBER = "member"
        DECLINED = "declined"
        LEFT = "left"
        REMOVED = "removed"
        FINISHED = "finished"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="enrolments")
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    state = models.CharField(max_length=16, choices=State, default=State.ASKED)
    called_sealed = models.BinaryField(default=b"")
    agreed_version = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Said yes to the community that a finished programme became.
    stays = models.BooleanField(default=False)

    called = sealed("called_sealed", "")

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client"], name="enrolment_of_client"),
            models.Index(fields=["practice", "programme", "asked_at"], name="enrolment_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "client"],
                condition=Q(state__in=["asked", "waiting", "accepted", "member", "finished"]),
                name="enrolment_once_at_a_time",
            )
        ]


class Agreement(models.Model):
    """That somebody agreed to one version of the rules (FHIR: Consent), with the words of it."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="agreements")
    version = models.PositiveIntegerField()
    rules = models.TextField()
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "version"], name="agreement_once")
        ]


class Attendance(models.Model):
    """What a facilitator said of somebody at a session, where it is not left to the visit."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attendances")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    presence = models.CharField(max_length=16)
    #: No reference: it stays said when whoever said it has gone.
    said_by = models.UUIDField()
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session"], name="attendance_once")
        ]
