"""Tickets for messages under their own consent, and what becomes of the reports."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from holdfast.core import clock, tickets
from holdfast.core.actor import system
from holdfast.core.consent import actions as consents
from holdfast.core.consent.models import Consent
from holdfast.live.looks import LookIn, card, report
from holdfast.live.reports import Messenger, Reports
from holdfast.live.settings import Settings
from holdfast.safety.engine.screen import screen
from holdfast.safety.flags.models import Flag
from holdfast.safety.screening.models import Screening
from holdfast.support.companion import dialogue
from tests.integration.core import wire
from tests.integration.screening.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

CANARY = "quiet-heron-9317"


def ask(scene: Scene) -> dict[str, Any]:
    answer = wire.send(scene.as_person(), "POST", scene.path("look-tickets"), {"country": "DE"})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def agree(scene: Scene) -> None:
    consents.give(scene.person, "message_screening", by=system(scene.practice.pk))


def test_without_consent_there_is_no_ticket_and_with_it_one_for_two_minutes() -> None:
    scene = make_scene(countries=["DE"])
    shown = ask(scene)
    assert (shown["ticket"], shown["expires_at"]) == (None, None)
    agree(scene)
    shown = ask(scene)
    claims = tickets.open_sealed(tickets.TICKET, shown["ticket"], settings.LIVE_SECRET, clock.now())
    assert (claims["purpose"], claims["client"]) == ("message", str(scene.person.pk))
    assert claims["emergency"]["DE"]["ambulance"] == "112"
    assert "name" not in claims
    left = datetime.fromisoformat(shown["expires_at"]) - clock.now()
    assert timedelta(seconds=100) < left <= timedelta(minutes=2)
    consents.withdraw(Consent.objects.get(), by=system(scene.practice.pk))
    assert ask(scene)["ticket"] is None


def test_a_report_of_a_message_needs_that_consent_and_the_companion_s_needs_its_own() -> None:
    scene = make_scene()
    assert scene.send(scene.report("urgent", source="message")).json() == {"flag": None}
    assert not Screening.objects.exists()
    agree(scene)
    told = scene.send(scene.report("urgent", source="message")).json()["flag"]
    assert (told["reason"], told["owner_name"]) == ("text-urgent", "Dana")
    assert Screening.objects.get().source == "message"


def test_what_was_found_of_a_message_lands_as_codes_and_not_a_word_of_it() -> None:
    scene = make_scene(countries=["DE"])
    agree(scene)
    world = dialogue.shipped_world()
    text = f"{CANARY}: I want to kill myself tonight"
    claims = tickets.open_sealed(
        tickets.TICKET, ask(scene)["ticket"], settings.LIVE_SECRET, clock.now()
    )
    message = LookIn(id=scene.report()["id"], text=text, language="en")
    found = screen(text, (), "en")
    shown = card(world, claims, message, found, clock.now())
    due = report(world, found, shown)
    assert shown is not None
    assert due is not None
    here = Settings(
        host="",
        port=0,
        workers=1,
        origin="http://x",
        web="http://127.0.0.1:1",
        web_host="x",
        secret=settings.LIVE_SECRET,
    )
    made = Reports(here, Messenger(here)).of(claims, message.id, clock.now(), text, due)
    assert CANARY not in json.dumps(made | {"card": shown})
    assert scene.send(made).json()["flag"]["reason"] == "text-urgent"
    assert Flag.objects.count() == 1
    for model in apps.get_models():
        for row in model._base_manager.all().values():
            assert CANARY not in repr(row), model.__name__
