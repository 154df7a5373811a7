"""A room as JSON."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from ninja import Schema

from holdfast.core.instants import Instant
from holdfast.core.vault.schemas import KeyEntryShape, entry_out
from holdfast.meet.encounters.facade import Medium, Status
from holdfast.meet.rooms import joining

SideCode = Literal["client", "clinician"]
Outcome = Literal["ok", "denied", "missing", "busy", "failed", "skipped"]


class VisitOut(Schema):
    """Where a visit is, with both sides' clocks. A higher `moves` is the newer word."""

    id: uuid.UUID
    status: Status
    medium: Medium
    starts_at: Instant
    ends_at: Instant | None
    client_arrived_at: Instant | None
    client_left_at: Instant | None
    clinician_arrived_at: Instant | None
    clinician_left_at: Instant | None
    admitted_at: Instant | None
    begun_at: Instant | None
    ended_at: Instant | None
    moves: int


class PartyOut(Schema):
    """`keys`: the whole history, empty where they have no vault."""

    account: uuid.UUID
    name: str
    keys: list[KeyEntryShape]


class IceServer(Schema):
    urls: list[str]
    username: str
    credential: str


class RoomOut(Schema):
    """What a browser needs to join. `now` is the server's clock, for the session's timer."""

    visit: VisitOut
    side: SideCode
    own: PartyOut
    other: PartyOut
    ice_servers: list[IceServer]
    relay_only: bool
    opens_at: Instant
    phone: str
    topic: str
    now: Instant


class VisitCard(Schema):
    """One of the visits of whoever asks, with the other's name."""

    visit: VisitOut
    client_id: uuid.UUID
    side: SideCode
    other_name: str
    opens_at: Instant


class VisitCards(Schema):
    items: list[VisitCard]
    now: Instant


class DeviceChecks(Schema):
    """How the devices fared, by codes."""

    camera: Outcome
    microphone: Outcome
    speaker: Outcome
    relay: Outcome


class Connected(Schema):
    """How the media go: straight from one to the other, or over the relay."""

    way: Literal["direct", "relayed"]


def visit_out(row: Any) -> dict[str, Any]:
    names = [name for name in VisitOut.model_fields if name != "id"]
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


def party_out(party: joining.Party) -> dict[str, Any]:
    keys = [entry_out(entry) for entry in party.keys]
    return {"account": party.account, "name": party.name, "keys": keys}
