"""What the tests of scheduling need: somebody with hours, a kind of appointment, a client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from holdfast.core.actor import Actor
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from holdfast.meet.scheduling import booking
from holdfast.meet.scheduling.booking import NewAppointment
from holdfast.meet.scheduling.models import Appointment, AppointmentType, AvailabilityRule
from tests import factories

#: A Monday in June, noon in Berlin: nothing of the tests lies near a change of clocks by chance.
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@dataclass
class Scene:
    practice: Practice
    dana: Membership
    client: Client
    kind: AppointmentType

    @property
    def by_dana(self) -> Actor:
        return factories.actor_for(self.dana)

    @property
    def by_client(self) -> Actor:
        return actor_of(self.client)

    def new(
        self, starts_at: datetime, client: Client | None = None, **fields: Any
    ) -> NewAppointment:
        values: dict[str, Any] = {
            "id": uuid7(),
            "membership_id": self.dana.pk,
            "type_id": self.kind.pk,
            "client_ids": ((client or self.client).pk,),
            "starts_at": starts_at,
            "medium": "video",
        }
        return NewAppointment(**(values | fields))

    def book(self, starts_at: datetime, client: Client | None = None, **fields: Any) -> Appointment:
        return booking.book(
            self.practice.pk, self.new(starts_at, client, **fields), by=self.by_dana
        )


def actor_of(client: Client) -> Actor:
    """A client, as the guard would make it."""
    return Actor(client.user_id, client.practice_id, (("client", uuid.uuid4()),), "client")


def make_scene(**terms: Any) -> Scene:
    """Dana is there by video on weekdays from 9 to 17 in Berlin; fifty minutes and ten after."""
    practice = factories.make_practice(time_zone=BERLIN)
    dana = factories.make_member(practice, Role.CLINICIAN, display_name="Dana")
    client = factories.make_client(practice)
    factories.join_care_team(client, dana, starts_on=date(2026, 1, 1))
    values = {"name": "Talk", "media": ["video", "phone"], "online": True, "notice_minutes": 60}
    kind = AppointmentType.objects.create(practice=practice, **(values | terms))
    for weekday in range(1, 6):
        add_hours(dana, weekday)
    return Scene(practice, dana, client, kind)


def add_hours(
    who: Membership, weekday: int, from_: str = "09:00", until: str = "17:00", **fields: Any
) -> AvailabilityRule:
    values: dict[str, Any] = {
        "time_zone": BERLIN,
        "media": ["video"],
        "valid_from": date(2026, 1, 1),
    }
    return AvailabilityRule.objects.create(
        practice_id=who.practice_id,
        membership=who,
        weekday=weekday,
        from_time=time.fromisoformat(from_),
        until_time=time.fromisoformat(until),
        **(values | fields),
    )


def at(hour: int, minute: int = 0, days: int = 1) -> datetime:
    """A time on Berlin's wall, so many days after Monday, 1 June."""
    return datetime(2026, 6, 1, hour - 2, minute, tzinfo=UTC) + timedelta(days=days)
