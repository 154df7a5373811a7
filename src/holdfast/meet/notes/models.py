"""Progress notes of the care team, and psychotherapy notes sealed to their author alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Note(models.Model):
    """One progress note: what its author is writing, and how far it was signed.

    `version` is the newest that was signed, 0 before the first. `draft_at` is empty where nothing
    is being written. `revision` grows with every change; whoever saves names the one they saw.
    The device chooses the identifier, so that a note begun twice is begun once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey("encounters.Encounter", null=True, on_delete=models.SET_NULL)
    template = models.CharField(max_length=16)
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=0)
    draft_sealed = models.BinaryField(default=b"")
    draft_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    #: {section: text} as it was last saved, by the template's sections.
    draft = sealed("draft_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client", "-created_at", "-id"], name="note_of_client")
        ]


class NoteVersion(models.Model):
    """What was signed: it never changes. Only the co-signature and the release are added to it.

    `reason` says why it replaces the one before; the first has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content_sealed = models.BinaryField(default=b"")
    reason_sealed = models.BinaryField(default=b"")
    signed_at = models.DateTimeField()
    wants_cosignature = models.BooleanField(default=False)
    cosigned_at = models.DateTimeField(null=True)
    cosigned_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True)

    content = sealed("content_sealed")
    reason = sealed("reason_sealed", "")

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "-signed_at"],
                condition=Q(wants_cosignature=True, cosigned_at__isnull=True),
                name="note_waits_for_cosignature",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="note_version_unique"),
            models.CheckConstraint(
                condition=Q(cosigned_at__isnull=True, cosigned_by__isnull=True)
                | Q(cosigned_at__isnull=False, cosigned_by__isnull=False),
                name="note_cosigned_by_somebody",
            ),
        ]


class ReadingRequest(models.Model):
    """A person asked to read the notes about them. One is open at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "client"],
                condition=Q(answered_at__isnull=True),
                name="notes_asked_for_once",
            )
        ]


class SealedNote(models.Model):
    """A psychotherapy note: an item of the vault's format, sealed by its author to themself.

    Only the newest version is here. It is about a client and no part of their record.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    content_schema = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    #: The hash of the version that this one replaced; empty in the first.
    previous = models.BinaryField(max_length=32, default=b"")
    hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    #: The key, sealed to the owner, and their signature of that.
    grant_sealed = models.BinaryField(max_length=80)
    grant_signature = models.BinaryField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "owner"], name="sealed_note_of")]
