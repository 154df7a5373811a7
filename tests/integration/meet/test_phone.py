"""A visit by ordinary phone: who may call, what the browser is given, and one record for it all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.core import clock, tickets
from holdfast.core.audit.models import AuditEvent
from holdfast.core.fanout import phone_wire
from holdfast.core.notify.models import Notification
from tests import factories
from tests.integration.meet.test_rooms import Scene, make_visit

pytestmark = pytest.mark.django_db

NUMBER = "+4930123456"


@pytest.fixture
def scene(settings: Any) -> Scene:
    settings.SFU_URL, settings.SIP = "ws://127.0.0.1:9", True
    practice = factories.make_practice()
    dana = factories.make_member(practice, "clinician", display_name="Dana")
    person = factories.make_client(practice, display_name="Robin")
    person.contact = {"phone": "+49 30 123-456"}
    person.save()
    factories.join_care_team(person, dana)
    assert person.user is not None
    robin, clinician = factories.browser(person.user), factories.browser(dana.user)
    return Scene(person, dana, make_visit(person, dana, medium="phone"), robin, clinician)


def test_the_number_is_in_the_sealed_ticket_alone_and_the_call_in_the_access_log(
    scene: Scene, settings: Any
) -> None:
    assert scene.ask(scene.clinician, "phone") == {"why": None, "ending": "56"}
    given = scene.ask(scene.clinician, "phone/calls", status=201)
    assert given["url"].endswith("/phone")
    assert "123" not in json.dumps(given).replace(given["ticket"], "")
    secret = settings.TOPICS_SECRET
    claims = tickets.open_sealed(phone_wire.TICKET, given["ticket"], secret, clock.now())
    assert claims["number"] == NUMBER
    event = AuditEvent.objects.get(action="call", resource="visit")
    assert (event.client_id, event.detail) == (scene.person.pk, {})


def test_answering_begins_the_visit_once_and_losing_the_call_does_not_end_it(scene: Scene) -> None:
    first = scene.ask(scene.clinician, "phone/answered")
    assert first["status"] == "in_session"
    scene.ask(scene.clinician, "lost", status=204)
    assert scene.ask(scene.clinician, "phone/answered")["moves"] == first["moves"]
    assert scene.ask(scene.clinician, "phone/calls", status=201)["ticket"]
    scene.visit.refresh_from_db()
    assert scene.visit.client_arrived_at == scene.visit.begun_at == scene.visit.admitted_at
    assert not Notification.objects.filter(kind="client-waits").exists()
    assert scene.ask(scene.clinician, "finish")["status"] == "finished"
    assert scene.ask(scene.clinician, "phone/calls", status=409)["code"] == "visit-not-by-phone"


@pytest.mark.any_database
def test_who_cannot_be_called_and_why(scene: Scene, settings: Any) -> None:
    for phone, why in (("", "no-number"), ("030 123", "not-international")):
        scene.person.contact = {"phone": phone}
        scene.person.save()
        assert scene.ask(scene.clinician, "phone")["why"] == why
        assert scene.ask(scene.clinician, "phone/calls", status=409)["code"] == (
            "visit-not-by-phone"
        )
    settings.SIP = False
    assert scene.ask(scene.clinician, "phone")["why"] == "not-set-up"


@pytest.mark.any_database
def test_only_the_clinician_of_a_visit_by_phone_calls(scene: Scene) -> None:
    scene.ask(scene.robin, "phone/calls", status=403)
    other = factories.make_member(scene.person.practice, "clinician")
    factories.join_care_team(scene.person, other)
    answer = scene.ask(factories.browser(other.user), "phone/calls", status=409)
    assert answer["code"] == "visit-of-another"
    scene.visit.medium = "video"
    scene.visit.save()
    answer = scene.ask(scene.clinician, "phone/calls", status=409)
    assert answer["code"] == "visit-not-by-phone"
