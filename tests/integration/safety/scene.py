"""A practice in which something can go wrong: hours, an on-call chain, a person and a clinician."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django.test
import time_machine

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.safety.flags import engine
from holdfast.safety.flags.models import Flag
from tests import factories

#: A Monday in winter: Berlin is at UTC+1, monitored 09:00 to 17:00 there, 08:00 to 16:00 in UTC.
MONDAY_10 = factories.instant("2026-11-23T10:00:00+00:00")


@contextmanager
def at(moment: datetime | str) -> Iterator[None]:
    """Everything that asks the clock hears this instant."""
    when = factories.instant(moment) if isinstance(moment, str) else moment
    with time_machine.travel(when, tick=False):
        yield


@dataclass
class Scene:
    practice: Practice
    client: Client
    dana: Membership
    eli: Membership
    ada: Membership

    def url(self, path: str) -> str:
        return f"/api/v1/practices/{self.practice.pk}/{path}"

    def mine(self, path: str) -> str:
        return self.url(f"clients/{self.client.pk}/{path}")

    def person(self) -> django.test.Client:
        return factories.browser(self.client.user, second_factor=False)

    def clinician(self, member: Membership | None = None) -> django.test.Client:
        return factories.browser((member or self.dana).user)


def make_scene(**client_fields: Any) -> Scene:
    """Dana then Eli on call, Dana treats the person, Ada administers."""
    practice = factories.make_practice(
        end_of_chain_name="Night desk",
        end_of_chain_phone="+49 30 1",
        end_of_chain_instructions="Ring the night desk.",
    )
    dana = factories.make_member(
        practice, "clinician", display_name="Dana", email=f"{uuid7()}@x.test"
    )
    eli = factories.make_member(practice, "clinician", display_name="Eli")
    ada = factories.make_member(practice, "administrator", display_name="Ada")
    factories.set_monitored_hours(practice)
    factories.set_on_call(practice, dana, eli)
    client = factories.make_client(practice, display_name="Noor", **client_fields)
    factories.join_care_team(client, dana, starts_on=datetime(2020, 1, 1).date())  # noqa: DTZ001
    return Scene(practice, client, dana, eli, ada)


def as_shown(flag: Flag) -> dict[str, Any]:
    """The body of an acknowledgement by somebody who has the flag on the screen as it is."""
    return {"level": engine.LEVELS[flag.level], "repeats": flag.repeats}


def phq9(item9: int | None = 0, others: int = 1, **changes: Any) -> dict[str, Any]:
    """The body of a PHQ-9 response; item 9 left out (asked, not answered) when None."""
    answers: dict[str, int | None] = {f"phq9_{number}": others for number in range(1, 9)}
    answers["phq9_9"] = item9
    body = {
        "id": str(uuid7()),
        "instrument": "phq-9",
        "version": "1.0.0",
        "language": "en",
        "answers": answers,
        "answered_at": "2026-11-23T09:59:30Z",
        "time_zone": "Europe/Berlin",
        "schema": 1,
    }
    return body | changes


def asq(parent: str | uuid.UUID, *answers: int | None, **changes: Any) -> dict[str, Any]:
    """The body of an ASQ follow-up; answers of its questions in order."""
    body = {
        "id": str(uuid7()),
        "instrument": "asq",
        "version": "1.0.0",
        "language": "en",
        "answers": {f"asq_{number}": code for number, code in enumerate(answers, start=1)},
        "answered_at": "2026-11-23T10:00:00Z",
        "time_zone": "Europe/Berlin",
        "parent": str(parent),
        "schema": 1,
    }
    return body | changes
