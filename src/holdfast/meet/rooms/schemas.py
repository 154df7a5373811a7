"""A room as JSON."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from holdfast.core.instants import Instant
from holdfast.core.vault.schemas import KeyEntryShape, entry_out
from holdfast.meet.encounters.facade import Medium, Status
from holdfast.meet.rooms import groups, joining, sfu

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
    #: The appointment of the group that this visit is part of: its room is that one.
    group: uuid.UUID | None


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


class GroupParty(Schema):
    """Somebody of a group. `name` is empty where the caller may not know it: they say themselves
    what they want to be called. `visit` and `client_id` are told to who holds the group.
    """

    account: uuid.UUID | None
    name: str
    keys: list[KeyEntryShape]
    client_id: uuid.UUID | None
    visit: VisitOut | None


class GroupRoomOut(Schema):
    """A group's room for one of those who belong to it.

    `visit` is a client's own. `called`: what they chose to be called in its programme.
    `begun_at`: when the first of them was connected.
    `most`: how many it holds with who holds it; `server`: through a
    media server, else from device to device.
    """

    id: uuid.UUID
    title: str
    medium: Medium
    starts_at: Instant
    ends_at: Instant
    opens_at: Instant
    begun_at: Instant | None
    role: Literal["host", "helper", "member"]
    inside: bool
    called: str
    visit: VisitOut | None
    client_id: uuid.UUID | None
    own: GroupParty
    hosts: list[GroupParty]
    people: list[GroupParty]
    server: bool
    most: int
    ice_servers: list[IceServer]
    relay_only: bool
    topic: str
    now: Instant


class RoomTicketOut(Schema):
    """`url` is where the socket opens; `ticket` goes in its first frame."""

    ticket: str
    url: str
    expires_at: Instant


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


def group_party_out(party: groups.Party) -> dict[str, Any]:
    visit = party.visit
    return {
        "account": party.account,
        "name": party.name,
        "keys": [entry_out(entry) for entry in party.keys],
        "client_id": None if visit is None else visit.client_id,
        "visit": None if visit is None else visit_out(visit),
    }


def group_out(found: groups.Group, now: datetime) -> dict[str, Any]:
    booked = found.appointment
    own = group_party_out(found.own)
    return {
        "id": booked.id,
        "title": booked.type_name,
        "medium": booked.medium,
        "starts_at": booked.starts_at,
        "ends_at": booked.ends_at,
        "opens_at": found.opens_at,
        "begun_at": found.begun_at if found.inside else None,
        "role": found.role,
        "inside": found.inside,
        "called": found.called,
        "visit": own["visit"],
        "client_id": own["client_id"],
        "own": own,
        "hosts": [group_party_out(one) for one in found.hosts],
        "people": [group_party_out(one) for one in found.people],
        "server": sfu.is_there(),
        "most": groups.most(),
        "ice_servers": found.ice_servers,
        "relay_only": groups.relay_only(),
        "topic": f"room:{booked.id}",
        "now": now,
    }
