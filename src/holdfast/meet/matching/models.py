"""What somebody offers and may practise, what a person looks for, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.crypto.lookup import FindableField
from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Profile(models.Model):
    """What a clinician offers, for everybody of the practice to read (FHIR: PractitionerRole).

    Fees are in minor units of `currency` for one meeting, from `fee_from` (where there is a sliding
    scale: the lowest) to `fee_to`; empty: nothing is asked of the person. `booking` says whether a
    person may choose them at once or asks first. `first_free` and `parts` are kept by `keeping`:
    the next free time and the parts of the week with one (bits of `engine.terms`). `revision` is
    the practice's, at the last change: a directory reads what came after the one it has.
    """

    class Booking(models.TextChoices):
        DIRECT = "direct"
        ENQUIRY = "enquiry"

    membership = models.OneToOneField(
        Membership, primary_key=True, on_delete=models.CASCADE, related_name="profile"
    )
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    listed = models.BooleanField(default=False)
    about = models.TextField(max_length=2000, blank=True)
    gender = models.CharField(max_length=16, blank=True)
    languages = models.JSONField(default=list)
    media = models.JSONField(default=list)
    specialties = models.JSONField(default=list)
    approaches = models.JSONField(default=list)
    competences = models.JSONField(default=list)
    fee_from = models.PositiveIntegerField(null=True)
    fee_to = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    capacity = models.PositiveSmallIntegerField(default=0)
    booking = models.CharField(max_length=8, choices=Booking, default=Booking.ENQUIRY)
    caseload = models.PositiveIntegerField(default=0)
    first_free = models.DateTimeField(null=True)
    parts = models.PositiveIntegerField(default=0)
    kept_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fee_from__isnull=True, fee_to__isnull=True)
                | Q(fee_from__lte=models.F("fee_to")),
                name="profile_fee_from_to",
            )
        ]
        indexes = [
            models.Index(fields=["practice", "revision"], name="profile_revision"),
            models.Index(fields=["kept_at"], name="profile_kept", condition=Q(listed=True)),
        ]


class DirectoryRevision(models.Model):
    """Counts the changes of a practice's profiles; locked by whoever changes one."""

    practice = models.OneToOneField(Practice, primary_key=True, on_delete=models.CASCADE)
    revision = models.PositiveBigIntegerField(default=0)


class Licence(models.Model):
    """Leave to practise somewhere, until a day (inclusive); counts once an administrator says so.

    `jurisdiction` is an ISO 3166-1 country or 3166-2 subdivision. Another number, place or day asks
    for another look. Of one that was removed, place and day stay: who kept one is asked for one.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        VERIFIED = "verified"
        REFUSED = "refused"
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="licences")
    title = FindableField(purpose="licence.title", max_length=120)
    number = FindableField(purpose="licence.number", max_length=80)
    jurisdiction = models.CharField(max_length=6)
    expires_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    decided_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["jurisdiction", "expires_on", "id"]
        indexes = [models.Index(fields=["practice", "membership"], name="licence_of_member")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True)
                | (~Q(status="pending") & Q(decided_at__isnull=False)),
                name="licence_decided_when_decided",
            )
        ]


class Intake(models.Model):
    """What a person looks for, under their own key; one per person, changed as often as they like.

    `wishes` is a JSON object of codes (`schemas.WishesIn`), and whom they left. `baseline` is the
    questionnaire that was answered before anybody was shown.
    """

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    wishes_sealed = models.BinaryField(default=b"")
    changed_at = models.DateTimeField()

    wishes = sealed("wishes_sealed")


class Enquiry(models.Model):
    """A person asks somebody to treat them. At most one waits per pair, and few at a time."""

    class Status(models.TextChoices):
        SENT = "sent"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="enquiries")
    status = models.CharField(max_length=16, choices=Status, default=Status.SENT)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client", "membership"],
                condition=Q(status="sent"),
                name="enquiry_one_waits",
            )
        ]
        indexes = [
            models.Index(fields=["practice", "client", "-sent_at"], name="enquiry_of_client"),
            models.Index(fields=["practice", "membership", "status"], name="enquiry_of_member"),
            models.Index(fields=["sent_at"], name="enquiry_waiting", condition=Q(status="sent")),
        ]


class Waiting(models.Model):
    """Somebody waits for a person who fits. `ended_at` with `matched`: they found one.

    `told_revision`: the directory's, when it was last looked whether somebody fits now.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    matched = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    told_revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client"],
                condition=Q(ended_at__isnull=True),
                name="waiting_once",
            )
        ]
        indexes = [models.Index(fields=["practice", "-since"], name="waiting_since")]
