"""Rows of scheduling. Instants are UTC; what repeats is a wall-clock rule with its IANA zone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from holdfast.core.crypto.lookup import FindableField
from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Medium(models.TextChoices):
    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"
    TEXT = "text"


class Place(models.Model):
    """Where people meet in person. The address may be somebody's home: it is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    address = FindableField(purpose="place.address", max_length=500, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "active"], name="place_of_practice")]


class Asset(models.Model):
    """A room or a piece of equipment of a place: one appointment at a time."""

    class Kind(models.TextChoices):
        ROOM = "room"
        EQUIPMENT = "equipment"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "place"], name="asset_of_place")]


class AppointmentType(models.Model):
    """What can be booked, and on which terms.

    `step_minutes` 0: one appointment begins where the one before, with its buffers, ends.
    `capacity` above 1 is a group. `needs_room`: in person it reserves a free room of the place.
    A cancellation later than `cancel_hours` before the start is recorded as late; never refused.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField(default=50)
    before_minutes = models.PositiveSmallIntegerField(default=0)
    after_minutes = models.PositiveSmallIntegerField(default=10)
    step_minutes = models.PositiveSmallIntegerField(default=0)
    media = models.JSONField(default=list)
    online = models.BooleanField(default=False)
    notice_minutes = models.PositiveIntegerField(default=24 * 60)
    horizon_days = models.PositiveSmallIntegerField(default=60)
    cancel_hours = models.PositiveSmallIntegerField(default=24)
    capacity = models.PositiveSmallIntegerField(default=1)
    needs_room = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "active"], name="type_of_practice")]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(5, 600)), name="type_lasts"),
            models.CheckConstraint(condition=Q(capacity__range=(1, 100)), name="type_holds"),
        ]


class AvailabilityRule(models.Model):
    """Each week on this day, by the clock on the wall of `time_zone`, somebody is there.

    `until_time` 00:00 is the end of the day. Where they move to another country, one rule ends
    (`valid_until`, its last day) and another, in the other zone, begins. `types` empty: every kind
    of appointment.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # ISO: 1 Monday to 7 Sunday
    from_time = models.TimeField()
    until_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT)
    media = models.JSONField(default=list)
    types = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "membership"], name="rule_of_member")]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="rule_iso_weekday"),
            models.CheckConstraint(
                condition=Q(from_time__lt=F("until_time")) | Q(until_time="00:00"),
                name="rule_from_before_until",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="rule_valid_in_order",
            ),
        ]


class AvailabilityException(models.Model):
    """A date that is otherwise: closed (all day without times), or open beside the rules."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    open = models.BooleanField(default=False)
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT)
    media = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["practice", "membership", "on"], name="exception_of_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True, open=False)
                | Q(from_time__isnull=False, until_time__isnull=False),
                name="exception_times_paired",
            )
        ]


class Series(models.Model):
    """Appointments at one wall-clock time, every week or every second one.

    `skipped`: what could not be booked, for whoever asked to see: [{"starts_at", "reason"}].
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    every_weeks = models.PositiveSmallIntegerField()
    first_local = models.CharField(max_length=16)  # 2026-03-02T09:00, on the wall of the zone
    time_zone = models.CharField(max_length=64)
    count = models.PositiveSmallIntegerField()
    skipped = models.JSONField(default=list)
    created_at = models.DateTimeField()


class Appointment(models.Model):
    """A booking (FHIR: Appointment). The device that books chooses the identifier.

    `zone` is the zone whose wall clock it was booked by; `sequence` grows with every change that
    others must hear of (RFC 5545), and whoever changes names the one they saw.
    """

    class Status(models.TextChoices):
        BOOKED = "booked"
        CANCELLED = "cancelled"
        FULFILLED = "fulfilled"
        NO_SHOW = "no_show"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, null=True, on_delete=models.SET_NULL)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    medium = models.CharField(max_length=16, choices=Medium)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=16, choices=Status, default=Status.BOOKED)
    sequence = models.PositiveIntegerField(default=0)
    uid = models.CharField(max_length=255)
    capacity = models.PositiveSmallIntegerField(default=1)
    booked_by = models.UUIDField(null=True)
    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "membership", "starts_at"], name="appointment_agenda"),
            models.Index(
                fields=["practice", "series", "starts_at"],
                condition=Q(series__isnull=False),
                name="appointment_of_series",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.UniqueConstraint(fields=["practice", "uid"], name="appointment_uid_unique"),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
                name="appointment_cancelled_when",
            ),
        ]


class Participant(models.Model):
    """A client of an appointment. `late`: cancelled later than the terms ask for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="participants"
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    encounter_id = models.UUIDField(null=True)
    status = models.CharField(
        max_length=16, choices=Appointment.Status, default=Appointment.Status.BOOKED
    )
    #: Copied from the appointment, so that a person's own list is read from one index.
    starts_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by_client = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    reason_sealed = models.BinaryField(default=b"")
    joined_at = models.DateTimeField()

    #: Why it was cancelled, in the words of whoever did; nobody is asked to say.
    reason = sealed("reason_sealed", "")

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "starts_at"], name="participant_of_client")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "client"], name="participant_once_in_appointment"
            )
        ]


class Reservation(models.Model):
    """From when to when, buffers included, an appointment has somebody or something to itself.

    No two active ones of a holder overlap, and the database says so: an exclusion constraint on
    PostgreSQL, triggers on SQLite (migration 0001, `guards.py`). A migration that alters this table
    makes it anew on SQLite, without its triggers: it must call `guards.install` again.
    """

    class Holder(models.TextChoices):
        MEMBERSHIP = "membership"
        ROOM = "room"
        EQUIPMENT = "equipment"
        CLIENT = "client"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    holder_kind = models.CharField(max_length=16, choices=Holder)
    holder_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="reservations"
    )
    active = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "holder_id", "starts_at"], name="reservation_busy")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="reservation_ends_after_start"
            )
        ]


class WaitingEntry(models.Model):
    """Somebody wants an earlier time: told in the order of asking when one becomes free."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SERVED = "served"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.CASCADE)
    #: What they have and would give up for the earlier one.
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.SET_NULL)
    media = models.JSONField(default=list)
    weekdays = models.JSONField(default=list)
    until = models.DateField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "membership", "created_at"],
                condition=Q(state="waiting"),
                name="waiting_in_order",
            ),
            models.Index(fields=["practice", "client"], name="waiting_of_client"),
        ]


class SlotOffer(models.Model):
    """A time that became free, offered to somebody who waits; the first to accept gets it."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        EXPIRED = "expired"
        GONE = "gone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    entry = models.ForeignKey(WaitingEntry, on_delete=models.CASCADE, related_name="offers")
    #: The cancelled appointment whose time it is; one offer of it to each who waits.
    freed = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    medium = models.CharField(max_length=16, choices=Medium)
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="offer_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "freed", "starts_at"], name="offer_once_to_each"
            )
        ]
