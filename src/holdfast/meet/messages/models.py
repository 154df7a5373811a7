"""What the server keeps of threads: who belongs to them, sealed keys, and ciphertext in order."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.core.vault.arriving import ArrivingFile


class Thread(models.Model):
    """One conversation. The device that opens it chooses its identifier.

    `epoch` is the number of the newest epoch, `last_seq` the place of the newest message; both are
    written under this row's lock. A group's thread has no client.
    """

    class Kind(models.TextChoices):
        CLIENT = "client"
        TEAM = "team"
        SUPERVISION = "supervision"
        GROUP = "group"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind)
    epoch = models.PositiveIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice", "client"], name="thread_of_client")]


class Member(models.Model):
    """Somebody who belongs to a thread, or did: `left_epoch` is the first without them.

    `from_seq` is the first message they may be handed, `read_seq` the last they have read, and
    `told_seq` the one that they were last told of: nobody is told again before they have read it.
    `noted_at` is when the audit trail last got that they read.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    joined_epoch = models.PositiveIntegerField()
    left_epoch = models.PositiveIntegerField(null=True)
    from_seq = models.PositiveIntegerField(default=1)
    read_seq = models.PositiveIntegerField(default=0)
    told_seq = models.PositiveIntegerField(default=0)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "user"], name="thread_of_member")]
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="thread_member_once")
        ]


class Epoch(models.Model):
    """Who belongs to a thread from a message on, as one of them signed it.

    `members` are their identifiers, 16 bytes each, ascending. `signing` is the maker's key that
    verifies it, for when their account and with it their history of keys is gone.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="epochs")
    number = models.PositiveIntegerField()
    suite = models.PositiveSmallIntegerField()
    previous = models.BinaryField(max_length=32)
    #: No reference: what was signed names its maker for ever.
    maker = models.UUIDField()
    members = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    signing = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="thread_epoch_number")
        ]


class EpochKey(models.Model):
    """An epoch's key, sealed to one member. `sequence` is the entry of their keys it is for."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="keys")
    epoch = models.PositiveIntegerField()
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    sequence = models.PositiveIntegerField()
    sealed = models.BinaryField(max_length=80)
    signature = models.BinaryField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "member", "epoch"], name="thread_epoch_key")
        ]


class Message(models.Model):
    """One message as its sender sealed and signed it; the sender's device chose the identifier.

    `seq` counts the thread's messages without a gap, `number` those of its sender. Of one that was
    taken back the ciphertext, the salt that leads to its key and the signature are gone; its place
    and its hash, which the sender's next message names, stay.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    epoch = models.PositiveIntegerField()
    suite = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    received_at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "received_at"], name="thread_message_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["thread", "seq"], name="thread_seq"),
            models.UniqueConstraint(
                fields=["thread", "sender", "number"], name="thread_number_of_sender"
            ),
        ]


class ThreadFile(ArrivingFile):
    """A file or a voice note that somebody sealed for a thread; `message` is where it stands."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="files")
    message = models.UUIDField()
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [models.Index(fields=["practice", "thread"], name="thread_file_of")]


class Answering(models.Model):
    """Within what time somebody of the staff usually answers, as they say it themself."""

    class Within(models.TextChoices):
        SAME_DAY = "same-day"
        WORKING_DAY = "working-day"
        TWO_WORKING_DAYS = "two-working-days"
        WEEK = "week"

    membership = models.OneToOneField(Membership, primary_key=True, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    within = models.CharField(max_length=20, choices=Within)
