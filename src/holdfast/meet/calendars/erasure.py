"""Forget somebody's calendars when they delete their account, and old invitations."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.calendars.models import CalendarWishes, Feed, Invitation, Source


def forget(subject: Subject) -> None:
    """The invitations of a record. Safe to run twice."""
    if subject.practice_id is None or subject.client_id is None:
        return
    rows = Invitation.objects.filter(practice_id=subject.practice_id, client_id=subject.client_id)
    rows.delete()


def forget_account(subject: Subject) -> None:
    """Feeds, accounts elsewhere and wishes: what is sealed is written over, then its row goes."""
    feeds = Feed.objects.filter(user_id=subject.user_id)
    feeds.update(secret_sealed=b"")
    feeds.delete()
    sources = Source.objects.filter(membership__user_id=subject.user_id)
    sources.update(account_sealed=b"", state_sealed=b"")
    sources.delete()
    CalendarWishes.objects.filter(pk=subject.user_id).delete()


def old_invitations(practice_id: uuid.UUID, before: datetime) -> QuerySet[Invitation]:
    """What was sent before."""
    return Invitation.objects.filter(practice_id=practice_id, created_at__lt=before)
