"""The kinds of data of `core` that have a period; other wings register their own."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from holdfast.core.audit import removing
from holdfast.core.identity.models import ErasureStep
from holdfast.core.leaving import retention
from holdfast.core.leaving.models import Departure, KeptRecord
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Invitation


def _messages(practice_id: uuid.UUID, before: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(practice_id=practice_id, created_at__lt=before)


def _invitations(practice_id: uuid.UUID, before: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(practice_id=practice_id, expires_at__lt=before)


def _receipts(practice_id: uuid.UUID, before: datetime) -> QuerySet[Departure]:
    """Finished deletions of this practice's people, of whom nothing is kept any more."""
    here = ErasureStep.objects.filter(user_id=OuterRef("user_id"), practice_id=practice_id)
    elsewhere = ErasureStep.objects.filter(
        ~Q(practice_id=practice_id), user_id=OuterRef("user_id"), practice_id__isnull=False
    )
    kept = KeptRecord.objects.filter(departure=OuterRef("pk"), erased_at=None)
    return Departure.objects.filter(
        Exists(here), ~Exists(elsewhere), ~Exists(kept), finished_at__lt=before
    )


def _remove_receipts(practice_id: uuid.UUID, before: datetime, most: int) -> int:
    some = list(_receipts(practice_id, before).order_by("pk")[:most])
    ErasureStep.objects.filter(user_id__in=[one.user_id for one in some]).delete()
    Departure.objects.filter(pk__in=[one.pk for one in some]).delete()
    return len(some)


def _count_receipts(practice_id: uuid.UUID, before: datetime) -> int:
    return _receipts(practice_id, before).count()


def register_all() -> None:
    """Four weeks of messages count as delivery problems (notify.standing), so no fewer go. The
    audit trail is kept for ever unless a practice says otherwise; what goes, goes under a seal.
    """
    retention.register(retention.Kind("audit", None, 365, removing.removable, removing.remove))
    retention.register_rows("messages", _messages, default_days=365, shortest_days=30)
    retention.register_rows("invitations", _invitations, default_days=90, shortest_days=0)
    retention.register(retention.Kind("receipts", 3 * 365, 30, _count_receipts, _remove_receipts))
