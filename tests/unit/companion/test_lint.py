"""Each fault that a clinician can make in a flow is found and told in plain words."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from holdfast.support.companion.engine.chart import mermaid
from holdfast.support.companion.engine.format import ContentError, Translation, parse_flow
from holdfast.support.companion.engine.library import Flow, read_flows
from holdfast.support.companion.engine.lint import Finding, examine
from holdfast.support.companion.engine.reading import reading_age
from tests.unit.companion.talking import asking, common, flow_of, shipped_with_drafts

STEPS: dict[str, Any] = {
    "one": {
        **asking("choice", replies={"a": "The first", "b": "The second"}),
        "source": "book",
        "next": [{"if": "one is a", "go": "two"}, {"go": "three"}],
    },
    "two": {**asking("number"), "say": ["How much?", "Which number?"], "next": "three"},
    "three": {**asking("text"), "say": ["You said {one}. Why?", "Why is that?"]},
}
SPANISH: dict[str, Any] = {
    "flow": "little",
    "language": "es",
    "translates": 1,
    "status": "draft",
    "reviewed_by": None,
    "title": "Pequeño",
    "offer": "Para pruebas.",
    "keywords": ["pequeño", "prueba"],
    "steps": {
        "one": {"label": "Uno", "say": ["¿Cuál?", "Elige."], "replies": {"a": "Uno", "b": "Dos"}},
        "two": {"label": "Dos", "say": ["¿Cuánto?", "¿Qué número?"]},
        "three": {"label": "Tres", "say": ["¿Por qué {one}?", "¿Por qué?"]},
    },
}


EASY_AND_HARD = {
    "en": (
        "It is late. We sit by the fire.",
        "Institutional considerations predominate, notwithstanding individual preferences.",
    ),
    "es": (
        "Es de noche. El mar es azul. Hoy voy a pie.",
        "La institucionalización administrativa imposibilita transformaciones organizativas.",
    ),
    "de": (
        "Es ist spät. Wir sind am Tisch.",
        "Verwaltungsrechtliche Voraussetzungen erschweren Entscheidungsfindungen.",
    ),
    "ar": (
        "أنا هنا. هذا يوم جيد.",
        "المستشفيات والمؤسسات الاجتماعية والاستراتيجيات التكنولوجية.",
    ),
}


def lint(flow: Flow) -> list[Finding]:
    return examine({flow.name: flow}, [], common(), [])


def changed(change: Callable[[dict[str, Any]], None]) -> list[Finding]:
    steps = deepcopy(STEPS)
    change(steps)
    return lint(flow_of(steps))


def test_a_sound_flow_has_no_finding() -> None:
    translation = parse_flow(SPANISH)
    assert isinstance(translation, Translation)
    assert lint(Flow(flow_of(STEPS).original, {"es": translation})) == []


def test_everything_that_ships_has_no_finding() -> None:
    from importlib.resources import files
    from pathlib import Path

    flows, unreadable = read_flows(
        Path(str(files("holdfast.support.companion"))) / "content" / "flows"
    )
    assert examine(flows, unreadable, common(), ["en"]) == []


@pytest.mark.parametrize(
    ("rule", "step", "change"),
    [
        ("dead-end", "two", lambda s: s["two"].update(next="nowhere")),
        ("dead-end", "one", lambda s: s["one"]["next"].pop()),
        ("dead-end", "three", lambda s: s["three"].update(next="three")),
        ("dead-end", "three", lambda s: s["three"].update(next="flow:missing")),
        ("unreachable", "two", lambda s: s["one"].update(next="three")),
        ("unreachable", "one", lambda s: s["one"]["next"].insert(0, {"go": "two"})),
        ("endless", "x", lambda s: s.update(x={"label": "x", "say": ["a", "b"], "next": "x"})),
        ("replies", "one", lambda s: s["one"].update(replies={"a": "One"})),
        ("replies", "two", lambda s: s["two"].update(replies={"a": "One"})),
        ("replies", "two", lambda s: s["two"].update(low=9, high=9)),
        ("condition", "one", lambda s: s["one"]["next"][0].update({"if": "one is c"})),
        ("condition", "one", lambda s: s["one"]["next"][0].update({"if": "four is c"})),
        ("condition", "one", lambda s: s["one"]["next"][0].update({"if": "one at least 5"})),
        ("quote", "three", lambda s: s["three"]["say"].append("And {two}?")),
        ("quote", "three", lambda s: s["three"]["say"].append("And {four}?")),
        ("quote", "three", lambda s: s["three"]["say"].pop()),
        ("variants", "two", lambda s: s["two"]["say"].pop()),
        ("variants", "three", lambda s: s["two"].update(say=["Why is that?", "b"])),
        ("missing-source", "two", lambda s: s["two"].update(source="unknown")),
        ("missing-source", None, lambda s: s["one"].pop("source")),
        ("long-line", "two", lambda s: s["two"].update(explain="So it is. " * 40)),
    ],
)
def test_a_planted_fault_is_found(
    rule: str, step: str | None, change: Callable[[dict[str, Any]], None]
) -> None:
    assert (rule, step) in [(f.rule, f.step) for f in changed(change)]


def test_a_flow_without_sources_is_found() -> None:
    steps = {**STEPS, "one": {k: v for k, v in STEPS["one"].items() if k != "source"}}
    assert "missing-source" in [f.rule for f in lint(flow_of(steps, sources={}))]


def test_a_status_without_the_reviewers_name_is_found() -> None:
    assert [f.rule for f in lint(flow_of(STEPS, status="reviewed"))] == ["review"]


def test_hard_language_is_found_with_the_formulas_name() -> None:
    steps = deepcopy(STEPS)
    steps["two"]["say"] = [
        "Notwithstanding considerable methodological uncertainty, characterise the psychological "
        "ramifications of the aforementioned environmental circumstances comprehensively.",
        "Elaborate systematically.",
    ]
    (finding,) = lint(flow_of(steps))
    assert finding.rule == "reading-age"
    assert "Flesch-Kincaid" in finding.message


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("two", lambda d: d["steps"].pop("two")),
        ("one", lambda d: d["steps"]["one"]["replies"].pop("b")),
        ("two", lambda d: d["steps"]["two"].update(explain="Un número.")),
        ("four", lambda d: d["steps"].update(four={"label": "x", "say": ["a", "b"]})),
        ("three", lambda d: d["steps"]["three"].update(say=["x", "You said {one}. Why?"])),
        (None, lambda d: d.update(translates=7)),
    ],
)
def test_what_a_translation_lacks_is_found(
    step: str | None, change: Callable[[dict[str, Any]], None]
) -> None:
    data = deepcopy(SPANISH)
    change(data)
    translation = parse_flow(data)
    assert isinstance(translation, Translation)
    findings = lint(Flow(flow_of(STEPS).original, {"es": translation}))
    assert ("untranslated", "es", step) in [(f.rule, f.language, f.step) for f in findings]


def test_a_language_that_is_expected_and_not_there_is_found() -> None:
    flow = flow_of(STEPS)
    found = examine({flow.name: flow}, [], common(), ["en", "de"])
    assert [(f.rule, f.language) for f in found] == [("untranslated", "de")]


def test_a_misspelt_key_says_where_it_is() -> None:
    steps = {"one": {**asking("text"), "sya": ["x"]}}
    with pytest.raises(ContentError, match="steps > one > sya: there is no such key"):
        flow_of(steps)


def test_a_condition_nobody_can_read_lists_the_forms() -> None:
    steps = {"one": {**asking("text"), "next": [{"if": "one = 1", "go": "end"}, {"go": "end"}]}}
    with pytest.raises(ValueError, match="belief at least 60"):
        flow_of(steps).ways  # noqa: B018 (read when first asked for)


@pytest.mark.parametrize("language", list(EASY_AND_HARD))
def test_reading_age_tells_easy_from_hard_in_each_language(language: str) -> None:
    easy, hard = (reading_age([text], language, 11) for text in EASY_AND_HARD[language])
    assert easy is not None
    assert hard is not None
    assert (easy.too_hard, hard.too_hard) == (False, True)
    assert (easy.age is None) == (language == "ar")


def test_the_english_formula_is_the_published_one() -> None:
    # 0.39 x 6 words a sentence + 11.8 x 1 syllable a word - 15.59, and five years
    found = reading_age(["The cat sat on the mat."], "en", 11)
    assert found is not None
    assert found.age == pytest.approx(0.39 * 6 + 11.8 - 15.59 + 5)


def test_a_map_shows_every_step_and_every_way() -> None:
    for flow in shipped_with_drafts().flows.values():
        text = mermaid(flow, "en")
        for name, ways in flow.ways.items():
            assert f"\n  {name}" in text
            for _, target in ways:
                node = (
                    target
                    if target in flow.steps
                    else "to_" + target.replace(":", "_").replace("-", "_")
                )
                assert any(
                    line.startswith(f"  {name} --") and line.endswith(f" {node}")
                    for line in text.splitlines()
                )
