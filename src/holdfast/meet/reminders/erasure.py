"""Forget somebody's reminders and how they wished them, and what a practice keeps of old ones."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.reminders.models import Reminder, ReminderWishes


def forget(subject: Subject) -> None:
    """Every reminder of a record. Safe to run twice."""
    if subject.practice_id is None or subject.client_id is None:
        return
    rows = Reminder.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    rows.delete()


def forget_wishes(subject: Subject) -> None:
    """Of an account. Safe to run twice."""
    ReminderWishes.objects.filter(pk=subject.user_id).delete()


def old_reminders(practice_id: uuid.UUID, before: datetime) -> QuerySet[Reminder]:
    """Of appointments that began before."""
    return Reminder.objects.filter(practice_id=practice_id, starts_at__lt=before)
