"""What higher wings may want to know, through `core.events`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class TimeZoneChanged:
    """A person's own day begins elsewhere from now on."""

    practice_id: uuid.UUID
    client_id: uuid.UUID


@dataclass(frozen=True)
class CareTeamJoined:
    """Somebody was put on a person's care team, from today or a later day."""

    practice_id: uuid.UUID
    client_id: uuid.UUID
    membership_id: uuid.UUID


@dataclass(frozen=True)
class CareTeamLeft:
    """Somebody was taken off a person's care team; `successor` is who took over, if anybody."""

    practice_id: uuid.UUID
    client_id: uuid.UUID
    membership_id: uuid.UUID
    successor_id: uuid.UUID | None = None


@dataclass(frozen=True)
class MemberSwitchedOff:
    """Somebody of the staff can do nothing in the practice any more."""

    practice_id: uuid.UUID
    membership_id: uuid.UUID


@dataclass(frozen=True)
class CaseloadHandedOver:
    """All that somebody cared for passed on; `successor` takes what belongs to nobody's place.

    Comes after the `CareTeamLeft` of each place.
    """

    practice_id: uuid.UUID
    membership_id: uuid.UUID
    successor_id: uuid.UUID
