"""After a restore: do again the deletions made since the backup, before anybody is answered."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.identity import erasure
from holdfast.core.identity.models import ErasureStep, User
from holdfast.core.leaving import outside
from holdfast.core.leaving.models import Departure


@dataclass(frozen=True)
class Again:
    """`accounts` were in the backup and are closed again; `left` is how many steps are not done."""

    accounts: int
    left: int


def is_due() -> bool:
    """Whether this installation was restored and its deletions were not done again yet."""
    return outside.due().exists()


def forget_again() -> Again:
    """Close every account of the list that the backup brought back, and run all of its steps.

    Safe to run twice. The mark goes when nothing is left but the list's own copy beside the
    backups, which the worker goes on trying. Raises ListDamaged.
    """
    accounts = 0
    entries = outside.read(outside.own_list())
    for entry in entries:
        accounts += _close(entry)
    erasure.run_pending()
    steps = ErasureStep.objects.filter(done_at=None).exclude(store__in=erasure.independent())
    left = steps.filter(user_id__in=[entry.user_id for entry in entries]).count()
    if left == 0:
        outside.due().unlink(missing_ok=True)
    return Again(accounts, left)


def _close(entry: outside.Erasure) -> int:
    with transaction.atomic():
        user = User.objects.filter(pk=entry.user_id, is_active=True).first()
        if user is None or Departure.objects.filter(user_id=entry.user_id).exists():
            return 0
        by = system(label="restore")
        record("request-deletion", "account", by=by, resource_id=user.pk)
        erasure.close(user, receipt=entry.receipt, at=entry.at, restored=True)
    return 1
