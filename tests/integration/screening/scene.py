"""A person with an account and a vault, whoever is on call, and reports as the live process seals
them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.test import Client as Browser

from holdfast.core import clock, tickets
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice
from tests import factories
from tests.integration.core import wire

HASH = "0" * 64


@dataclass
class Scene:
    practice: Practice
    person: Client
    #: First and second on call; the first one treats the person.
    dana: Membership
    omar: Membership
    admin: Membership
    posted: dict[str, Any] = field(default_factory=dict)

    def path(self, rest: str) -> str:
        return f"/api/v1/practices/{self.practice.pk}/clients/{self.person.pk}/{rest}"

    def own(self, rest: str) -> str:
        return f"/api/v1/practices/{self.practice.pk}/{rest}"

    def as_person(self) -> Browser:
        return factories.browser(self.person.user, second_factor=False)

    def report(self, level: str | None = "urgent", **fields: Any) -> dict[str, Any]:
        """A report about a text of this person's."""
        evidence = [] if level in {None, "none"} else [evidence_of("active-wish", str(level))]
        values: dict[str, Any] = {
            "id": str(uuid7()),
            "ticket": str(uuid.uuid4()),
            "practice": str(self.practice.pk),
            "client": str(self.person.pk),
            "at": clock.now().isoformat(timespec="milliseconds"),
            "source": "companion",
            "level": level,
            "categories": ["active_ideation"] if evidence else [],
            "temporality": "now",
            "experiencer": "self",
            "evidence": evidence,
            "languages": ["en"],
            "supported": True,
            "protocol": [],
            "referrals": [],
            "notices": [],
            "gate": [],
            "versions": {"rules": 3, "weights": "2026-11", "model": None},
            "hash": HASH,
            "passage_agreed": False,
        }
        return values | fields

    def send(self, report: dict[str, Any]) -> Any:
        return post(tickets.seal(tickets.REPORT, report, settings.LIVE_SECRET))


def evidence_of(code: str, level: str, category: str | None = "active_ideation") -> dict[str, Any]:
    return {"code": code, "level": level, "category": category, "start": 2, "end": 9, "turn": 0}


def post(blob: str) -> Any:
    """Without any session, and with a check of tokens that finds none."""
    browser = Browser(enforce_csrf_checks=True)
    return wire.send(browser, "POST", "/api/v1/live/reports", {"report": blob})


def make_scene(**practice: Any) -> Scene:
    practice_ = factories.make_practice(**practice)
    dana = factories.make_member(practice_, "clinician", display_name="Dana")
    omar = factories.make_member(practice_, "clinician", display_name="Omar")
    admin = factories.make_member(practice_, "administrator", display_name="Ada")
    person = factories.make_client(practice_, language="en")
    factories.join_care_team(person, dana)
    factories.set_on_call(practice_, dana, omar)
    return Scene(practice_, person, dana, omar, admin)


def at(text: str) -> datetime:
    return factories.instant(text)
