"""Endpoints: availability, kinds of appointment, places."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Status

from holdfast.core.actor import Actor
from holdfast.core.api import Access, Request, Router
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import CLINICAL_ROLES, Membership
from holdfast.meet.scheduling import availability, slots, terms
from holdfast.meet.scheduling.availability import ExceptionData, RuleData
from holdfast.meet.scheduling.schemas import (
    AvailabilityIn,
    AvailabilityOut,
    MeetingPlaceOut,
    MeetingPlacesOut,
    NewPlace,
    NewType,
    PlaceTerms,
    TypeOut,
    TypesOut,
    TypeTerms,
    place_shape,
)
from holdfast.meet.scheduling.terms import AssetData

router = Router(tags=["appointments"])

PRACTICE = "/practices/{practice_id}"
OWN = PRACTICE + "/availability"
MEMBER = PRACTICE + "/memberships/{membership_id}/availability"
TYPES, PLACES = PRACTICE + "/appointment-types", PRACTICE + "/places"


def _own(practice_id: uuid.UUID, actor: Actor) -> Membership:
    for role, membership_id in actor.memberships:
        if role in CLINICAL_ROLES:
            return slots.member(practice_id, membership_id)
    raise NotFound


def _out(who: Membership, found: availability.Availability) -> dict[str, Any]:
    return {
        "membership_id": who.pk,
        "revision": found.revision,
        "rules": [vars(one) for one in found.rules],
        "exceptions": [vars(one) for one in found.exceptions],
    }


def _put(who: Membership, body: AvailabilityIn, by: Actor) -> dict[str, Any]:
    rules = [
        RuleData(**{**one.dict(), "media": tuple(one.media), "types": tuple(one.types)})
        for one in body.rules
    ]
    exceptions = [
        ExceptionData(**{**one.dict(), "media": tuple(one.media)}) for one in body.exceptions
    ]
    found = availability.put(who, rules, exceptions, revision=body.revision, by=by)
    return _out(who, found)


@router.get(OWN, access=Access("availability", "read"), response=AvailabilityOut)
def own_availability(request: Request, practice_id: uuid.UUID) -> Any:
    """One's own hours and the dates that are otherwise. Three SQL statements."""
    who = _own(practice_id, request.actor)
    return _out(who, availability.of_member(who))


@router.put(OWN, access=Access("availability", "write"), response=AvailabilityOut)
def put_own_availability(request: Request, practice_id: uuid.UUID, body: AvailabilityIn) -> Any:
    """Replace the whole; what is booked stays booked."""
    return _put(_own(practice_id, request.actor), body, request.actor)


@router.get(MEMBER, access=Access("member_availability", "read"), response=AvailabilityOut)
def member_availability(request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID) -> Any:
    """A colleague's hours. Three SQL statements."""
    who = slots.member(practice_id, membership_id)
    return _out(who, availability.of_member(who))


@router.put(MEMBER, access=Access("member_availability", "write"), response=AvailabilityOut)
def put_member_availability(
    request: Request, practice_id: uuid.UUID, membership_id: uuid.UUID, body: AvailabilityIn
) -> Any:
    """Replace the whole for a colleague."""
    return _put(slots.member(practice_id, membership_id), body, request.actor)


@router.get(TYPES, access=Access("appointment_type", "read"), response=TypesOut)
def types(request: Request, practice_id: uuid.UUID) -> Any:
    """Every kind of appointment, by name. One SQL statement."""
    return {"items": terms.types(practice_id)}


@router.post(TYPES, access=Access("appointment_type", "write"), response={201: TypeOut})
def add_type(request: Request, practice_id: uuid.UUID, body: NewType) -> Status[Any]:
    """Sent again it changes what it made."""
    values = body.dict(exclude={"id"})
    return Status(201, terms.put_type(practice_id, body.id, values, by=request.actor, new=True))


@router.put(TYPES + "/{type_id}", access=Access("appointment_type", "write"), response=TypeOut)
def change_type(
    request: Request, practice_id: uuid.UUID, type_id: uuid.UUID, body: TypeTerms
) -> Any:
    """What is booked keeps its times."""
    return terms.put_type(practice_id, type_id, body.dict(), by=request.actor, new=False)


def _place(
    practice_id: uuid.UUID, place_id: uuid.UUID, body: PlaceTerms, *, by: Actor, new: bool
) -> dict[str, Any]:
    place = terms.put_place(
        practice_id,
        place_id,
        name=body.name,
        address=body.address,
        active=body.active,
        assets=[AssetData(one.id, one.kind, one.name) for one in body.assets],
        by=by,
        new=new,
    )
    return place_shape(place)


@router.get(PLACES, access=Access("place", "read"), response=MeetingPlacesOut)
def places(request: Request, practice_id: uuid.UUID) -> Any:
    """Every place with its rooms and equipment, by name. Two SQL statements."""
    return {"items": [place_shape(one) for one in terms.places(practice_id)]}


@router.post(PLACES, access=Access("place", "write"), response={201: MeetingPlaceOut})
def add_place(request: Request, practice_id: uuid.UUID, body: NewPlace) -> Status[Any]:
    """Sent again it changes what it made."""
    return Status(201, _place(practice_id, body.id, body, by=request.actor, new=True))


@router.put(PLACES + "/{place_id}", access=Access("place", "write"), response=MeetingPlaceOut)
def change_place(
    request: Request, practice_id: uuid.UUID, place_id: uuid.UUID, body: PlaceTerms
) -> Any:
    """A room that is left out is kept for what is booked, and no longer offered."""
    return _place(practice_id, place_id, body, by=request.actor, new=False)
