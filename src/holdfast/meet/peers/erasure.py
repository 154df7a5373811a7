"""Forget somebody who leaves: both what they asked and what they heard."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from holdfast.core.identity.erasure import Subject
from holdfast.meet.peers.models import (
    Block,
    Chat,
    ChatMessage,
    HandOver,
    Listener,
    PeerStanding,
    Report,
    Side,
)


def forget(subject: Subject) -> None:
    """Their chats go whole, keys first: half a conversation is the other's, and of both. Of reports
    the decision stays, without what was shown and without them. Safe to run twice.
    """
    if subject.practice_id is None or subject.client_id is None:
        return
    of_practice = {"practice_id": subject.practice_id}
    of_client = of_practice | {"client_id": subject.client_id}
    theirs = Q(asker=subject.client_id) | Q(listener=subject.client_id)
    chats = list(Chat.objects.filter(theirs, **of_practice).values_list("pk", flat=True))
    Side.objects.filter(chat__in=chats).update(key=b"", key_signature=b"", ring={}, name_sealed=b"")
    ChatMessage.objects.filter(chat__in=chats).update(ciphertext=b"", salt=b"", signature=b"")
    HandOver.objects.filter(**of_client).update(words_sealed=b"")
    HandOver.objects.filter(**of_client).delete()
    reports = Report.objects.filter(theirs, **of_practice)
    reports.update(shown_sealed=b"")
    reports.filter(asker=subject.client_id).update(asker=None)
    Report.objects.filter(listener=subject.client_id, **of_practice).update(
        shown_sealed=b"", listener=None
    )
    Chat.objects.filter(pk__in=chats).delete()
    Block.objects.filter(Q(by=subject.client_id) | Q(of=subject.client_id), **of_practice).delete()
    Listener.objects.filter(**of_client).delete()
    PeerStanding.objects.filter(**of_client).delete()


def old_chats(practice_id: uuid.UUID, before: datetime) -> QuerySet[Chat]:
    """Those that ended, or were asked for in vain, before an instant."""
    over = Q(ended_at__lt=before) | Q(status=Chat.Status.WAITING, asked_at__lt=before)
    return Chat.objects.filter(over, practice_id=practice_id)


def old_reports(practice_id: uuid.UUID, before: datetime) -> QuerySet[Report]:
    """Those that were decided before an instant."""
    return Report.objects.filter(practice_id=practice_id, decided_at__lt=before)
