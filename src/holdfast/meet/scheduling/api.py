"""Endpoints: a client's appointments, free times, and the agenda of who meets them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any

from ninja import Query, Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.core.instants import Instant
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import STAFF_ROLES, Client
from holdfast.meet.encounters import facade as encounters
from holdfast.meet.scheduling import booking, changing, queries, series, slots, terms
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.models import Appointment, Participant
from holdfast.meet.scheduling.schemas import (
    AgendaOut,
    AppointmentCancelIn,
    AppointmentChangedOut,
    AppointmentIn,
    AppointmentMoveIn,
    AppointmentOut,
    AppointmentsOut,
    BookableOut,
    GroupPlaceIn,
    SeriesIn,
    SeriesOut,
    SlotsOut,
    agenda_item,
    appointment_out,
    place_out,
)

router = Router(tags=["appointments"])

PRACTICE = "/practices/{practice_id}"
CLIENT = PRACTICE + "/clients/{client_id}"
APPOINTMENTS = CLIENT + "/appointments"
ONE = APPOINTMENTS + "/{appointment_id}"
#: A list may cover so much; free times are worked out, and cost more.
WIDEST_LIST, WIDEST_SLOTS = timedelta(days=370), timedelta(days=62)

_read, _write = Access("appointment", "read"), Access("appointment", "write")


def _within(since: datetime, until: datetime, widest: timedelta) -> None:
    if not timedelta(0) < until - since <= widest:
        detail = f"From `since` to `until` more than nothing and at most {widest.days} days."
        raise Invalid(errors=(FieldError("until", "window", detail),))


def _is_own(request: Request) -> bool:
    """Whether the person themself asks: they book what is offered, and what they do is theirs."""
    return request.client.user_id == request.actor.user_id


def _new(request: Request, body: AppointmentIn) -> NewAppointment:
    return NewAppointment(
        id=body.id,
        membership_id=body.membership_id,
        type_id=body.type_id,
        client_ids=(request.client.pk,),
        starts_at=body.starts_at,
        medium=body.medium,
        place_id=body.place_id,
        asset_ids=() if _is_own(request) else tuple(body.asset_ids),
    )


def _mine(request: Request, appointment_id: uuid.UUID) -> dict[str, Any]:
    row = queries.one(request.client.practice_id, appointment_id)
    found = appointment_out(row, request.client.pk)
    if found is None:
        raise NotFound
    return found


@router.get(APPOINTMENTS, access=_read, response=AppointmentsOut)
def appointments(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    since: Instant | None = None,
    until: Instant | None = None,
) -> Any:
    """Those that overlap the time asked for (without one, from yesterday for half a year), earliest
    first, cancelled ones too. Two SQL statements of its own.
    """
    begin = since or clock.now() - timedelta(days=1)
    end = until or begin + timedelta(days=183)
    _within(begin, end, WIDEST_LIST)
    rows = queries.between(practice_id, begin, end, client_id=client_id)
    found = (appointment_out(row, client_id) for row in rows)
    return {"items": [one for one in found if one is not None]}


@router.get(CLIENT + "/bookable", access=Access("bookable", "read"), response=BookableOut)
def bookable(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """With whom of their care team somebody may book, and which kinds: for the person those that
    are bookable online. Four SQL statements of its own.
    """
    own = _is_own(request)
    kinds = [one for one in terms.types(practice_id) if one.active and (one.online or not own)]
    return {
        "zone": request.practice.time_zone,
        "members": queries.team(practice_id, client_id),
        "types": kinds,
        "places": [place_out(one) for one in terms.places(practice_id) if one.active],
    }


@router.post(APPOINTMENTS, access=_write, response={201: AppointmentOut})
def book(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: AppointmentIn
) -> Status[Any]:
    """The person books what is offered; staff at any time that is not taken. Sent again it is
    answered with what was booked.
    """
    booking.book(practice_id, _new(request, body), by=request.actor, online=_is_own(request))
    return Status(201, _mine(request, body.id))


@router.post(
    CLIENT + "/appointment-series",
    access=Access("appointment_series", "write"),
    response={201: SeriesOut},
)
def book_series(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: SeriesIn
) -> Status[Any]:
    """The same time on the wall every so many weeks; what does not fit is named."""
    new = series.NewSeries(_new(request, body), body.every_weeks, body.count)
    made = series.book_series(practice_id, new, by=request.actor)
    rows = Appointment.objects.filter(practice_id=practice_id, series=made.series)
    found = [appointment_out(row, client_id) for row in queries.with_people(rows)]
    items = sorted((one for one in found if one), key=lambda one: one["starts_at"])
    return Status(201, {"id": made.series.pk, "items": items, "skipped": made.skipped})


@router.post(
    CLIENT + "/group-places", access=Access("group_place", "write"), response={201: AppointmentOut}
)
def join_group(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, body: GroupPlaceIn
) -> Status[Any]:
    """One of the places of a group's appointment."""
    booking.join(practice_id, body.appointment_id, request.client, by=request.actor)
    return Status(201, _mine(request, body.appointment_id))


