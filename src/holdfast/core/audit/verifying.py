"""Whether anybody changed what was written down."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q, Subquery

from holdfast.core.audit import checkpoints, rows
from holdfast.core.audit.engine import Checkpoint, Misfit, Position, walk, walk_past
from holdfast.core.audit.models import AuditChain, AuditEvent

_log = logging.getLogger(__name__)

#: How often the worker looks at every chain, and how many entries it reads in one tick: a third of
#: a second's work, because escalation waits for it.
EVERY = timedelta(days=1)
ENTRIES_PER_TICK = 20_000


@dataclass(frozen=True)
class Verification:
    """What was found: `entries` that fit, the first that does not, and those not chained yet.

    `begins` is the place after which the kept entries begin: what stood before was removed as too
    old. Nothing vouches for an unchained entry: it has no hash.
    """

    practice_id: uuid.UUID
    begins: int
    entries: int
    broken: Misfit | None
    unchained: int

    @property
    def intact(self) -> bool:
        return self.broken is None


def verify(practice_id: uuid.UUID) -> Verification:
    """Recompute a practice's chain from its first kept entry to its end, and hold it against every
    checkpoint. Reads every entry.
    """
    chain, newest = _end(practice_id)
    signed = checkpoints.of_chain(practice_id)
    end = newest if chain is None else chain.seq
    # Without the practice's key nothing was signed by it.
    key = checkpoints.public_key(chain) or bytes(32)
    found = walk_past(signed, key, partial(rows.links, practice_id), end)
    if isinstance(found, Position):
        broken = _at_the_end(found, chain, newest)
        upto = found.seq
    else:
        broken, upto = found, found.seq - 1
    begins = signed[0].position.seq if signed and signed[0].removes else 0
    waiting = AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=True).count()
    return Verification(practice_id, begins, max(0, upto - begins), broken, waiting)


def first_broken(practice_id: uuid.UUID) -> int | None:
    """The place of the first entry that does not fit its chain, or None when all do."""
    broken = verify(practice_id).broken
    return None if broken is None else broken.seq


def chains() -> list[uuid.UUID]:
    """Every practice that has entries, and whatever somebody made one."""
    known = set(AuditChain.objects.values_list("practice_id", flat=True))
    return sorted(known | set(AuditEvent.objects.values_list("practice_id", flat=True).distinct()))


def _end(practice_id: uuid.UUID) -> tuple[AuditChain | None, int]:
    """The chain's own row, and the last place that an entry has.

    Of one moment, in one statement: the worker goes on chaining.
    """
    placed = AuditEvent.objects.filter(practice_id=practice_id, seq__isnull=False).order_by("-seq")
    newest = Subquery(placed.values("seq")[:1])
    chain = AuditChain.objects.filter(pk=practice_id).annotate(newest=newest).first()
    if chain is not None:
        return chain, chain.newest or 0
    return None, placed.values_list("seq", flat=True).first() or 0


def _at_the_end(found: Position, chain: AuditChain | None, newest: int) -> Misfit | None:
    """What is wrong when every entry fits the one before it."""
    if chain is None:
        return None if found.seq == 0 else Misfit(found.seq + 1, "missing")
    if found.seq < chain.seq:
        return Misfit(found.seq + 1, "missing")
    if found != Position(chain.seq, chain.hash):
        return Misfit(found.seq, "changed")
    return None if newest <= chain.seq else Misfit(chain.seq + 1, "appended")


def look_on(now: datetime) -> int:
    """Go on with the daily look at each chain, some entries at a time; returns how many it read.

    When it comes to the end, the chain's row says when, and what it found.
    """
    read = 0
    for chain in AuditChain.objects.filter(Q(checked_at=None) | Q(checked_at__lte=now - EVERY)):
        if read >= ENTRIES_PER_TICK:
            break
        read += _look_on(chain, now, ENTRIES_PER_TICK - read)
    return read


def _look_on(chain: AuditChain, now: datetime, most: int) -> int:
    signed = checkpoints.of_chain(chain.practice_id)
    begins = signed[0].position if signed and signed[0].removes else Position()
    position = max(begins, Position(chain.checked_seq, chain.checked_hash), key=lambda one: one.seq)
    upto = min(chain.seq, position.seq + most)
    found = walk(rows.links(chain.practice_id, position.seq, upto), position)
    if isinstance(found, Position) and found.seq == upto < chain.seq:
        _note(chain, checked_seq=found.seq, checked_hash=found.hash)
        return upto - position.seq
    broken = found if isinstance(found, Misfit) else _at_the_end(found, chain, chain.seq)
    broken = broken or _against(signed, chain)
    _note(
        chain,
        checked_seq=0,
        checked_hash=Position().hash,
        checked_at=now,
        broken_seq=None if broken is None else broken.seq,
    )
    if broken is not None:
        fields = {"practice": str(chain.practice_id), "resource": "audit"}
        _log.critical("the audit trail does not fit its hashes", extra=fields)
    return upto - position.seq


def _against(signed: list[Checkpoint], chain: AuditChain) -> Misfit | None:
    """Whether entries still have the hashes that were signed. One statement."""
    key = checkpoints.public_key(chain) or bytes(32)
    places = {one.position.seq: one.position.hash for one in signed if not one.removes}
    kept = dict(
        AuditEvent.objects.filter(practice_id=chain.practice_id, seq__in=places).values_list(
            "seq", "hash"
        )
    )
    for one in signed:
        if not one.signed_by(key):
            return Misfit(one.position.seq, "unsigned")
        if not one.removes and kept.get(one.position.seq, one.position.hash) != one.position.hash:
            return Misfit(one.position.seq, "rewritten")
    return None


def _note(chain: AuditChain, **values: object) -> None:
    AuditChain.objects.filter(pk=chain.pk).update(**values)
