"""What other capabilities may ask about appointments, and do with them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, cast

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client
from holdfast.meet.scheduling import (
    availability,
    booking,
    changing,
    groups,
    hindrances,
    queries,
    slots,
    terms,
)
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.engine import Slot
from holdfast.meet.scheduling.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from holdfast.meet.scheduling.groups import NewGroup, register_standing
from holdfast.meet.scheduling.hindrances import Look
from holdfast.meet.scheduling.models import Appointment, Participant
from holdfast.meet.scheduling.problems import AppointmentOver, GroupFull, Hindered, SlotTaken

__all__ = [
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentMoved",
    "AppointmentOver",
    "AppointmentView",
    "GroupFull",
    "Hindered",
    "Look",
    "NewAppointment",
    "NewGroup",
    "Slot",
    "SlotTaken",
    "TypeId",
    "book",
    "book_group",
    "called_off_late",
    "cancel",
    "confirm",
    "free_slots",
    "get",
    "join_group",
    "leave_group",
    "next_free",
    "offer_hours",
    "offer_place",
    "offer_type",
    "people_between",
    "place_of",
    "register_busy",
    "register_hindrance",
    "register_standing",
    "reschedule",
    "upcoming",
]

Medium = Literal["in_person", "video", "phone", "text"]
TypeId = uuid.UUID
Status = Literal["booked", "cancelled", "fulfilled", "no_show"]


@dataclass(frozen=True)
class AppointmentView:
    """One booking. Instants are UTC, `zone` is the one whose wall clock it was booked by.

    `client_ids` are those who take part; of a cancelled one, those who did until then. `sequence`
    and `uid` are RFC 5545's. `place` is the place's name. `confirmed_at` is the one client's own,
    of a group the first one's.
    """

    id: uuid.UUID
    practice_id: uuid.UUID
    membership_id: uuid.UUID
    with_name: str
    client_ids: tuple[uuid.UUID, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    medium: Medium
    place: str | None
    status: Status
    sequence: int
    uid: str
    series_id: uuid.UUID | None
    confirmed_at: datetime | None
    type_id: uuid.UUID
    type_name: str
    capacity: int
    cancel_hours: int


def view(row: Appointment) -> AppointmentView:
    """The dataclass of a row that `queries.with_people` loaded."""
    here = [one for one in row.participants.all() if booking.takes_part(row, one)]
    return AppointmentView(
        id=row.pk,
        practice_id=row.practice_id,
        membership_id=row.membership_id,
        with_name=row.membership.display_name,
        client_ids=tuple(one.client_id for one in here),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        medium=cast(Medium, row.medium),
        place=row.place.name if row.place else None,
        status=cast(Status, row.status),
        sequence=row.sequence,
        uid=row.uid,
        series_id=row.series_id,
        confirmed_at=here[0].confirmed_at if here else None,
        type_id=row.type_id,
        type_name=row.type.name,
        capacity=row.capacity,
        cancel_hours=row.type.cancel_hours,
    )


def upcoming(
    practice_id: uuid.UUID,
    *,
    membership_id: uuid.UUID | None = None,
    client_id: uuid.UUID | None = None,
    since: datetime,
    until: datetime,
) -> list[AppointmentView]:
    """Those that overlap [since, until), earliest first, cancelled ones too. Two statements."""
    rows = queries.between(
        practice_id, since, until, membership_id=membership_id, client_id=client_id
    )
    return [view(row) for row in rows]


def called_off_late(practice_id: uuid.UUID, client_id: uuid.UUID) -> set[uuid.UUID]:
    """The visits that a person called off later than the terms ask for. One statement."""
    rows = Participant.objects.filter(
        practice_id=practice_id, client_id=client_id, late=True, encounter_id__isnull=False
    )
    return {one for one in rows.values_list("encounter_id", flat=True) if one is not None}


def people_between(
    practice_id: uuid.UUID, membership_ids: Iterable[uuid.UUID], since: datetime, until: datetime
) -> set[uuid.UUID]:
    """The clients of these members' agenda. One statement."""
    return queries.people_between(practice_id, list(membership_ids), since, until)


def get(practice_id: uuid.UUID, appointment_id: uuid.UUID) -> AppointmentView:
    """Raises NotFound outside the practice. Two statements."""
    return view(queries.one(practice_id, appointment_id))


def book(practice_id: uuid.UUID, new: NewAppointment, *, by: Actor) -> AppointmentView:
    """As staff book: any time at which nobody and nothing it needs is taken.

    Sent again with the same identifier, it answers with what was booked. Raises SlotTaken,
    GroupFull, AppointmentTaken, Invalid or NotFound.
    """
    booking.book(practice_id, new, by=by)
    return get(practice_id, new.id)


def book_group(
    practice_id: uuid.UUID, new: NewGroup, *, by: Actor
) -> tuple[list[AppointmentView], list[dict[str, str]]]:
    """A group's appointments, nobody in them yet; or what is taken, and then the caller's
    transaction has to be undone. See `groups.book`.
    """
    made = groups.book(practice_id, new, by=by)
    ids = [one.pk for one in made.appointments]
    rows = queries.with_people(Appointment.objects.filter(practice_id=practice_id, pk__in=ids))
    return [view(row) for row in rows.order_by("starts_at", "id")], made.taken


def join_group(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, client: Client, *, by: Actor
) -> None:
    """One more in a group's appointment; the caller tells them. Safe to repeat.

    Raises GroupFull, SlotTaken, AppointmentOver, NotFound.
    """
    booking.join(practice_id, appointment_id, client, by=by, tell=False)


