"""What can be booked in the demo practice, when its people are there, and what is booked."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from holdfast.cli.demo.acting import actor
from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Practice
from holdfast.meet.scheduling import facade as scheduling
from holdfast.meet.scheduling.facade import NewAppointment, Slot

_DAYS = (1, 2, 3, 4, 5)


def add(practice: Practice, staff: dict[str, Membership]) -> None:
    """A place with two rooms, three kinds of appointment, hours of those who treat, some booked."""
    by = actor(staff["ada"])
    place = scheduling.offer_place(
        practice.pk,
        name="Harbour Practice",
        address="Am Hafen 1, 20457 Hamburg",
        rooms=("Blue room", "Green room"),
        by=by,
    )
    talk = scheduling.offer_type(practice.pk, name="Talk", online=True, needs_room=True, by=by)
    scheduling.offer_type(
        practice.pk, name="First talk", minutes=80, online=False, needs_room=True, by=by
    )
    scheduling.offer_type(
        practice.pk, name="Medication", minutes=25, after=5, online=True, needs_room=True, by=by
    )
    for login in ("dana", "amir", "priya"):
        scheduling.offer_hours(
            staff[login].pk,
            practice.pk,
            weekdays=_DAYS,
            hours=((time(9), time(12)), (time(14), time(18))),
            place_id=place,
            by=actor(staff[login]),
        )
    _booked(practice, staff["dana"], talk)


def _booked(practice: Practice, dana: Membership, talk: scheduling.TypeId) -> None:
    """The coming days of Dana: the person with an account first, by video, and five others."""
    now = clock.now()
    free = scheduling.free_slots(practice.pk, dana.pk, talk, now, now + timedelta(days=14))
    team = CareTeamMember.objects.filter(practice=practice, membership=dana)
    people = Client.objects.filter(practice=practice, pk__in=team.values("client_id"))
    # A client with an account comes first on either database: false sorts before true.
    clients = sorted(people, key=lambda one: (one.user_id is None, one.pk))[:6]
    for client, slot in zip(clients, free[1::5], strict=False):
        medium = "video" if client.user_id else "in_person"
        _book(practice, dana, talk, client, slot, medium)


def _book(
    practice: Practice,
    dana: Membership,
    talk: scheduling.TypeId,
    client: Client,
    slot: Slot,
    medium: str,
) -> datetime:
    new = NewAppointment(
        id=uuid7(),
        membership_id=dana.pk,
        type_id=talk,
        client_ids=(client.pk,),
        starts_at=slot.starts_at,
        medium=medium,
        place_id=scheduling.place_of(slot),
    )
    return scheduling.book(practice.pk, new, by=actor(dana)).starts_at
