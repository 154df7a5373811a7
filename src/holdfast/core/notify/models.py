"""What somebody is told, every attempt to tell them, and how they wish to be told."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Practice


class Notification(models.Model):
    """One thing one account is told. `subject_id` names what it is about; no health text.

    `urgent` ones (flags for staff) ignore quiet hours and take every channel. After `expires_at`
    nothing of it is delivered and it is judged whether it arrived. `seen_at` is when an app of the
    account next asked for news; `read_at` is when somebody said that they had read it.
    """

    class Problem(models.TextChoices):
        NOT_DELIVERED = "not-delivered"
        CLIENT_SILENT = "client-silent"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=64)
    subject_id = models.UUIDField(null=True)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=16, choices=Problem, blank=True)
    #: Channels outside the app that it may take, comma between; empty for those of the account.
    channels = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "recipient", "-created_at"]),
            models.Index(fields=["practice", "subject_id"]),
            # facade.seen
            models.Index(
                fields=["recipient"], name="notification_unseen", condition=Q(seen_at=None)
            ),
            # tasks.judge_due
            models.Index(
                fields=["expires_at"],
                name="notification_unjudged",
                condition=Q(judged_at=None) & Q(expires_at__isnull=False),
            ),
            # facade.recent_problems and the caseload
            models.Index(
                fields=["practice", "recipient", "judged_at"],
                name="notification_problem",
                condition=~Q(problem=""),
            ),
        ]


class Preferences(models.Model):
    """How an account wishes to be told; an account without a row has the defaults.

    `order`: channels outside the app, the one to try first at the front; the others follow when it
    fails. An address that answered for good that it takes nothing is dead, and not tried again
    until it is another one or its owner asks for it: `*_dead_digest` says which address that was.
    `phone` is sealed under a key of the installation; nothing but the code is sent to it before
    its owner has typed that in.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notification_preferences",
    )
    email = models.BooleanField(default=True)
    web_push = models.BooleanField(default=True)
    quiet = models.BooleanField(default=True)
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    sms = models.BooleanField(default=False)
    order = models.CharField(max_length=40, default="web_push,email,sms")
    email_dead_digest = models.CharField(max_length=64, blank=True)
    email_dead_at = models.DateTimeField(null=True)
    email_dead_reason = models.CharField(max_length=64, blank=True)
    phone_sealed = models.BinaryField(default=b"")
    phone_verified_at = models.DateTimeField(null=True)
    phone_code = models.CharField(max_length=64, blank=True)
    phone_code_until = models.DateTimeField(null=True)
    phone_code_tries = models.PositiveSmallIntegerField(default=0)
    phone_dead_at = models.DateTimeField(null=True)
    phone_dead_reason = models.CharField(max_length=64, blank=True)


class Subscription(models.Model):
    """A browser that takes web push for an account.

    `sealed` holds the address at the push service and the browser's keys, under a key of the
    installation;
    `digest` finds a browser again. One that ended keeps its row, so that its owner sees why, and
    loses what was sealed.
    """

    class Ended(models.TextChoices):
        GONE = "gone"
        REMOVED = "removed"
        OTHER_ACCOUNT = "other-account"
        REPLACED = "replaced"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=16, choices=Ended, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], name="push_live_digest", condition=Q(ended_at=None)
            )
        ]


class DeliveryAttempt(models.Model):
    """One attempt on one channel. Waiting rows are claimed by a conditional UPDATE.

    `next_attempt_at` of a failed row is when it was tried again; empty, it was the last attempt.
    `rank` counts the channels that were to be tried before.
    """

    class Channel(models.TextChoices):
        IN_APP = "in_app"
        EMAIL = "email"
        WEB_PUSH = "web_push"
        SMS = "sms"

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        SENT = "sent"
        FAILED = "failed"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="attempts"
    )
    channel = models.CharField(max_length=16, choices=Channel)
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.SET_NULL)
    attempt = models.PositiveSmallIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=64, blank=True)
    next_attempt_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["outcome", "next_attempt_at"])]
