"""Consent: the exact words are kept, and what is taken back holds from the next request on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent import actions, facade, texts
from holdfast.core.consent.models import Consent, ConsentText
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Role
from holdfast.safety.flags.models import Flag, FlagEvent
from tests import factories
from tests.integration.core import wire
from tests.integration.safety.scene import Scene, as_shown, make_scene, phq9

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def decide(scene: Scene, purpose: str, **body: Any) -> Any:
    return wire.send(scene.person(), "POST", scene.mine("consents"), {"purpose": purpose} | body)


def give_and_withdraw(scene: Scene, purpose: str) -> None:
    given = decide(scene, purpose).json()
    gone = wire.send(scene.person(), "DELETE", scene.mine(f"consents/{given['id']}"))
    assert gone.status_code == 204


def at(scene: Scene, what: str = "") -> str:
    return scene.mine(what).rstrip("/")


def status(scene: Scene, browser: Browser, what: str) -> int:
    return browser.get(at(scene, what)).status_code


# --- the words


def test_the_words_of_each_purpose_are_there_before_anybody_has_an_account() -> None:
    listed = Browser().get("/api/v1/consent-texts?language=de").json()["items"]
    assert [one["purpose"] for one in listed] == list(texts.PURPOSES)
    assert {one["language"] for one in listed} == {"de"}
    assert listed[0]["sha256"] == texts.current("care_team", "de").sha256


def test_the_exact_words_that_were_shown_are_kept_and_given_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = texts.current("research", "es")
    given = decide(scene, "research", language="es", text_sha256=read.sha256)
    assert given.status_code == 201
    row = given.json()
    assert (row["version"], row["language"], row["text_sha256"]) == ("2", "es", read.sha256)
    # Files come and go with releases; what somebody agreed to does not.
    monkeypatch.setattr(texts, "CONTENT", texts.CONTENT / "gone")
    shown = scene.person().get(scene.mine(f"consents/{row['id']}/text")).json()
    assert shown["paragraphs"] == [read.title, *read.text, read.withdrawing]


def test_words_that_have_changed_since_they_were_read_are_not_agreed_to(scene: Scene) -> None:
    refused = decide(scene, "research", language="en", text_sha256="0" * 64)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent-text-changed")
    assert not Consent.objects.filter(purpose="research").exists()


def test_registering_keeps_the_words_in_the_persons_language() -> None:
    practice = factories.make_practice()
    browser = Browser()
    wire.sign_up(browser, "someone", practice_id=str(practice.pk), language="de")
    [consent] = Consent.objects.all()
    assert (consent.purpose, consent.language) == ("care_team", "de")
    assert ConsentText.objects.get(pk=consent.text_sha256).text.startswith("Ihr Behandlungsteam")


def test_agreeing_twice_is_one_decision_and_taking_back_ends_every_version(scene: Scene) -> None:
    first, again = decide(scene, "research").json(), decide(scene, "research").json()
    assert first["id"] == again["id"]
    Consent.objects.create(
        practice=scene.practice, client=scene.client, purpose="research", version="1",
        given_at=Consent.objects.get(pk=first["id"]).given_at,
    )  # fmt: skip
    for _ in range(2):
        wire.send(scene.person(), "DELETE", scene.mine(f"consents/{first['id']}"))
    assert not Consent.objects.filter(withdrawn_at=None, purpose="research").exists()
    assert AuditEvent.objects.filter(resource="consent", action="withdraw").count() == 1


def test_a_record_that_was_read_before_does_not_bring_a_consent_back(scene: Scene) -> None:
    stale = Client.objects.get(pk=scene.client.pk)
    give_and_withdraw(scene, "care_team")
    stale.country = "AT"
    stale.save()
    kept = Client.objects.get(pk=scene.client.pk)
    assert (kept.country, kept.has_withdrawn("care_team")) == ("AT", True)


# --- where data is read


def test_the_care_team_reads_until_the_person_takes_it_back_and_again_when_they_agree(
    scene: Scene,
) -> None:
    dana = scene.clinician()
    reads = ("", "overview", "progress", "responses", "safety-plan", "consents", "events")
    assert {status(scene, dana, one) for one in reads} == {200}
    give_and_withdraw(scene, "care_team")
    for one in reads:
        refused = dana.get(at(scene, one))
        assert (refused.status_code, refused.json()["code"]) == (403, "consent-withdrawn"), one
    assert scene.person().get(scene.mine("progress")).status_code == 200
    decide(scene, "care_team")
    assert status(scene, dana, "overview") == 200


def test_a_supervisor_reads_no_more_than_the_team(scene: Scene) -> None:
    chief = factories.make_member(scene.practice, Role.SUPERVISOR)
    factories.supervise(chief, scene.dana)
    browser = factories.browser(chief.user)
    assert status(scene, browser, "overview") == 200
    give_and_withdraw(scene, "care_team")
    assert status(scene, browser, "overview") == 403


def test_nobody_else_is_told_that_a_consent_was_taken_back(scene: Scene) -> None:
    give_and_withdraw(scene, "care_team")
    stranger = factories.browser(factories.make_member(scene.practice, Role.CLINICIAN).user)
    assert stranger.get(scene.mine("overview")).json()["code"] == "not-permitted"


def test_the_caseload_shows_the_name_alone(scene: Scene) -> None:
    wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=0))
    path = f"/api/v1/practices/{scene.practice.pk}/caseload"
    [before] = scene.clinician().get(path).json()["items"]
    assert before["headline"] is not None
    give_and_withdraw(scene, "care_team")
    [row] = scene.clinician().get(path).json()["items"]
    assert (row["display_name"], row["consent_withdrawn"]) == (before["display_name"], True)
    assert (row["headline"], row["last_response_at"], row["open_flags"]) == (None, None, 0)
    assert scene.clinician().get(f"{path}?filter=silent").json()["items"] == []


def test_whoever_answers_for_a_flag_goes_on_reading_what_it_needs(scene: Scene) -> None:
    wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=2))
    give_and_withdraw(scene, "care_team")
    flag = Flag.objects.get()
    assert flag.owner is not None
    owner = factories.browser(flag.owner.user)
    assert status(scene, owner, "overview") == 200
    page = f"/api/v1/practices/{scene.practice.pk}/flags/{flag.pk}"
    assert owner.get(page).status_code == 200


def test_the_worklist_of_the_team_holds_nothing_of_who_took_it_back(scene: Scene) -> None:
    wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=2))
    flag = Flag.objects.get()
    assert flag.owner == scene.dana, "she is first on call"
    Flag.objects.update(owner=scene.eli)
    FlagEvent.objects.update(to=None)
    chief = factories.make_member(scene.practice, Role.SUPERVISOR)
    factories.supervise(chief, scene.dana)
    dana, eli, above = (scene.clinician(one) for one in (scene.dana, scene.eli, chief))
    page = scene.url(f"flags/{flag.pk}")

    def seen() -> list[tuple[int, int]]:
        """Rows on the worklist, and what the flag's page answers."""
        return [
            (len(one.get(scene.url("flags")).json()["items"]), one.get(page).status_code)
            for one in (dana, eli, above)
        ]

    assert seen() == [(1, 200)] * 3
    give_and_withdraw(scene, "care_team")
    assert seen() == [(0, 403), (1, 200), (0, 403)]
    # Nobody answered: it rings for everybody who treats the person, and any of them can take it.
    Flag.objects.update(alarm=True)
    assert seen() == [(1, 200), (1, 200), (0, 403)]
    Flag.objects.update(alarm=False, owner=None)
    assert seen()[0] == (1, 200)
    taken = wire.send(dana, "POST", f"{page}/acknowledge", as_shown(flag))
    assert (taken.status_code, taken.json()["owner_name"]) == (200, "Dana")
    assert seen() == [(1, 200), (0, 403), (0, 403)]


