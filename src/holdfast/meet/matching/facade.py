"""What other capabilities may ask of the directory, and write in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from holdfast.core.actor import Actor
from holdfast.meet.matching import offering
from holdfast.meet.matching.schemas import LicenceIn, ProfileIn


def save_profile(practice_id: uuid.UUID, profile: Mapping[str, Any], *, by: Actor) -> None:
    """Write one's own profile (`schemas.ProfileIn`)."""
    data = ProfileIn(**profile).dict()
    offering.save_profile(practice_id=practice_id, data=data, by=by)


def add_licence(practice_id: uuid.UUID, licence: Mapping[str, Any], *, by: Actor) -> uuid.UUID:
    """Add one of one's own (`schemas.LicenceIn`); its identifier."""
    data = LicenceIn(**licence).dict()
    return offering.save_licence(practice_id=practice_id, licence_id=None, data=data, by=by).pk


def verify_licence(practice_id: uuid.UUID, licence_id: uuid.UUID, *, by: Actor) -> None:
    """As an administrator who looked at it."""
    offering.decide_licence(practice_id=practice_id, licence_id=licence_id, verified=True, by=by)
