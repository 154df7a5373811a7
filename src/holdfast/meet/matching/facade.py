"""What other capabilities may ask of the directory, and write in it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.meet.matching import offering
from holdfast.meet.matching.models import Licence
from holdfast.meet.matching.schemas import LicenceIn, ProfileIn


def save_profile(practice_id: uuid.UUID, profile: Mapping[str, Any], *, by: Actor) -> None:
    """Write one's own profile (`schemas.ProfileIn`)."""
    data = ProfileIn(**profile).dict()
    offering.save_profile(practice_id=practice_id, data=data, by=by)


def add_licence(practice_id: uuid.UUID, licence: Mapping[str, Any], *, by: Actor) -> uuid.UUID:
    """Add one of one's own (`schemas.LicenceIn`); its identifier."""
    data = LicenceIn(**licence).dict()
    return offering.save_licence(practice_id=practice_id, licence_id=None, data=data, by=by).pk


def licences_of(
    practice_id: uuid.UUID, membership_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """What these members may practise by today, as an administrator verified it: title, number and
    jurisdiction as one text each. One statement.
    """
    found: dict[uuid.UUID, list[str]] = {}
    rows = Licence.objects.filter(
        practice_id=practice_id,
        membership_id__in=membership_ids,
        status=Licence.Status.VERIFIED,
        expires_on__gte=clock.now().date(),
    )
    for one in rows:
        text = f"{one.title} {one.number} ({one.jurisdiction})"
        found.setdefault(one.membership_id, []).append(text)
    return found


def verify_licence(practice_id: uuid.UUID, licence_id: uuid.UUID, *, by: Actor) -> None:
    """As an administrator who looked at it."""
    offering.decide_licence(practice_id=practice_id, licence_id=licence_id, verified=True, by=by)
