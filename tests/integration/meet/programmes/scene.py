"""A programme of three evenings that Dana leads, and people who come to it, all over HTTP."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice, Role
from holdfast.meet.programmes.models import Session
from tests import factories
from tests.integration.core import wire

#: A Monday in June; the first session is on Wednesday at six in the evening in Berlin.
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
FIRST = "2026-06-03T18:00"


def session(title: str) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "title": title,
        "description": "What we do.",
        "material": f"Read this for {title}.",
    }


def body(*facilitators: Membership, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": str(uuid7()),
        "title": "Evenings against panic",
        "purpose": "For people whom panic visits.",
        "rules": "What is said here stays here.",
        "languages": ["en"],
        "capacity": 2,
        "medium": "video",
        "first_local": FIRST,
        "zone": "Europe/Berlin",
        "facilitators": [str(one.pk) for one in facilitators],
        "curriculum": [session(title) for title in ("Arriving", "Breathing", "Going on")],
    }
    return found | changes


class Caller:
    """Somebody at a browser in the practice."""

    def __init__(self, practice: Practice, user: Any, staff: bool) -> None:
        self.user = user
        self.base = f"/api/v1/practices/{practice.pk}"
        self.browser = factories.browser(user, staff)

    def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = wire.send(self.browser, method, self.base + path, body)
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        answer = wire.send(self.browser, method, self.base + path, body)
        return answer.status_code, answer.json()["code"]


class Person(Caller):
    """Somebody in care, at their own record."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.practice, client.user, staff=False)
        self.client = client
        self.own = f"/clients/{client.pk}/programmes"

    def joins(self, programme: str, called: str, status: int = 200) -> Any:
        given = {"id": str(uuid7()), "called": called}
        return self.ask("POST", f"{self.own}/{programme}/ask", given, status)

    def agrees(self, programme: str, version: int = 1, status: int = 200) -> Any:
        return self.ask("POST", f"{self.own}/{programme}/agree", {"version": version}, status)

    def place(self, programme: str) -> Any:
        return self.ask("GET", f"{self.own}/{programme}")

    def leaves(self, programme: str) -> None:
        self.ask("POST", f"{self.own}/{programme}/leave", status=204)


class Scene:
    """Dana leads with Pim, Kim is a colleague, Ada runs the practice; people come to it."""

    def __init__(self) -> None:
        self.practice = factories.make_practice()
        self.members = {
            name: factories.make_member(self.practice, role, display_name=name.title())
            for name, role in (
                ("dana", Role.CLINICIAN),
                ("pim", Role.CLINICIAN),
                ("kim", Role.CLINICIAN),
                ("ada", Role.ADMINISTRATOR),
            )
        }
        self.dana, self.pim, self.kim, self.ada = (
            Caller(self.practice, one.user, staff=True) for one in self.members.values()
        )

    def person(self, name: str) -> Person:
        return Person(factories.make_client(self.practice, display_name=name))

    def draft(self, **changes: Any) -> Any:
        given = body(self.members["dana"], self.members["pim"], **changes)
        return self.dana.ask("POST", "/programmes", given, 201)

    def running(self, **changes: Any) -> str:
        made = self.draft(**changes)
        self.dana.ask("POST", f"/programmes/{made['id']}/publish")
        return str(made["id"])

    def roster(self, programme: str) -> dict[str, Any]:
        found = self.dana.ask("GET", f"/programmes/{programme}/roster")
        return {one["name"]: one for one in found["items"]}

    def decides(self, programme: str, person: Person, decision: str = "accept") -> Any:
        row = self.roster(programme)[person.client.display_name]
        path = f"/programmes/{programme}/enrolments/{row['id']}/decision"
        return self.dana.ask("POST", path, {"decision": decision})

    def member(self, programme: str, name: str, called: str) -> Person:
        person = self.person(name)
        person.joins(programme, called)
        self.decides(programme, person)
        person.agrees(programme)
        return person


def attendance(place: dict[str, Any]) -> list[str | None]:
    return [one["presence"] for one in place["attendance"]]


def appointment_ids(programme: str) -> list[uuid.UUID]:
    rows = Session.objects.filter(programme_id=programme)
    return [one.appointment_id for one in rows if one.appointment_id is not None]
