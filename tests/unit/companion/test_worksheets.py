"""An exercise as a page: each line of its summary a field, in every language that it has."""

from __future__ import annotations

import pytest

from holdfast.support.companion import worksheets
from holdfast.support.companion.engine.library import Flow, shipped

FLOWS = shipped().flows


@pytest.mark.parametrize("flow", FLOWS.values(), ids=list(FLOWS))
def test_every_line_of_a_summary_is_a_field_with_a_title_and_a_question(flow: Flow) -> None:
    names = []
    for head in flow.heads():
        lines = [line for step in flow.steps for line in flow.words(step, head.language).summary]
        fields = worksheets.sheet(flow, head.language)["fields"]
        assert len(fields) == len(lines)
        for line, field in zip(lines, fields, strict=True):
            assert line.startswith(field["title"])
            assert field["title"].strip()
            assert field["hint"]
            assert "{" not in field["title"] + field["hint"]
        names.append([field["name"] for field in fields])
        assert len(set(names[-1])) == len(names[-1])
    # A translation changes words and no field.
    assert all(each == names[0] for each in names)


def test_a_thought_record_has_the_columns_that_people_know() -> None:
    found = worksheets.sheet(FLOWS["thought-record"], "en")
    titles = [field["title"] for field in found["fields"]]
    assert titles[:3] == ["What happened", "What I felt", "What went through my mind"]
    assert "What speaks against it" in titles
