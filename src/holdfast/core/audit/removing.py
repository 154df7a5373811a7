"""Remove entries that are older than the practice keeps them, so that the rest stays verifiable."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit import checkpoints
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import claim
from holdfast.core.audit.engine import Position
from holdfast.core.audit.models import AuditEvent


def removable(practice_id: uuid.UUID, before: datetime) -> int:
    """How many entries stand before the first that is to be kept. Removes nothing."""
    through = _last_before(practice_id, before)
    upto = checkpoints.beginning(practice_id) if through is None else through.seq
    return _placed(practice_id).filter(seq__lte=upto).count()


def remove(practice_id: uuid.UUID, before: datetime, most: int) -> int:
    """Remove at most so many entries older than an instant; returns how many went.

    Before the first goes, a signed checkpoint says where the kept chain begins, and an entry says
    what was done. Goes on where a removal was interrupted. Nothing goes while the chain is known to
    be broken: it would be the evidence. One transaction.
    """
    with transaction.atomic():
        chain = claim(practice_id)
        if chain is None or chain.broken_seq is not None:
            return 0
        begins = checkpoints.beginning(practice_id)
        if not _placed(practice_id).filter(seq__lte=begins).exists():
            through = _last_before(practice_id, before)
            if through is None:
                return 0
            checkpoints.make(chain, clock.now(), through=through)
            detail = {"through": through.seq, "before": before.isoformat()}
            record("remove", "audit", by=system(practice_id, "retention"), detail=detail)
            begins = through.seq
        oldest = _placed(practice_id).filter(seq__lte=begins).order_by("seq")[:most]
        some = list(oldest.values_list("pk", flat=True))
        AuditEvent.objects.filter(pk__in=some).delete()
    return len(some)


def _placed(practice_id: uuid.UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=False)


def _last_before(practice_id: uuid.UUID, before: datetime) -> Position | None:
    """The last of the entries at the chain's beginning that are all older than an instant.

    Reads the entries that are older: there is no index by time, which every request would pay for.
    """
    begins = checkpoints.beginning(practice_id)
    entries = _placed(practice_id).filter(seq__gt=begins)
    first_kept = entries.filter(at__gte=before).order_by("seq").values_list("seq", flat=True)
    older = entries.order_by("-seq")
    for seq in first_kept[:1]:
        older = older.filter(seq__lt=seq)
    found = older.values_list("seq", "hash").first()
    if found is None or found[0] is None:
        return None
    return Position(found[0], found[1])
