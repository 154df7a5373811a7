"""Signed statements of where a chain stood.

A checkpoint says: after so many entries the chain's hash was this. It is signed with a key of the
practice, which lies sealed in the database: whoever can write to the database, but has not the
installation's keys, cannot make another history fit it. One is made each day, one for each export,
and one before old entries are removed: from there a chain without its beginning is verified.
"""

from __future__ import annotations

import base64
import os
import uuid
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from holdfast.core.audit.engine import Checkpoint, Position
from holdfast.core.audit.models import INSTALLATION, AuditChain, AuditCheckpoint
from holdfast.core.crypto.sealing import open_for_installation, seal_for_installation

EVERY = timedelta(days=1)
_CONTEXT = b"audit-signing-key"


def make(chain: AuditChain, at: datetime, *, through: Position | None = None) -> Checkpoint:
    """Sign where the chain stands, or that what stood up to `through` is removed.

    The caller holds the chain's row. Two SQL statements, and one more for the first.
    """
    where = through or Position(chain.seq, chain.hash)
    at = at.astimezone(UTC).replace(microsecond=0)
    row = AuditCheckpoint(
        practice_id=chain.practice_id,
        seq=where.seq,
        hash=where.hash,
        at=at,
        removes=through is not None,
    )
    row.signature = _signing_key(chain).sign(statement(row).message())
    row.save(force_insert=True)
    return statement(row)


def make_due(chain: AuditChain, now: datetime) -> bool:
    """Sign where the chain stands if that is a day ago, and something came since. Raises
    KeyDestroyed where the practice is no more.
    """
    kept = AuditCheckpoint.objects.filter(practice_id=chain.practice_id).order_by("-seq", "-id")
    newest = kept.first()
    if newest is not None and (newest.seq == chain.seq or now - newest.at < EVERY):
        return False
    if chain.seq == 0:
        return False
    make(chain, now)
    return True


def statement(row: AuditCheckpoint) -> Checkpoint:
    """A row as what was signed."""
    return Checkpoint(
        practice=row.practice_id.hex,
        position=Position(row.seq, row.hash),
        at=row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        removes=row.removes,
        signature=bytes(row.signature),
    )


def of_chain(practice_id: uuid.UUID) -> list[Checkpoint]:
    """Those that hold for the entries that are kept, in order: where the beginning was removed, the
    first says so. One SQL statement.
    """
    rows = AuditCheckpoint.objects.filter(practice_id=practice_id).order_by("seq", "-removes", "id")
    found = [statement(row) for row in rows]
    begins = max((one.position.seq for one in found if one.removes), default=0)
    return [one for one in found if one.position.seq >= begins]


def beginning(practice_id: uuid.UUID) -> int:
    """The place after which the kept entries begin. One SQL statement."""
    removed = AuditCheckpoint.objects.filter(practice_id=practice_id, removes=True)
    return removed.order_by("-seq").values_list("seq", flat=True).first() or 0


def public_key(chain: AuditChain | None) -> bytes | None:
    """32 bytes by which checkpoints are verified; None where nothing was signed yet, or the
    practice's key was destroyed. From the sealed key: whatever lies open could be exchanged.
    """
    seed = _seed(chain) if chain is not None else None
    if seed is None:
        return None
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _signing_key(chain: AuditChain) -> Ed25519PrivateKey:
    """The chain's; made when it is first needed."""
    seed = _seed(chain)
    if seed is None:
        seed = os.urandom(32)
        if chain.practice_id == INSTALLATION:
            chain.signing_sealed = seal_for_installation(_CONTEXT, seed)
        else:
            chain.signing_seed = base64.b64encode(seed).decode()
        AuditChain.objects.filter(pk=chain.pk).update(signing_sealed=chain.signing_sealed)
    return Ed25519PrivateKey.from_private_bytes(seed)


def _seed(chain: AuditChain) -> bytes | None:
    try:
        if chain.practice_id == INSTALLATION and chain.signing_sealed:
            return open_for_installation(_CONTEXT, bytes(chain.signing_sealed))
        kept = chain.signing_seed
    except (InvalidTag, ValueError):
        # Exchanged by somebody without the practice's key: then no signature counts.
        return None
    return base64.b64decode(kept) if kept else None
