"""Appointments as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.core.instants import Instant, WallTime
from holdfast.meet.encounters.facade import Status as VisitStatus
from holdfast.meet.scheduling.booking import takes_part
from holdfast.meet.scheduling.facade import Medium, Status
from holdfast.meet.scheduling.models import Appointment, Participant, Place, SlotOffer

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Seen = Annotated[int, Field(ge=0, le=2**31 - 1)]
Media = Annotated[list[Medium], Field(max_length=4)]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Assets = Annotated[list[uuid.UUID], Field(max_length=10)]


class AppointmentIn(Schema):
    """`id` is the device's: what is booked twice is booked once."""

    id: uuid.UUID
    membership_id: uuid.UUID
    type_id: uuid.UUID
    starts_at: Instant
    medium: Medium
    place_id: uuid.UUID | None = None
    asset_ids: Assets = []


class SeriesIn(AppointmentIn):
    every_weeks: Annotated[int, Field(ge=1, le=8)]
    count: Annotated[int, Field(ge=2, le=60)]


class GroupPlaceIn(Schema):
    appointment_id: uuid.UUID


class AppointmentMoveIn(Schema):
    """`sequence` is the one that the device saw. `following`: those of the series after it, too."""

    starts_at: Instant
    sequence: Seen
    medium: Medium | None = None
    place_id: uuid.UUID | None = None
    following: bool = False


class AppointmentCancelIn(Schema):
    """`offer`: staff say that the time is free for somebody who waits for one."""

    sequence: Seen
    reason: Reason = ""
    following: bool = False
    offer: bool = False


class PlaceRef(Schema):
    id: uuid.UUID
    name: str
    address: str


class AppointmentOut(Schema):
    """One person's part in an appointment. `late_from`: cancelling after it counts as late."""

    id: uuid.UUID
    membership_id: uuid.UUID
    with_name: str
    type_id: uuid.UUID
    type_name: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    medium: Medium
    place: PlaceRef | None
    status: Status
    sequence: int
    series_id: uuid.UUID | None
    group: bool
    encounter_id: uuid.UUID | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    late: bool
    late_from: datetime


class AppointmentsOut(Schema):
    items: list[AppointmentOut]


class SkippedTime(Schema):
    starts_at: datetime
    reason: str


class SeriesOut(Schema):
    """`skipped`: what did not fit, and why."""

    id: uuid.UUID
    items: list[AppointmentOut]
    skipped: list[SkippedTime]


class KeptAppointment(Schema):
    id: uuid.UUID
    reason: str


class AppointmentChangedOut(Schema):
    """`kept`: those of the series that stand as before, and why."""

    appointment: AppointmentOut
    changed: int
    kept: list[KeptAppointment]


class AgendaPerson(Schema):
    client_id: uuid.UUID
    name: str
    status: Status
    encounter_id: uuid.UUID | None
    #: How the visit itself stands, which may be ahead of its booking.
    visit: VisitStatus | None
    confirmed_at: datetime | None


class AgendaItem(Schema):
    id: uuid.UUID
    membership_id: uuid.UUID
    type_name: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    medium: Medium
    place: PlaceRef | None
    status: Status
    sequence: int
    series_id: uuid.UUID | None
    capacity: int
    people: list[AgendaPerson]


class AgendaOut(Schema):
    items: list[AgendaItem]


class SlotOut(Schema):
    starts_at: datetime
    ends_at: datetime
    zone: str
    media: list[str]
    place_id: uuid.UUID | None


class SlotsOut(Schema):
    items: list[SlotOut]


class TypeTerms(Schema):
    name: Name
    minutes: Annotated[int, Field(ge=5, le=600)] = 50
    before_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    after_minutes: Annotated[int, Field(ge=0, le=240)] = 10
    step_minutes: Annotated[int, Field(ge=0, le=600)] = 0
    media: Media
    online: bool = False
    notice_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 60)] = 24 * 60
    horizon_days: Annotated[int, Field(ge=1, le=365)] = 60
    cancel_hours: Annotated[int, Field(ge=0, le=24 * 14)] = 24
    capacity: Annotated[int, Field(ge=1, le=100)] = 1
    needs_room: bool = False
    active: bool = True


class NewType(TypeTerms):
    id: uuid.UUID


class TypeOut(NewType):
    pass


class TypesOut(Schema):
    items: list[TypeOut]


class AssetShape(Schema):
    id: uuid.UUID
    kind: Literal["room", "equipment"]
    name: Name


class PlaceTerms(Schema):
    name: Name
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    active: bool = True
    assets: Annotated[list[AssetShape], Field(max_length=100)] = []


class NewPlace(PlaceTerms):
    id: uuid.UUID


class MeetingPlaceOut(NewPlace):
    pass


class MeetingPlacesOut(Schema):
    items: list[MeetingPlaceOut]


