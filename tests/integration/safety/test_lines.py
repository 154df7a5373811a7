"""Crisis lines: shown to everybody, confirmed by a practice, never guessed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.tenancy import readiness
from holdfast.safety.lines import engine, facade
from holdfast.safety.lines.models import CrisisLineConfirmation
from tests import factories
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene

db = pytest.mark.django_db
JSON = "application/json"
LINE = "de-telefonseelsorge-1"


@pytest.fixture
def scene() -> Scene:
    with at(MONDAY_10):
        return make_scene()


def confirm(scene: Scene, line: str = LINE, moment: Any = MONDAY_10) -> Any:
    with at(moment):
        return scene.clinician(scene.ada).post(scene.url(f"crisis-lines/{line}/confirm"))


def shown(scene: Scene, moment: Any = MONDAY_10) -> dict[str, Any]:
    with at(moment):
        lines = factories.browser().get(f"/api/v1/help?practice_id={scene.practice.pk}").json()
    return {line["id"]: line for line in lines["lines"]}


# --- what ships --------------------------------------------------------------------------------


def test_every_entry_says_where_it_is_from_and_when_it_was_checked() -> None:
    for country in engine.directory().values():
        assert country.emergency_numbers
        for line in country.lines:
            assert line.source_url.startswith("https://")
            assert line.verified_on <= date(2026, 11, 23)
            assert line.languages


def test_identifiers_are_unique_and_lead_back_to_their_line() -> None:
    lines = [line for country in engine.directory().values() for line in country.lines]
    assert len({line.id for line in lines}) == len(lines)
    assert all(engine.line(line.id) == line for line in lines)
    assert engine.line("de-nothing") is None
    assert engine.line("nowhere") is None


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("US", "988"),
        ("CA", "988"),
        ("GB", "116 123"),
        ("IE", "116 123"),
        ("DE", "0800 1110111"),
        ("AT", "142"),
        ("CH", "143"),
        ("ES", "024"),
        ("NL", "113"),
        ("FR", "3114"),
        ("AU", "13 11 14"),
        ("NZ", "1737"),
        ("IT", "02 2327 2327"),
        ("PT", "1411"),
        ("CN", "12356"),
        ("LB", "1564"),
        ("IN", "14416"),
        ("JP", "0120-061-338"),
        ("KR", "109"),
        ("BR", "188"),
        ("MX", "800 911 2000"),
        ("ZA", "0800 567 567"),
    ],
)
def test_the_number_of_a_country(country: str, number: str) -> None:
    assert number in [line.phone for line in engine.directory()[country].lines]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"country": "Germany"}, "two capital letters"),
        ({"emergency_numbers": []}, "needs emergency numbers"),
        ({"lines": [{"id": "de-x"}]}, "neither phone nor sms nor chat"),
        ({"lines": [{"id": "fr-x", "phone": "1"}]}, "must begin with de-"),
        ({"lines": [{"id": "de-x", "phone": "1", "verified_on": "today"}]}, "must be a date"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(change: dict[str, Any], reason: str) -> None:
    good = {
        "country": "DE",
        "name": "Deutschland",
        "emergency_numbers": [{"number": "112", "kind": "all"}],
        "lines": [],
    }
    engine.parse_country(good, origin="de.yaml")
    with pytest.raises(engine.LineError, match=reason):
        engine.parse_country(good | change, origin="de.yaml")


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 1000))
def test_a_confirmation_runs_out_after_its_days(confirmed_on: date, days: int) -> None:
    later = confirmed_on + timedelta(days=days)
    assert engine.is_stale(confirmed_on, later, timedelta(days=180)) is (days > 180)


# --- what people see ---------------------------------------------------------------------------


@db
def test_help_needs_no_log_in_and_shows_unconfirmed_lines_too(scene: Scene) -> None:
    line = shown(scene)[LINE]
    assert (line["phone"], line["confirmed_on"], line["stale"]) == ("0800 1110111", None, False)


@db
def test_help_asks_where_you_are(scene: Scene) -> None:
    url = f"/api/v1/help?practice_id={scene.practice.pk}&country=gb"
    body = factories.browser().get(url).json()
    assert body["country"] == "GB"
    assert body["emergency_numbers"] == [{"number": "999", "kind": "all"}]


@db
@pytest.mark.parametrize(
    "query", ["", "?country=XX", "?practice_id=01a20608-f347-71da-a8b8-9bf16c936bb5"]
)
def test_a_country_we_know_nothing_of_has_no_number(query: str) -> None:
    body = factories.browser().get("/api/v1/help" + query).json()
    assert (body["country"], body["emergency_numbers"], body["lines"]) == ("", [], [])
    assert "DE" in body["countries"]


@db
def test_a_stale_confirmation_is_said_and_the_line_stays(scene: Scene) -> None:
    assert confirm(scene).status_code == 204
    fresh = shown(scene, MONDAY_10 + timedelta(days=180))[LINE]
    stale = shown(scene, MONDAY_10 + timedelta(days=181))[LINE]
    assert (fresh["confirmed_on"], fresh["stale"]) == ("2026-11-23", False)
    assert (stale["confirmed_on"], stale["stale"]) == ("2026-11-23", True)
    confirm(scene, moment=MONDAY_10 + timedelta(days=181))
    assert shown(scene, MONDAY_10 + timedelta(days=181))[LINE]["stale"] is False


@db
def test_confirming_twice_leaves_one_confirmation(scene: Scene) -> None:
    confirm(scene)
    confirm(scene)
    standing = CrisisLineConfirmation.objects.filter(withdrawn_at__isnull=True)
    assert standing.count() == 1


@db
def test_an_unknown_line_cannot_be_confirmed(scene: Scene) -> None:
    assert confirm(scene, "de-nothing").status_code == 404


@db
def test_a_clinician_reads_and_does_not_confirm(scene: Scene) -> None:
    with at(MONDAY_10):
        dana = scene.clinician()
        listed = dana.get(scene.url("crisis-lines")).json()
        refused = dana.post(scene.url(f"crisis-lines/{LINE}/confirm"))
    assert (listed["items"][0]["country"], listed["items"][0]["enabled"]) == ("DE", True)
    assert listed["valid_days"] == 180
    assert refused.status_code == 403


# --- switching a country on --------------------------------------------------------------------


@db
def test_a_country_without_a_confirmed_line_cannot_be_switched_on(scene: Scene) -> None:
    with at(MONDAY_10):
        admin = scene.clinician(scene.ada)
        url = scene.url("countries")
        refused = admin.put(url, {"countries": ["DE", "FR"]}, content_type=JSON)
        unknown = admin.put(url, {"countries": ["XX"]}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "country-unconfirmed")
    # Germany is on already and stays, though its confirmation has run out or never was.
    assert refused.json()["countries"] == ["FR"]
    assert unknown.status_code == 422
    confirm(scene, "fr-3114")
    with at(MONDAY_10):
        done = admin.put(url, {"countries": ["de", "FR", "FR"]}, content_type=JSON)
    assert done.json() == {"countries": ["DE", "FR"]}


@db
def test_going_live_needs_a_confirmed_line_for_each_country() -> None:
    with at(MONDAY_10):
        practice = factories.make_practice(status="preparing", countries=["DE", "FR"])
        admin = factories.make_member(practice, "administrator")

        def met() -> bool:
            return next(
                one.met for one in readiness.requirements(practice) if one.code == "crisis-line"
            )

        assert met() is False
        facade.confirm_all(practice, country="DE", by=factories.actor_for(admin))
        assert met() is False
        facade.confirm_all(practice, country="FR", by=factories.actor_for(admin))
        assert met() is True
    with at(MONDAY_10 + timedelta(days=200)):
        assert met() is False


@db
def test_a_live_practice_keeps_its_last_confirmed_line(scene: Scene) -> None:
    confirm(scene)
    url = scene.url(f"crisis-lines/{LINE}/confirm")
    with at(MONDAY_10):
        admin = scene.clinician(scene.ada)
        kept = admin.delete(url)
        confirm(scene, "de-telefonseelsorge-2")
        gone = admin.delete(url)
        again = admin.delete(url)
    assert (kept.status_code, kept.json()["code"]) == (409, "still-needed")
    assert (gone.status_code, again.status_code) == (204, 404)


@db
def test_how_long_a_confirmation_holds_can_be_set(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm(scene)
    monkeypatch.setenv("HOLDFAST_LINE_VALID_DAYS", "30")
    assert shown(scene, MONDAY_10 + timedelta(days=31))[LINE]["stale"] is True
