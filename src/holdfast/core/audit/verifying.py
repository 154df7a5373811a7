"""Whether anybody changed what was written down."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Subquery

from holdfast.core.audit import rows
from holdfast.core.audit.engine import Misfit, Position, walk
from holdfast.core.audit.models import AuditChain, AuditEvent


@dataclass(frozen=True)
class Verification:
    """What was found: `entries` that fit, the first that does not, and those not chained yet.

    Nothing vouches for an unchained entry: it has no hash.
    """

    practice_id: uuid.UUID
    entries: int
    broken: Misfit | None
    unchained: int

    @property
    def intact(self) -> bool:
        return self.broken is None


def verify(practice_id: uuid.UUID) -> Verification:
    """Recompute a practice's chain from its first entry to its end. Reads every entry."""
    end, newest = _end(practice_id)
    found = walk(rows.links(practice_id, 0, newest if end is None else end.seq), Position())
    if isinstance(found, Position):
        broken, entries = _at_the_end(found, end, newest), found.seq
    else:
        broken, entries = found, found.seq - 1
    waiting = AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=True)
    return Verification(practice_id, entries, broken, waiting.count())


def first_broken(practice_id: uuid.UUID) -> int | None:
    """The place of the first entry that does not fit its chain, or None when all do."""
    broken = verify(practice_id).broken
    return None if broken is None else broken.seq


def _end(practice_id: uuid.UUID) -> tuple[Position | None, int]:
    """Where the chain says that it ends, and the last place that an entry has.

    Of one moment, in one statement: the worker goes on chaining.
    """
    placed = AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=False).order_by("-seq")
    newest = Subquery(placed.values("seq")[:1])
    chain = AuditChain.objects.filter(pk=practice_id).annotate(newest=newest).first()
    if chain is not None:
        return Position(chain.seq, chain.hash), chain.newest or 0
    return None, placed.values_list("seq", flat=True).first() or 0


def _at_the_end(found: Position, end: Position | None, newest: int) -> Misfit | None:
    """What is wrong when every entry fits the one before it."""
    if end is None:
        return None if found.seq == 0 else Misfit(found.seq + 1, "missing")
    if found.seq < end.seq:
        return Misfit(found.seq + 1, "missing")
    if found != end:
        return Misfit(found.seq, "changed")
    return None if newest <= end.seq else Misfit(end.seq + 1, "appended")