class RuleShape(Schema):
    weekday: Weekday
    from_time: WallTime
    until_time: WallTime
    time_zone: Zone
    valid_from: date
    valid_until: date | None = None
    media: Media
    place_id: uuid.UUID | None = None
    types: Annotated[list[uuid.UUID], Field(max_length=50)] = []


class ExceptionShape(Schema):
    on: date
    open: bool = False
    time_zone: Zone
    from_time: WallTime | None = None
    until_time: WallTime | None = None
    media: Media = []
    place_id: uuid.UUID | None = None


class AvailabilityIn(Schema):
    """The whole, and the `revision` that the screen began with."""

    revision: Annotated[str, StringConstraints(max_length=64)]
    rules: Annotated[list[RuleShape], Field(max_length=100)]
    exceptions: Annotated[list[ExceptionShape], Field(max_length=400)]


class AvailabilityOut(Schema):
    membership_id: uuid.UUID
    revision: str
    rules: list[RuleShape]
    exceptions: list[ExceptionShape]


class BookableMember(Schema):
    membership_id: uuid.UUID
    name: str


class BookableOut(Schema):
    """With whom somebody may book, and what online. `zone`: the practice's."""

    zone: str
    members: list[BookableMember]
    types: list[TypeOut]
    places: list[PlaceRef]


class WaitingIn(Schema):
    id: uuid.UUID
    membership_id: uuid.UUID
    type_id: uuid.UUID
    until: date
    appointment_id: uuid.UUID | None = None
    media: Media = []
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = []


class WaitingWishesIn(Schema):
    """Which times are wanted; empty: any."""

    media: Media
    weekdays: Annotated[list[Weekday], Field(max_length=7)]


class OfferOut(Schema):
    """`expires_at`: until then nobody else is asked; `state` says how it ended."""

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    medium: Medium
    place: PlaceRef | None
    state: Literal["open", "accepted", "declined", "expired", "gone"]
    expires_at: datetime


class WaitingEntryOut(Schema):
    id: uuid.UUID
    membership_id: uuid.UUID
    with_name: str
    type_id: uuid.UUID
    type_name: str
    appointment_id: uuid.UUID | None
    until: date
    media: list[str]
    weekdays: list[int]
    created_at: datetime
    offers: list[OfferOut]


class WaitingEntriesOut(Schema):
    items: list[WaitingEntryOut]


def place_out(place: Place | None) -> dict[str, Any] | None:
    return {"id": place.pk, "name": place.name, "address": place.address} if place else None


def appointment_out(row: Appointment, client_id: uuid.UUID) -> dict[str, Any] | None:
    """A client's part in a row that `queries.with_people` loaded; None where they have none."""
    for one in row.participants.all():
        if one.client_id == client_id:
            return _part_out(row, one)
    return None


def _part_out(row: Appointment, one: Participant) -> dict[str, Any]:
    return {
        "id": row.pk,
        "membership_id": row.membership_id,
        "with_name": row.membership.display_name,
        "type_id": row.type_id,
        "type_name": row.type.name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "zone": row.zone,
        "medium": row.medium,
        "place": place_out(row.place),
        "status": one.status,
        "sequence": row.sequence,
        "series_id": row.series_id,
        "group": row.capacity > 1,
        "encounter_id": one.encounter_id,
        "confirmed_at": one.confirmed_at,
        "cancelled_at": one.cancelled_at,
        "late": one.late,
        "late_from": row.starts_at - timedelta(hours=row.type.cancel_hours),
    }


def agenda_item(row: Appointment, visits: Mapping[uuid.UUID, VisitStatus]) -> dict[str, Any]:
    """Of a row whose participants' clients are loaded, too; `visits` says how each visit stands."""
    here = [one for one in row.participants.all() if takes_part(row, one)]
    return {
        "id": row.pk,
        "membership_id": row.membership_id,
        "type_name": row.type.name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "zone": row.zone,
        "medium": row.medium,
        "place": place_out(row.place),
        "status": row.status,
        "sequence": row.sequence,
        "series_id": row.series_id,
        "capacity": row.capacity,
        "people": [
            {
                "client_id": one.client_id,
                "name": one.client.display_name,
                "status": one.status,
                "encounter_id": one.encounter_id,
                "visit": visits.get(one.encounter_id) if one.encounter_id else None,
                "confirmed_at": one.confirmed_at,
            }
            for one in here
        ],
    }


def place_shape(place: Place) -> dict[str, Any]:
    assets = [one for one in place.assets.all() if one.active]
    return {
        "id": place.pk,
        "name": place.name,
        "address": place.address,
        "active": place.active,
        "assets": [{"id": one.pk, "kind": one.kind, "name": one.name} for one in assets],
    }


def offers_out(rows: Iterable[SlotOffer]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.pk,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "zone": row.zone,
            "medium": row.medium,
            "place": place_out(row.place),
            "state": row.state,
            "expires_at": row.expires_at,
        }
        for row in rows
    ]
