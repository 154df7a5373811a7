"""Forget somebody's reminders, and how they wished them."""

from __future__ import annotations

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
