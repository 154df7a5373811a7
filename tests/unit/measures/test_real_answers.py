"""Real exported answers, with the score the exporting system expected."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.scoring import score
from tests.shared import shared_path


def export(name: str) -> tuple[str, dict[str, str]]:
    """Survey name and values of an export: JSON with unquoted keys, which YAML can read."""
    text = shared_path("data", "instruments", "escreening", name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text.replace("\t", " ").replace(" :", ":"))
    survey = data["testSurveys"][0]
    return survey["surveyName"], survey["smrMap"] or {}


@pytest.mark.parametrize(
    ("file", "expected", "formula"),
    [
        ("phq9.json", 15, "dep_score_phq9"),
        ("audit_c.json", 11, "alc_score_audit"),
        ("phq9_empty.json", None, "dep_score_phq9"),
    ],
)
def test_the_expected_score_is_reproduced(file: str, expected: int | None, formula: str) -> None:
    name, values = export(file)
    stored = values.pop(formula, None)
    assert (None if stored is None else float(stored)) == expected
    assert score(builtin().get(name), values).scores == {"total": expected}
