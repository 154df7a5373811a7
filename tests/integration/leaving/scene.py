"""A person in care of whom every store holds something, and ways to leave."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from holdfast.core import clock
from holdfast.core.consent.models import Consent
from holdfast.core.identity.models import User
from holdfast.core.notify.models import Notification, Subscription
from holdfast.core.tenancy.models import Client, Membership, Practice
from holdfast.meet.encounters.models import Encounter
from holdfast.safety.flags.models import Flag, FlagEvent
from holdfast.safety.plans.models import Proposal
from holdfast.sense.assessments.models import TalkRequest
from holdfast.sense.measures.models import LifeEvent, Medication, Response, Score
from tests import factories
from tests.integration.core import wire

REFERENCE = "0123-4567-89AB-CDEF-GHJK-MNPQ-RS"


@dataclass
class Scene:
    practice: Practice
    dana: Membership
    client: Client
    user: User

    @property
    def name(self) -> str:
        return str(self.user.login)

    def path(self, rest: str) -> str:
        return f"/api/v1/practices/{self.practice.pk}/clients/{self.client.pk}/{rest}"

    def leave(self, receipt: str | None = REFERENCE) -> int:
        """The answer's status; every step has been tried once."""
        body: dict[str, Any] = {"current_auth_secret": factories.auth_secret(self.name)}
        if receipt is not None:
            body["receipt"] = receipt
        browser = factories.browser(self.user, second_factor=False)
        return int(wire.send(browser, "DELETE", "/api/v1/me", body).status_code)


def make_scene(*, met: bool = True, countries: tuple[str, ...] = ("DE",)) -> Scene:
    """Dana treats Ines. With `met` they met two days ago, and the law has something to keep."""
    with transaction.atomic():
        practice = factories.make_practice(countries=list(countries))
        dana = factories.make_member(practice, "clinician", display_name="Dana")
        user = factories.make_user()
        client = factories.make_client(practice, user=user, display_name="Ines Quixotine")
        client.external_id = f"F-{client.pk}"
        client.save()
        factories.join_care_team(client, dana)
        scene = Scene(practice, dana, client, user)
        fill(scene, clock.now() - timedelta(days=2) if met else None)
    return scene


def fill(scene: Scene, met_at: datetime | None) -> None:
    """One of everything that a person leaves behind."""
    now = clock.now()
    own = {"practice": scene.practice, "client": scene.client}
    if met_at is not None:
        Encounter.objects.create(
            **own, membership=scene.dana, status="finished", starts_at=met_at, created_at=now
        )
    Encounter.objects.create(
        **own,
        membership=scene.dana,
        status="planned",
        starts_at=now + timedelta(days=3),
        created_at=now,
    )
    response = Response.objects.create(
        **own, instrument="phq-9", version="1.0.0", language="en", answers={"phq9_1": 1},
        answered_at=now, received_at=now, time_zone="Europe/Berlin", local_date=now.date(),
        content_digest="0" * 64,
    )  # fmt: skip
    Score.objects.create(
        **own, response=response, instrument="phq-9", scale="total", main=True, value=1.0,
        answered_at=now,
    )  # fmt: skip
    flag = Flag.objects.create(
        **own, level=2, reason="score", owner=scene.dana, raised_at=now, answered_at=now,
        escalate_at=now + timedelta(days=1),
    )  # fmt: skip
    FlagEvent.objects.create(practice=scene.practice, flag=flag, at=now, kind="raised")
    Proposal.objects.create(
        **own, id=uuid.uuid4(), author=scene.dana.user, content_schema=1, ciphertext=b"sealed",
        received_at=now,
    )  # fmt: skip
    event = LifeEvent(**own, kind="life", at=now, created_at=now)
    event.label = "moved to Cádiz"
    event.save()
    taken = Medication(**own, created_at=now)
    taken.name = "sertraline"
    taken.save()
    Consent.objects.create(**own, purpose="care_team", version="1", given_at=now)
    TalkRequest.objects.create(**own, asked_at=now, told=1)
    Notification.objects.create(
        practice=scene.practice, recipient=scene.user, kind="flag-closed", created_at=now
    )
    Subscription.objects.create(
        user=scene.user, digest=scene.user.pk.hex, sealed=b"somewhere", created_at=now
    )
