"""The receipt of a deletion: readable with its reference alone, without an account."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from typing import Any

from holdfast.core.identity.models import ErasureStep
from holdfast.core.leaving.models import Departure, KeptRecord
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import Practice

#: 130 bits in Crockford's base32 (https://www.crockford.com/base32.html), made by the browser.
_FORM = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
#: With dashes and spaces as somebody may type it.
LONGEST = 64
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def normalised(reference: str) -> str:
    """A reference as it is hashed. ValueError for what cannot be one."""
    text = reference.upper().translate(_READ_AS)
    if not _FORM.fullmatch(text):
        raise ValueError("not a receipt reference")
    return text


def digest(reference: str) -> str:
    """What is stored of a reference; so many random bits need no slow hash."""
    return hashlib.sha256(normalised(reference).encode()).hexdigest()


def find(reference: str) -> Departure:
    """Raises `NotFound` for every reference that nobody was given."""
    try:
        wanted = digest(reference)
    except ValueError:
        raise NotFound from None
    found = Departure.objects.filter(receipt_hash=wanted).first()
    if found is None:
        raise NotFound
    return found


def shown(
    departures: Iterable[Departure], practice_id: uuid.UUID | None = None
) -> list[dict[str, Any]]:
    """Departures with their steps and what was kept; with `practice_id` only what concerns it.

    Names nobody. Three statements.
    """
    rows = list(departures)
    steps = ErasureStep.objects.filter(user_id__in=[row.user_id for row in rows])
    kept = KeptRecord.objects.filter(departure__in=rows)
    if practice_id is not None:
        steps = steps.filter(practice_id__in=[practice_id]) | steps.filter(practice_id=None)
        kept = kept.filter(practice_id=practice_id)
    names = dict(
        Practice.objects.filter(
            pk__in=ErasureStep.objects.filter(user_id__in=[row.user_id for row in rows]).values(
                "practice_id"
            )
        ).values_list("pk", "name")
    )
    of_user: dict[uuid.UUID, list[dict[str, Any]]] = {row.user_id: [] for row in rows}
    for step in steps.order_by("requested_at", "position", "store"):
        of_user[step.user_id].append(_step(step, names))
    of_departure: dict[uuid.UUID, list[dict[str, Any]]] = {row.pk: [] for row in rows}
    for record in kept.order_by("id"):
        of_departure[record.departure_id].append(_kept(record, names))
    return [
        {
            "id": row.pk,
            "requested_at": row.requested_at,
            "finished_at": row.finished_at,
            "restored": row.restored,
            "steps": of_user[row.user_id],
            "kept": of_departure[row.pk],
        }
        for row in rows
    ]


def _step(step: ErasureStep, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    tried = "failed" if step.attempts else "waiting"
    return {
        "store": step.store,
        "practice": names.get(step.practice_id) if step.practice_id else None,
        "state": tried if step.done_at is None else "done",
        "keeps": step.keep,
        "attempts": step.attempts,
        "tried_at": step.last_attempt_at,
        "done_at": step.done_at,
        "next_attempt_at": None if step.done_at else step.next_attempt_at,
    }


def _kept(record: KeptRecord, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "record": record.pk,
        "practice": names.get(record.practice_id, ""),
        "years": record.years,
        "basis": record.basis,
        "url": record.url,
        "last_contact_on": record.last_contact_on,
        "until": record.kept_until,
        "erased_at": record.erased_at,
    }
