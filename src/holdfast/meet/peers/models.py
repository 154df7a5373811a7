"""Listeners, chats between two people who do not know each other, and what is done when it goes
wrong. What is written in a chat is ciphertext here, apart from excerpts that somebody reported.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Listener(models.Model):
    """A person of the practice who learns to listen, or listens.

    `modules` are the codes of those passed; `hours` a list of {"weekday", "opens", "closes"} on
    their own clock, empty: whenever they are switched `on`.
    """

    class Status(models.TextChoices):
        TRAINING = "training"
        TRAINED = "trained"
        LISTENING = "listening"
        BADGE_TAKEN = "badge-taken"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.OneToOneField(Client, on_delete=models.CASCADE)
    status = models.CharField(max_length=16, choices=Status, default=Status.TRAINING)
    modules = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    on = models.BooleanField(default=False)
    hours = models.JSONField(default=list)
    at_once = models.PositiveSmallIntegerField(default=1)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    last_taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "status"], name="listener_standing")]


class Chat(models.Model):
    """From a request to its end. The asker's device chooses the identifier."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        OPEN = "open"
        ENDED = "ended"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    asker = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="chats_asked")
    listener = models.ForeignKey(
        Client, null=True, on_delete=models.CASCADE, related_name="chats_heard"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    topic = models.CharField(max_length=40)
    language = models.CharField(max_length=3)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: The listener's signature of who belongs to the chat (`vault.engine.threads.Epoch`).
    epoch_signature = models.BinaryField(max_length=64, default=b"")
    last_seq = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "asker", "-asked_at"], name="chat_of_asker"),
            models.Index(fields=["practice", "listener", "status"], name="chat_of_listener"),
            models.Index(
                fields=["practice", "asked_at"],
                condition=Q(status="waiting"),
                name="chat_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "asker"],
                condition=Q(status__in=["waiting", "open"]),
                name="chat_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(listener__isnull=False, opened_at__isnull=False),
                name="chat_open_has_listener",
            ),
        ]


class Side(models.Model):
    """One of the two in a chat, under an identifier, a name and keys made for this chat alone.

    `ring` are the private keys, sealed in the browser to their owner's vault (a version of an
    item). `key` is the chat's key, sealed to this side.
    """

    class Role(models.TextChoices):
        ASKER = "asker"
        LISTENER = "listener"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="sides")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="chat_sides")
    role = models.CharField(max_length=8, choices=Role)
    name_sealed = models.BinaryField(default=b"")
    agreement = models.BinaryField(max_length=32)
    signing = models.BinaryField(max_length=32)
    ring = models.JSONField()
    key = models.BinaryField(max_length=80, default=b"")
    key_signature = models.BinaryField(max_length=64, default=b"")

    name = sealed("name_sealed", "")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chat", "role"], name="side_of_chat")]


class ChatMessage(models.Model):
    """One message as its side sealed and signed it; see `meet.messages.models.Message`."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    side = models.ForeignKey(Side, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="chat_message_seq"),
            models.UniqueConstraint(fields=["side", "number"], name="chat_message_number"),
        ]


class Block(models.Model):
    """One of the two never wants to meet the other again; neither is told so."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    by = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="peer_blocks")
    of = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="peer_blocks_of")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "by", "of"], name="peer_block_once")
        ]


class Report(models.Model):
    """Somebody asks the practice to look at a chat, with the messages that they chose to show.

    `shown`: {"words": str, "excerpts": [{"by", "name", "at", "text"}]}, under the practice's key;
    the texts are what the other side signed. People who leave are no longer named.
    """

    class Decision(models.TextChoices):
        NO_ACTION = "no-action"
        WARN = "warn"
        SUSPEND_LISTENER = "suspend-listener"
        SUSPEND_ASKER = "suspend-asker"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    chat = models.UUIDField()
    asker = models.ForeignKey(
        Client, null=True, on_delete=models.SET_NULL, related_name="peer_reports_as_asker"
    )
    listener = models.ForeignKey(
        Client, null=True, on_delete=models.SET_NULL, related_name="peer_reports_as_listener"
    )
    by = models.CharField(max_length=8, choices=Side.Role)
    reason = models.CharField(max_length=20)
    shown_sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL)

    shown = sealed("shown_sealed")

    class Meta:
        indexes = [models.Index(fields=["practice", "decision", "-at"], name="peer_report_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="peer_report_decided",
            )
        ]


class PeerStanding(models.Model):
    """What moderation decided about a person; none for most."""

    client = models.OneToOneField(Client, primary_key=True, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    warned_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)


class HandOver(models.Model):
    """The listener asked whether somebody of the practice may get in touch; the asker decides.

    `words` are what the asker chose to share, under their own key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    chat = models.OneToOneField(
        Chat, null=True, on_delete=models.SET_NULL, related_name="hand_over"
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)
    words_sealed = models.BinaryField(default=b"")
    flag = models.ForeignKey("flags.Flag", null=True, on_delete=models.SET_NULL, related_name="+")

    words = sealed("words_sealed", "")

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "-asked_at"], name="hand_over_of")]
