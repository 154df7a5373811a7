"""Somebody lives through the fourteen days: late, missed, without network, through a change of the
clocks and a journey; and both reports are right, in English and in Arabic.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pypdf
import pytest

from holdfast.core.notify.models import Notification
from holdfast.safety.flags.models import Flag, FlagSignal
from tests.integration.assessments.life import PLAN, Life
from tests.integration.safety.scene import Scene, at, make_scene

# A request's after-commit work (a journey is told to the schedules) happens only after a commit.
pytestmark = pytest.mark.django_db(transaction=True)

#: Monday. Berlin's clocks go back in the night after day 6, New York's in the night before day 14.
FIRST = date(2026, 10, 19)
LIMIT = timedelta(minutes=20)
MISSED = {(3, 0), (7, 1), (12, 0), (12, 1), (12, 2), (13, 2)}
#: Answered inside the window without network, received hours after it closed.
LATE = {(6, 2), (9, 1)}
JOURNEY = 10


def mind(day: int, prompt: str, item: str) -> float | None:
    """Low until day 9, tired throughout, one thought of death on day 5; asked again on day 7."""
    low = day <= 9
    answers: dict[str, float | None] = {
        "md_mood": 3 if low and prompt == "midday" else 1,
        "md_mood_most": 1 if day <= 4 else 0,
        "md_interest": 2 if day % 2 == 0 and prompt == "evening" else 0,
        "md_interest_most": 0,
        "md_sleep": 2 if day in {1, 2, 3, 8} else 0,
        "md_sleep_kind": 3,
        "md_energy": 2 if prompt == "evening" else 1,
        "md_concentration": 1,
        "md_appetite": 2 if day == 11 else 0,
        "md_appetite_kind": 1,
        "md_weight": 1 if day < 10 else 0,
        "md_worth": 3 if low else 0,
        "md_worth_kind": 2,
        "md_hope": 0,
        "md_pace": 0,
        "md_anxiety": 2,
        "md_function": 2 if low else 1,
        "md_death": {5: 1, 7: None}.get(day, 0),
        "md_mania": 0 if day < 5 else 2,
        "md_bereavement": 1,
        "md_substance": 0,
        "md_illness": None,
    }
    return answers[item]


@pytest.fixture
def life() -> Life:
    with at(datetime.fromisoformat("2026-10-18T10:00:00+00:00")):
        scene: Scene = make_scene(time_zone="Europe/Berlin")
    return Life(scene, FIRST, mind)


def live(life: Life) -> dict[tuple[int, int], Any]:
    """The fourteen days; the receipts of what was answered."""
    life.begin()
    waiting: list[tuple[datetime, tuple[int, int], dict[str, Any]]] = []
    receipts = {}
    for day in range(1, PLAN.days + 1):
        for slot in range(3):
            if (day, slot) == (JOURNEY, 1):
                life.travel(life.local(day, time(10)), "America/New_York")
                life.tick(life.local(day, time(7)))
            opens = life.opens(day, slot)
            for late in [one for one in waiting if one[0] <= opens]:
                waiting.remove(late)
                arrives, key, body = late
                receipts[key] = life.send(body, arrives)
            life.tick(opens)
            # One evening is answered after midnight, in the night in which the clocks change.
            after_midnight = (day, slot) == (6, 2)
            given = life.local(day + 1, time(0, 30)) if after_midnight else opens + LIMIT
            if (day, slot) in LATE:
                waiting.append(
                    (opens + timedelta(hours=11), (day, slot), life.put(day, slot, given))
                )
            elif (day, slot) not in MISSED:
                receipts[day, slot] = life.send(life.put(day, slot, given), given)
            life.tick(opens + timedelta(hours=3))
    assert waiting == []
    return receipts


@pytest.mark.exhaustive_on_postgres
def test_the_reports_are_right(life: Life) -> None:
    receipts = live(life)
    after = life.local(15, time(9))
    life.tick(after)
    check_alerts(receipts)
    check_counts(life.get(after, "/report").json())
    check_progress(life, after)
    check_sheets(life, after)
    assert Notification.objects.filter(
        kind="assessment-finished", recipient=life.scene.client.user
    ).count() == 1  # fmt: skip
    life.tick(after + timedelta(days=1))
    assert Notification.objects.filter(kind="assessment-finished").count() == 1


def check_alerts(receipts: dict[tuple[int, int], Any]) -> None:
    """A thought of death raises a flag the moment it is received; a passed question is told."""
    flag = receipts[5, 1]["flag"]
    assert flag is not None
    assert flag["level"] == "concern"
    assert receipts[7, 2]["alerts"][0]["code"] == "self-harm-item-skipped"
    assert all(
        receipt["flag"] is None for key, receipt in receipts.items() if key not in {(5, 1), (7, 2)}
    )
    assert Flag.objects.count() == 1
    reasons = set(FlagSignal.objects.values_list("reason", flat=True))
    assert {"thoughts-of-death", "self-harm-item-skipped"} <= reasons


def check_counts(report: dict[str, Any]) -> None:
    assert report["prompts"] == {"planned": 42, "answered": 36, "late": 2, "missed": 6}
    assert (report["answered_days"], report["begun_days"]) == (13, 14)
    found = {one["id"]: one for one in report["features"] + report["apart"]}
    # Of the nine low days the seventh's midday, when it was said, was missed.
    assert counts(found, "depressed-mood") == (8, 13)
    assert found["depressed-mood"]["most_of_day"] == 4
    # Even days' evenings: 2 4 6 8 10 14; day 12 was missed whole.
    assert counts(found, "interest") == (6, 13)
    assert counts(found, "concentration") == (0, 12)
    assert counts(found, "worth-guilt") == (9, 12)
    assert found["worth-guilt"]["kinds"] == [{"item": "md_worth_kind", "code": 2, "days": 9}]
    assert counts(found, "hopelessness") == (0, 12)
    # Day 7's question was passed over: twelve answers to thirteen questions.
    assert counts(found, "death") == (1, 12)
    assert found["death"]["days"][6] == "passed"
    # Day 3's morning was missed, and its midday asked about the night.
    assert counts(found, "sleep") == (4, 13)
    assert counts(found, "appetite-weight") == (2, 13)
    assert counts(found, "psychomotor") == (0, 12)
    assert counts(found, "energy") == (12, 13)
    assert counts(found, "anxiety") == (12, 12)
    assert counts(found, "functioning") == (9, 12)
    # The evening of day 6 was answered after midnight, received late, and belongs to day 6.
    assert found["energy"]["days"][5] == "reported"
    assert {one["days"][11] for one in found.values()} == {"not-asked"}
    background = {one["id"]: one["answers"] for one in report["background"]}
    assert [(one["day"], one["answer"]) for one in background["past-mania"]] == [
        (2, "no"),
        (9, "not-sure"),
    ]
    assert [one["answer"] for one in background["bereavement"]] == ["yes", "yes"]
    assert [one["answer"] for one in background["substances"]] == ["no", "no"]
    assert [one["answer"] for one in background["illness"]] == ["passed", "passed"]


def counts(found: dict[str, Any], feature: str) -> tuple[int, int]:
    return found[feature]["reported"], found[feature]["answered"]


def check_progress(life: Life, after: datetime) -> None:
    """The server knows what the device put, so that another device goes on where this one was."""
    detail = life.get(after, "").json()
    assert (detail["state"], detail["answered"], detail["missed"]) == ("finished", 36, 6)
    theirs = {(one["day"], one["prompt"], frozenset(one["items"])) for one in detail["asked"]}
    assert theirs == {(one.day, one.prompt, one.items) for one in life.known}
    deaths = [one["day"] for one in detail["asked"] if "md_death" in one["items"]]
    assert len(deaths) == len(set(deaths)) == 13


def check_sheets(life: Life, after: datetime) -> None:
    for language, screening, mood, days in (
        ("en", "A screening, not a diagnosis", "Depressed mood", "8 of 13"),
        ("ar", "فحص أولي وليس تشخيصًا", "مزاج مكتئب", "8 من 13"),
    ):
        for reader in ("person", "clinician"):
            sheet = life.get(after, f"/sheet?language={language}", by=reader).json()
            assert sheet["statement"]["title"] == screening
            row = next(r for group in sheet["features"] for r in group["rows"])
            assert (row["name"], row["days"]) == (mood, days)
        pdf = life.get(after, f"/report.pdf?language={language}", by="clinician")
        assert pdf["Content-Type"] == "application/pdf"
        assert "attachment" in pdf["Content-Disposition"]
        assert "Noor" not in pdf["Content-Disposition"]
        pages = pypdf.PdfReader(io.BytesIO(pdf.content)).pages
        assert 1 <= len(pages) <= 3
        if language == "en":
            text = " ".join(" ".join(page.extract_text().split()) for page in pages)
            for said in (screening, mood, days, "36 of 42", "Noor"):
                assert said in text


@pytest.mark.any_database
def test_a_fortnight_in_which_nothing_came_is_said_to_be_unknown(life: Life) -> None:
    life.begin()
    for day in range(1, 15):
        for slot in range(3):
            life.tick(life.opens(day, slot))
            life.tick(life.opens(day, slot) + timedelta(hours=3))
    report = life.get(life.local(15, time(9)), "/report").json()
    assert report["prompts"] == {"planned": 42, "answered": 0, "late": 0, "missed": 42}
    assert report["answered_days"] == 0
    assert {one["answered"] for one in report["features"]} == {0}
