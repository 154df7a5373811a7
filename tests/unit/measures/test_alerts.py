"""Alert rules: when they hold, what they name, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.sense.measures.engine.alerts import Alert
from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.instrument import parse_instrument
from holdfast.sense.measures.engine.scoring import score
from tests.unit.measures.packs import a_pack


def alerts(when: dict[str, Any], answers: dict[str, object], **rule: Any) -> tuple[Alert, ...]:
    data = a_pack(missing={"rule": "prorate", "max_missing": 2})
    data["alerts"] = [{"id": "a", "when": when, "level": "watch", "reason": "why", **rule}]
    return score(parse_instrument(data, origin="test"), answers).alerts


Q1, Q2, Q3 = ({"item": name, "at_least": 2} for name in ("q1", "q2", "q3"))


@pytest.mark.parametrize(
    ("when", "answers", "about"),
    [
        (Q1, {"q1": 2}, "q1"),
        (Q1, {"q1": 1}, None),
        (Q1, {"q2": 3}, None),
        ({"item": "q1", "at_most": 0}, {"q1": 0}, "q1"),
        ({"item": "q1", "at_most": 0}, {"q1": 1}, None),
        ({"item": "q1", "at_most": 0}, {"q2": 3}, None),
        ({"item": "q1", "at_least": 1, "at_most": 2}, {"q1": 3}, None),
        ({"scale": "total", "at_least": 6}, {"q1": 2}, "total"),
        ({"scale": "total", "at_least": 7}, {"q1": 2}, None),
        ({"scale": "total", "band": "high"}, {"q1": 2}, "total"),
        ({"scale": "total", "band": "low"}, {"q1": 2}, None),
        ({"any_of": [Q1, Q2]}, {"q1": 0, "q2": 2}, "q2"),
        ({"any_of": [Q1, Q2]}, {"q3": 3}, None),
        ({"all_of": [Q1, Q2]}, {"q1": 2, "q2": 2}, "q1"),
        ({"all_of": [Q1, Q2]}, {"q1": 2, "q2": 1}, None),
        ({"any_of": [Q1], "none_of": [Q2, Q3]}, {"q1": 2}, "q1"),
        ({"any_of": [Q1], "none_of": [Q2, Q3]}, {"q1": 2, "q3": 2}, None),
        ({"all_of": [{"any_of": [Q1, Q2]}, Q3]}, {"q2": 3, "q3": 3}, "q2"),
    ],
)
def test_a_rule_holds_and_names_the_first_part_that_holds(
    when: dict[str, Any], answers: dict[str, object], about: str | None
) -> None:
    found = alerts(when, answers)
    assert [alert.item or alert.scale for alert in found] == ([] if about is None else [about])


def test_a_declined_item_is_told_from_one_that_was_not_asked() -> None:
    data = a_pack()
    data["items"][0]["declined_as"] = 3
    data["alerts"] = [
        {"id": "a", "when": {"item": "q1", "declined": True}, "level": "urgent", "reason": "r"}
    ]
    pack = parse_instrument(data, origin="test")
    declined = score(pack, {"q1": None, "q2": 0, "q3": 0})
    assert [alert.level for alert in declined.alerts] == ["urgent"]
    assert declined.scores == {"total": 3}
    assert declined.missing == ("q1",)
    not_asked = score(pack, {"q2": 0, "q3": 0})
    assert not_asked.alerts == ()
    assert not_asked.scores == {"total": None}


def test_a_skipped_item_raises_its_own_alert_only_where_the_rule_asks_for_it() -> None:
    assert alerts(Q1, {"q2": 0}) == ()
    [alert] = alerts(Q1, {"q2": 0}, if_skipped="ask", follow_up="asq", level="concern")
    assert alert == Alert("a-skipped", "watch", "a-skipped", item="q1")


def test_an_item_that_was_not_shown_was_not_skipped() -> None:
    data = a_pack()
    data["items"][1]["show_if"] = {"item": "q1", "at_least": 1}
    data["alerts"] = [{"id": "a", "when": Q2, "level": "watch", "reason": "r", "if_skipped": "ask"}]
    pack = parse_instrument(data, origin="test")
    assert score(pack, {"q1": 0, "q3": 1}).alerts == ()
    assert score(pack, {"q1": 1, "q3": 1}).alerts[0].code == "a-skipped"


def test_thoughts_of_death_lead_to_the_asq() -> None:
    [alert] = score(builtin().get("phq-9"), {"phq9_9": 3}).alerts
    assert (alert.level, alert.follow_up) == ("concern", "asq")
