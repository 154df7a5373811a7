"""A programme with a session and somebody who asks, for the authorisation tests; see `examples`."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Protocol

from holdfast.core import clock
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership
from holdfast.core.vault.schemas import written
from holdfast.meet.programmes.models import Enrolment, Facilitator, Programme, Session


class Example(Protocol):
    """As much of `examples.World` as a programme needs."""

    person: Client
    members: dict[str, Membership]

    def example(self, parameter: str) -> str: ...


_LEADS = "clinician/none"


def _programme(world: Example) -> uuid.UUID:
    """One that runs, with nothing booked: neighbours may have theirs at the same time."""
    now = clock.now()
    made = Programme.objects.create(
        id=uuid7(),
        practice_id=world.person.practice_id,
        state=Programme.State.RUNNING,
        title="Evenings",
        purpose="To meet.",
        rules="Be kind.",
        languages=["en"],
        capacity=8,
        open_until=1,
        minutes=90,
        medium="video",
        first_local="2090-01-02T18:00",
        zone="Europe/Berlin",
        every_weeks=1,
        created_at=now,
        published_at=now,
    )
    Facilitator.objects.create(
        practice_id=made.practice_id, programme=made, membership=world.members[_LEADS], lead=True
    )
    return made.pk


def _session(world: Example) -> uuid.UUID:
    at = clock.now() + timedelta(days=7)
    return Session.objects.create(
        id=uuid7(),
        practice_id=world.person.practice_id,
        programme_id=world.example("programme_id"),
        number=1,
        title="Arriving",
        starts_at=at,
        ends_at=at + timedelta(minutes=90),
    ).pk


def _enrolment(world: Example) -> uuid.UUID:
    return Enrolment.objects.create(
        id=uuid7(),
        practice_id=world.person.practice_id,
        programme_id=world.example("programme_id"),
        client=world.person,
        asked_at=clock.now(),
    ).pk


MAKERS: dict[str, Any] = {
    "programme_id": _programme,
    "session_id": _session,
    "enrolment_id": _enrolment,
}

_ONE = "/practices/{practice_id}/programmes/{programme_id}"
_OWN = "/practices/{practice_id}/clients/{client_id}/programmes/{programme_id}"


def _body(world: Example) -> dict[str, Any]:
    return {
        "title": "Evenings",
        "purpose": "To meet.",
        "rules": "Be kind.",
        "languages": ["en"],
        "capacity": 8,
        "medium": "video",
        "first_local": "2090-01-02T18:00",
        "zone": "Europe/Berlin",
        "facilitators": [str(world.members[_LEADS].pk)],
        "curriculum": [{"id": str(uuid7()), "title": "Arriving"}],
    }


def _thread(world: Example) -> dict[str, Any]:
    """As far as its form goes; nobody signed it."""
    member = str(world.members[_LEADS].user_id)
    signature = written(bytes(64))
    key = {"member": member, "sealed": written(bytes(80)), "signature": signature}
    epoch = {
        "suite": 1,
        "number": 1,
        "previous": written(bytes(32)),
        "maker": member,
        "members": [member],
        "signature": signature,
        "keys": [key],
    }
    return {"id": str(uuid.uuid4()), "epoch": epoch}


BODIES: dict[str, Any] = {
    f"PUT {_ONE}": _body,
    f"POST {_ONE}/end": lambda _: {"community": False},
    f"PUT {_ONE}/sessions/{{session_id}}/time": lambda _: {"starts_at": "2090-01-03T18:00:00Z"},
    f"POST {_ONE}/enrolments/{{enrolment_id}}/decision": lambda _: {"decision": "decline"},
    f"PUT {_ONE}/enrolments/{{enrolment_id}}/attendance/{{session_id}}": lambda _: {
        "presence": "present"
    },
    f"POST {_ONE}/thread": _thread,
    f"POST {_OWN}/ask": lambda _: {"id": str(uuid7()), "called": "Fox"},
    f"POST {_OWN}/agree": lambda _: {"version": 1},
    f"PUT {_OWN}/community": lambda _: {"stays": True},
}