@router.post(ONE + "/move", access=_write, response=AppointmentChangedOut)
def move(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    appointment_id: uuid.UUID,
    body: AppointmentMoveIn,
) -> Any:
    """To another time; staff move the later ones of a series with it (`following`)."""
    _mine(request, appointment_id)
    own, kept, changed = _is_own(request), [], 1
    if body.following and not own:
        found = series.move_following(
            practice_id,
            appointment_id,
            starts_at=body.starts_at,
            sequence=body.sequence,
            by=request.actor,
        )
        kept, changed = found.kept, len(found.changed)
    else:
        changing.reschedule(
            practice_id,
            appointment_id,
            starts_at=body.starts_at,
            by=request.actor,
            client_id=client_id if own else None,
            sequence=body.sequence,
            medium=body.medium,
            place_id=body.place_id,
        )
    return {"appointment": _mine(request, appointment_id), "changed": changed, "kept": kept}


@router.post(ONE + "/cancel", access=_write, response=AppointmentChangedOut)
def cancel(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    appointment_id: uuid.UUID,
    body: AppointmentCancelIn,
) -> Any:
    """This person's part; of a series those after it, too, where staff say so. Late is recorded."""
    _mine(request, appointment_id)
    own, changed = _is_own(request), 1
    if body.following and not own:
        found = series.cancel_following(
            practice_id,
            appointment_id,
            by=request.actor,
            sequence=body.sequence,
            reason=body.reason,
        )
        changed = len(found.changed)
    else:
        changing.cancel(
            practice_id,
            appointment_id,
            by=request.actor,
            client_id=client_id,
            by_client=own,
            reason=body.reason,
            sequence=body.sequence,
            offer=body.offer,
        )
    return {"appointment": _mine(request, appointment_id), "changed": changed, "kept": []}


@router.post(ONE + "/confirm", access=_write, response=AppointmentOut)
def confirm(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, appointment_id: uuid.UUID
) -> Any:
    """The person will come, or said so to staff."""
    changing.confirm(practice_id, appointment_id, client_id, by=request.actor)
    return _mine(request, appointment_id)


@router.get(
    PRACTICE + "/memberships/{membership_id}/slots",
    access=Access("slot", "read"),
    response=SlotsOut,
)
def free_slots(
    request: Request,
    practice_id: uuid.UUID,
    membership_id: uuid.UUID,
    type_id: Annotated[uuid.UUID, Query(alias="type")],
    since: Instant,
    until: Instant,
    instead_of: Annotated[uuid.UUID | None, Query()] = None,
) -> Any:
    """Free starts in at most 62 days, earliest first: for clients what is offered online, for staff
    without notice and horizon. `instead_of`: one's own appointment, whose time would be free.
    Left out: what a hindrance forbids, for the person who asks, or for anybody.
    Seven SQL statements of its own; for a person one more, where rooms are needed two.
    """
    who = slots.member(practice_id, membership_id)
    kind = slots.type_of(practice_id, type_id)
    _within(since, until, WIDEST_SLOTS)
    staff = bool(request.actor.roles & STAFF_ROLES)
    if instead_of is not None and not staff and not _takes_part(request, instead_of):
        raise NotFound
    if not staff and not kind.online:
        return {"items": []}
    clients = [] if staff else _self(request)
    found = slots.free(
        who, kind, since, until, by_staff=staff, instead_of=instead_of, clients=clients
    )
    return {"items": [{**vars(one), "place_id": one.place} for one in found]}


def _self(request: Request) -> list[Client]:
    rows = Client.objects.filter(practice=request.practice, user_id=request.actor.account)
    return list(rows)


def _takes_part(request: Request, appointment_id: uuid.UUID) -> bool:
    return Participant.objects.filter(
        practice=request.practice,
        appointment_id=appointment_id,
        client__user_id=request.actor.account,
    ).exists()


@router.get(PRACTICE + "/agenda", access=Access("agenda", "read"), response=AgendaOut)
def agenda(request: Request, practice_id: uuid.UUID, since: Instant, until: Instant) -> Any:
    """One's own appointments that overlap the time asked for, with who comes and how each visit
    stands. Four SQL statements of its own, and one where there is somebody.
    """
    _within(since, until, WIDEST_LIST)
    rows = queries.agenda(practice_id, request.actor.membership_ids, since, until)
    here = [one for row in rows for one in row.participants.all()]
    planned = {one.encounter_id for one in here if one.encounter_id is not None}
    visits = encounters.statuses(practice_id, planned)
    items = [agenda_item(row, visits) for row in rows]
    people = {one["client_id"] for item in items for one in item["people"]}
    note_list("appointment", by=request.actor, people=people)
    return {"items": items}