def leave_group(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, client_id: uuid.UUID, *, by: Actor
) -> None:
    """One less, never late and without a reason; the caller tells. Safe to repeat.

    Raises AppointmentOver, NotFound.
    """
    changing.cancel(
        practice_id, appointment_id, by=by, client_id=client_id, by_client=False, tell=False
    )


def confirm(
    practice_id: uuid.UUID, appointment_id: uuid.UUID, client_id: uuid.UUID, *, by: Actor
) -> AppointmentView:
    """The client says that they will come. Safe to repeat. Raises AppointmentOver or NotFound."""
    changing.confirm(practice_id, appointment_id, client_id, by=by)
    return get(practice_id, appointment_id)


def cancel(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    by: Actor,
    client_id: uuid.UUID | None = None,
    reason: str = "",
    sequence: int | None = None,
) -> AppointmentView:
    """For everybody; with `client_id`, by that client and for them (a link of theirs, too).

    Safe to repeat. Never refused for being late: that is recorded. Raises AppointmentOver for a
    client once it began, AppointmentChanged where `sequence` is not the present one, NotFound.
    """
    changing.cancel(
        practice_id, appointment_id, by=by, client_id=client_id, reason=reason, sequence=sequence
    )
    return get(practice_id, appointment_id)


def reschedule(
    practice_id: uuid.UUID,
    appointment_id: uuid.UUID,
    *,
    starts_at: datetime,
    by: Actor,
    client_id: uuid.UUID | None = None,
    sequence: int | None = None,
) -> AppointmentView:
    """To another time; with `client_id`, by that client, to a time that is offered online.

    Safe to repeat. Raises SlotTaken, SlotNotOffered, AppointmentOver, AppointmentChanged, NotFound.
    """
    changing.reschedule(
        practice_id,
        appointment_id,
        starts_at=starts_at,
        by=by,
        client_id=client_id,
        sequence=sequence,
    )
    return get(practice_id, appointment_id)


def free_slots(
    practice_id: uuid.UUID,
    membership_id: uuid.UUID,
    type_id: uuid.UUID,
    since: datetime,
    until: datetime,
) -> list[Slot]:
    """What a client could book now. Raises NotFound for somebody or a kind of another practice."""
    return slots.offered(practice_id, membership_id, type_id, since, until)


def next_free(
    practice_id: uuid.UUID, membership_id: uuid.UUID, since: datetime, until: datetime
) -> list[Slot]:
    """What could be booked with somebody online, of every kind, in order. Raises NotFound."""
    return slots.online_of_any_kind(practice_id, membership_id, since, until)


def register_busy(
    find: Callable[[uuid.UUID, datetime, datetime], Iterable[tuple[datetime, datetime]]],
) -> None:
    """Let a capability say when a membership is busy elsewhere; called from `AppConfig.ready`.

    `find(membership_id, since, until)` gives what overlaps, as pairs of instants.
    """
    slots.register_busy(find)


def register_hindrance(find: hindrances.Find) -> None:
    """Let a capability forbid appointments; called from `AppConfig.ready`.

    `find(membership, clients)` reads what it needs and gives a function of a day and a medium: the
    problem to raise, or None. It is asked of every booking and move, by clients and by staff, and
    of every time that is offered; without clients, what holds whoever comes.
    """
    hindrances.register(find)


def place_of(slot: Slot) -> uuid.UUID | None:
    """Where a free time is, if it is somewhere."""
    return uuid.UUID(slot.place) if slot.place else None


def offer_type(
    practice_id: uuid.UUID,
    *,
    name: str,
    minutes: int = 50,
    after: int = 10,
    media: tuple[Medium, ...] = ("in_person", "video"),
    online: bool,
    needs_room: bool,
    by: Actor,
) -> TypeId:
    """A new kind of appointment with the usual terms, for imports and the demo."""
    values = {
        "name": name,
        "minutes": minutes,
        "after_minutes": after,
        "media": list(media),
        "online": online,
        "needs_room": needs_room,
    }
    return terms.put_type(practice_id, uuid7(), values, by=by, new=True).pk


def offer_place(
    practice_id: uuid.UUID, *, name: str, address: str, rooms: tuple[str, ...], by: Actor
) -> uuid.UUID:
    """A new place with rooms, for imports and the demo."""
    assets = [terms.AssetData(uuid7(), "room", room) for room in rooms]
    return terms.put_place(
        practice_id,
        uuid7(),
        name=name,
        address=address,
        active=True,
        assets=assets,
        by=by,
        new=True,
    ).pk


def offer_hours(
    membership_id: uuid.UUID,
    practice_id: uuid.UUID,
    *,
    weekdays: Iterable[int],
    hours: Iterable[tuple[time, time]],
    place_id: uuid.UUID | None,
    by: Actor,
) -> None:
    """The same hours on some weekdays from today on, in the practice's zone, in place of any; for
    imports and the demo.
    """
    who = slots.member(practice_id, membership_id)
    spans = list(hours)
    rules = [
        availability.RuleData(
            weekday=weekday,
            from_time=from_time,
            until_time=until_time,
            time_zone=who.practice.time_zone,
            valid_from=clock.now().date(),
            media=("in_person", "video", "phone"),
            place_id=place_id,
        )
        for weekday in weekdays
        for from_time, until_time in spans
    ]
    seen = availability.of_member(who)
    availability.put(who, rules, seen.exceptions, revision=seen.revision, by=by)
