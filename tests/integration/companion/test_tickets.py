"""Tickets: who gets one, what it holds, and why there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from holdfast.core import clock, tickets
from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent import actions as consents
from holdfast.core.consent.models import Consent
from holdfast.safety.lines import facade as lines
from holdfast.support.companion import facade
from tests import factories
from tests.integration.core import wire
from tests.integration.screening.scene import Scene, make_scene

pytestmark = pytest.mark.django_db


def ask(scene: Scene, browser: Browser | None = None, **body: Any) -> Any:
    path = scene.path("companion/tickets")
    return wire.send(browser or scene.as_person(), "POST", path, body)


def claims_of(answer: Any) -> dict[str, Any]:
    """As the live process reads them."""
    blob, now = answer.json()["ticket"], clock.now()
    return tickets.open_sealed(tickets.TICKET, blob, settings.LIVE_SECRET, now)


def choose_model(scene: Scene, **changes: Any) -> Any:
    body = {
        "on": True,
        "url": "https://model.example/v1",
        "name": "small-one",
        "key": "sk-canary",
        "requests_a_day": 20,
        "tokens_a_day": 1000,
    }
    browser = factories.browser(scene.admin.user)
    return wire.send(browser, "PUT", scene.own("companion/model"), body | changes)


def test_a_person_gets_a_ticket_with_all_that_the_live_process_needs() -> None:
    scene = make_scene()
    lines.confirm_all(scene.practice, country="DE", by=factories.actor_for(scene.admin))
    facade.switch_all_on(scene.practice, by=system(scene.practice.pk))
    answer = ask(scene, language="de-AT", country="US")
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["conversation"], shown["why"], shown["url"]) == (True, None, settings.LIVE_ORIGIN)
    assert {"check-in", "grounding"} <= {one["flow"] for one in shown["flows"]}
    claims = claims_of(answer)
    assert (claims["practice"], claims["client"]) == (
        str(scene.practice.pk),
        str(scene.person.pk),
    )
    assert (claims["purpose"], claims["language"], claims["country"]) == ("companion", "de", "US")
    assert claims["flows"]["check-in"] is True
    assert claims["emergency"] == {
        "US": {"all": "911"},
        "DE": {"ambulance": "112", "police": "110"},
    }
    by_country = {one["country"]: one["confirmed"] for one in claims["lines"]}
    assert by_country == {"US": False, "DE": True}
    assert (claims["model"], claims["monitored"]["now"]) == (None, False)
    noted = AuditEvent.objects.get(resource="companion_ticket")
    assert (noted.action, noted.client_id) == ("issue", scene.person.pk)


@pytest.mark.any_database
def test_a_ticket_is_good_for_ten_minutes() -> None:
    blob = ask(make_scene()).json()["ticket"]
    for minutes, good in ((9, True), (10, False)):
        later = clock.now() + timedelta(minutes=minutes)
        if good:
            tickets.open_sealed(tickets.TICKET, blob, settings.LIVE_SECRET, later)
            continue
        with pytest.raises(tickets.TicketRefused):
            tickets.open_sealed(tickets.TICKET, blob, settings.LIVE_SECRET, later)


@pytest.mark.any_database
def test_drafts_are_off_until_somebody_switches_them_on_in_that_language() -> None:
    scene = make_scene()
    assert ask(scene).json()["flows"] == []
    dana = factories.browser(scene.dana.user)
    path = scene.own("companion/flows/grounding/languages/en")
    row = wire.send(dana, "PUT", path, {"on": True}).json()
    switched = {one["language"]: (one["on"], one["by"]) for one in row["languages"]}
    assert switched["en"] == (True, "Dana")
    assert switched["de"] == (False, None)
    assert [one["flow"] for one in ask(scene, language="en").json()["flows"]] == ["grounding"]
    assert ask(scene, language="de").json()["flows"] == []
    wire.send(dana, "PUT", path, {"on": False})
    assert ask(scene, language="en").json()["flows"] == []


@pytest.mark.any_database
def test_the_model_is_in_the_ticket_only_with_the_person_s_consent() -> None:
    scene = make_scene()
    assert choose_model(scene).status_code == 200
    shown = ask(scene).json()
    assert (shown["model"], shown["model_name"]) == (False, "small-one")
    consents.give(scene.person, "model_endpoint", by=system(scene.practice.pk))
    answer = ask(scene)
    assert answer.json()["model"] is True
    assert claims_of(answer)["model"] == {
        "url": "https://model.example/v1",
        "name": "small-one",
        "key": "sk-canary",
        "requests_a_day": 20,
        "tokens_a_day": 1000,
    }
    assert "sk-canary" not in answer.content.decode()
    consents.withdraw(Consent.objects.get(), by=system(scene.practice.pk))
    assert claims_of(ask(scene))["model"] is None


@pytest.mark.any_database
def test_whoever_said_that_they_are_under_18_has_no_conversation_until_their_team_says_so() -> None:
    scene = make_scene()
    scene.send(scene.report("none", notices=["minor"]))
    shown = ask(scene).json()
    assert (shown["conversation"], shown["why"], shown["ticket"]) == (False, "minor", None)
    assert shown["policy"]["sentences"]
    omar, dana = factories.browser(scene.omar.user), factories.browser(scene.dana.user)
    path = scene.path("companion/adult")
    assert wire.send(omar, "POST", path).status_code == 403
    assert dana.get(path).json() == {"minor": True, "adult_since": None}
    assert wire.send(dana, "POST", path).status_code == 204
    assert dana.get(path).json()["minor"] is False
    cleared = ask(scene)
    assert cleared.json()["conversation"] is True
    since = datetime.fromisoformat(claims_of(cleared)["adult"])
    assert clock.now() - timedelta(minutes=1) < since <= clock.now()
    scene.send(scene.report("none", notices=["minor"]))
    assert ask(scene).json()["why"] == "minor"


@pytest.mark.any_database
def test_in_illinois_there_is_no_conversation_and_the_flows_stay() -> None:
    scene = make_scene()
    facade.switch_all_on(scene.practice, by=system(scene.practice.pk))
    body = {"tell_from": "concern", "words": "asked", "jurisdiction": "US-IL"}
    browser = factories.browser(scene.admin.user)
    wire.send(browser, "PUT", scene.own("companion/policy"), body)
    shown = ask(scene).json()
    assert (shown["conversation"], shown["why"]) == (False, "jurisdiction")
    assert shown["flows"]


@pytest.mark.any_database
def test_who_takes_the_consent_to_screening_back_has_no_conversation() -> None:
    scene = make_scene()
    consents.give(scene.person, "screening", by=system(scene.practice.pk))
    consents.withdraw(Consent.objects.get(), by=system(scene.practice.pk))
    assert ask(scene).json()["why"] == "screening"


@pytest.mark.any_database
def test_a_preview_is_of_nobody_and_what_it_reports_is_kept_nowhere() -> None:
    scene = make_scene()
    dana = factories.browser(scene.dana.user)
    answer = wire.send(dana, "POST", scene.own("companion/previews"), {"language": "es"})
    assert answer.status_code == 201
    claims = claims_of(answer)
    assert (claims["purpose"], claims["client"], claims["model"]) == ("preview", None, None)
    assert len(claims["flows"]) >= 15