def test_the_team_is_told_of_new_flags_until_the_person_takes_it_back(scene: Scene) -> None:
    factories.set_on_call(scene.practice, scene.eli)
    for told in ({scene.dana.user, scene.eli.user}, {scene.eli.user}):
        Flag.objects.all().delete()
        Notification.objects.all().delete()
        wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=2))
        rows = Notification.objects.filter(kind="flag-raised").select_related("recipient")
        assert {row.recipient for row in rows} == told
        give_and_withdraw(scene, "care_team")


def test_the_emergency_contact_is_shown_until_it_is_taken_back(scene: Scene) -> None:
    contact = {"name": "Bob", "phone": "1", "relationship": "brother"}
    wire.send(scene.person(), "PATCH", at(scene), {"emergency_contact": contact})
    wire.send(scene.person(), "POST", scene.mine("responses"), phq9(item9=2))
    flag = Flag.objects.get()
    assert flag.owner is not None
    owner = factories.browser(flag.owner.user)
    page = f"/api/v1/practices/{scene.practice.pk}/flags/{flag.pk}"

    def seen() -> list[Any]:
        return [
            owner.get(page).json()["client"]["emergency_contact"],
            scene.clinician().get(at(scene)).json()["emergency_contact"],
        ]

    assert seen() == [contact, contact]
    give_and_withdraw(scene, "crisis_contact")
    assert seen() == [None, None]
    assert scene.person().get(at(scene)).json()["emergency_contact"] == contact


def test_research_and_a_model_wait_for_a_yes(scene: Scene, django_assert_num_queries: Any) -> None:
    for purpose in ("research", "model_endpoint"):
        assert not facade.allows(scene.client, purpose)
        consent = actions.give(scene.client, purpose, by=factories.actor_for(scene.dana))
        assert facade.allows(scene.client, purpose)
        assert list(facade.agreed(scene.practice.pk, purpose)) == [scene.client]
        actions.withdraw(consent, by=factories.actor_for(scene.dana))
        scene.client.refresh_from_db()
        with django_assert_num_queries(0):
            assert not facade.allows(scene.client, purpose)
        assert not facade.agreed(scene.practice.pk, purpose).exists()


def test_screening_holds_until_it_is_taken_back(scene: Scene) -> None:
    assert facade.allows(scene.client, "screening")
    give_and_withdraw(scene, "screening")
    scene.client.refresh_from_db()
    assert not facade.allows(scene.client, "screening")
