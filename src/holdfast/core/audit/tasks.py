"""Work that waits."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from holdfast.core.audit import checkpoints, verifying
from holdfast.core.audit.chaining import chain_waiting, claim
from holdfast.core.audit.models import AuditChain
from holdfast.core.crypto.records import KeyDestroyed


def chain_entries(now: datetime) -> int:
    """Give the entries that came since the last tick their places; returns how many."""
    return chain_waiting()


def look_after_chains(now: datetime) -> int:
    """Once a day: look whether each chain is intact, then sign where it stands.

    Some entries at each tick; returns how many it read. One SQL statement when nothing is due.
    """
    read = verifying.look_on(now)
    if read:
        _sign(now)
    return read


def _sign(now: datetime) -> None:
    """What was looked at in this tick and is whole is signed."""
    whole = AuditChain.objects.filter(checked_at=now, broken_seq=None)
    for practice_id in whole.values_list("pk", flat=True):
        # A practice that was deleted leaves its entries behind, and no key to sign with.
        with suppress(KeyDestroyed), transaction.atomic():
            chain = claim(practice_id)
            if chain is not None:
                checkpoints.make_due(chain, now)
