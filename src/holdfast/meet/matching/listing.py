"""A practice's directory in memory: read once, and afterwards only what changed."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F

from holdfast.meet.matching.engine import terms
from holdfast.meet.matching.engine.directory import Directory
from holdfast.meet.matching.engine.shapes import Licence as Leave
from holdfast.meet.matching.engine.shapes import Offer
from holdfast.meet.matching.models import DirectoryRevision, Licence, Profile


@dataclass
class _Known:
    revision: int = 0
    offers: dict[uuid.UUID, Offer] = field(default_factory=dict)
    directory: Directory = field(default_factory=lambda: Directory(()))


_lock = threading.Lock()
_known: dict[uuid.UUID, _Known] = {}
#: Practices kept in memory by one process.
MOST = 64


def next_revision(practice_id: uuid.UUID) -> int:
    """The number of this change. The practice's other changes wait for the caller's transaction, so
    that numbers become visible in their order. Three statements.
    """
    DirectoryRevision.objects.get_or_create(practice_id=practice_id)
    rows = DirectoryRevision.objects.filter(practice_id=practice_id)
    rows.update(revision=F("revision") + 1)
    return rows.values_list("revision", flat=True).get()


def revision_of(practice_id: uuid.UUID) -> int:
    """One statement."""
    rows = DirectoryRevision.objects.filter(practice_id=practice_id)
    return rows.values_list("revision", flat=True).first() or 0


def directory(practice_id: uuid.UUID) -> Directory:
    """Whom the practice lists. One statement while nothing changed, else three."""
    revision = revision_of(practice_id)
    with _lock:
        known = _known.get(practice_id)
        if known is not None and known.revision == revision:
            return known.directory
    # A practice that was rolled back, or another database under the same process, begins anew.
    since = known.revision if known is not None and known.revision < revision else 0
    fresh = _Known(revision, dict(known.offers) if known is not None and since else {})
    for profile, offer in _offers(practice_id, since):
        if profile.listed:
            fresh.offers[profile.pk] = offer
        else:
            fresh.offers.pop(profile.pk, None)
    fresh.directory = Directory(fresh.offers.values())
    with _lock:
        while len(_known) >= MOST:
            _known.pop(next(iter(_known)))
        _known[practice_id] = fresh
    return fresh.directory


def forget() -> None:
    """Nothing is known any more: for tests, whose databases are rolled back."""
    with _lock:
        _known.clear()


def _offers(practice_id: uuid.UUID, since: int) -> Iterable[tuple[Profile, Offer]]:
    """Profiles that changed after a revision. Two statements."""
    profiles = list(
        Profile.objects.filter(practice_id=practice_id, revision__gt=since).annotate(
            works=F("membership__active")
        )
    )
    leaves: dict[uuid.UUID, list[Leave]] = defaultdict(list)
    rows = Licence.objects.filter(practice_id=practice_id, status=Licence.Status.VERIFIED)
    if since:
        rows = rows.filter(membership_id__in=[one.pk for one in profiles])
    for membership_id, place, until in rows.values_list(
        "membership_id", "jurisdiction", "expires_on"
    ):
        leaves[membership_id].append(Leave(place, until))
    for profile in profiles:
        yield profile, _offer(profile, leaves[profile.pk])


def _offer(profile: Profile, leaves: list[Leave]) -> Offer:
    works: bool = getattr(profile, "works", True)
    return Offer(
        id=profile.pk,
        licences=tuple(leaves),
        languages=frozenset(profile.languages),
        media=frozenset(profile.media),
        specialties=frozenset(profile.specialties),
        approaches=frozenset(profile.approaches),
        competences=frozenset(profile.competences),
        gender=profile.gender,
        parts=frozenset(bit for bit in range(terms.PARTS_OF_WEEK) if profile.parts >> bit & 1),
        first_free=profile.first_free,
        fee=profile.fee_from,
        currency=profile.currency,
        caseload=profile.caseload,
        capacity=profile.capacity,
        accepting=works,
    )
