"""Feeds, invitations, accounts elsewhere and what was found there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class CalendarWishes(models.Model):
    """Of an account; without a row, the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="calendar_wishes",
    )
    invitations = models.BooleanField(default=False)


class Feed(models.Model):
    """A secret address at which somebody's appointments can be read. `digest` finds it; the secret
    itself is sealed, so that its owner can copy it again. Revoked is deleted.
    """

    class Detail(models.TextChoices):
        BUSY = "busy"
        DETAILS = "details"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    secret_sealed = models.BinaryField()
    detail = models.CharField(max_length=8, choices=Detail, default=Detail.BUSY)
    created_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    secret = sealed("secret_sealed", "")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="feed_one_each"),
        ]


class Invitation(models.Model):
    """One iTIP message to one person: of this appointment, as of this sequence."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    appointment_id = models.UUIDField()
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=8)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "appointment_id", "client", "sequence", "method"],
                name="invitation_once",
            ),
        ]


class Source(models.Model):
    """An account of a member of staff elsewhere: a calendar on a CalDAV server, which ours are also
    written to where `writes`, or an address of a calendar to read (ics).

    `account` holds address, user name, password and the calendar's name, sealed. `state` is the
    server's sync-token, or an ics file's ETag. Claimed by a conditional UPDATE of `next_sync_at`.
    """

    class Kind(models.TextChoices):
        CALDAV = "caldav"
        ICS = "ics"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind)
    account_sealed = models.BinaryField()
    state_sealed = models.BinaryField(default=b"")
    writes = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    next_sync_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)
    expanded_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=32, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    account = sealed("account_sealed")
    state = sealed("state_sealed", "")

    class Meta:
        indexes = [
            models.Index(fields=["practice", "membership"], name="source_of_member"),
            models.Index(fields=["next_sync_at"], name="source_due"),
        ]


class Item(models.Model):
    """One resource of a calendar elsewhere.

    `content`, sealed: its address there, its ETag, and of a foreign one what says when it is. An
    item with `appointment_id` is ours: `sequence` is what we wrote last. `removed_at`: it was taken
    away there, and its owner has been asked what that means.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items")
    content_sealed = models.BinaryField()
    appointment_id = models.UUIDField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    content = sealed("content_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "appointment_id"],
                name="item_once_of_appointment",
                condition=Q(appointment_id__isnull=False),
            ),
        ]


class BusyTime(models.Model):
    """From when to when somebody is busy by a calendar elsewhere. No word about what with."""

    id = models.BigAutoField(primary_key=True)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["membership", "starts_at"], name="busy_of_member")]
