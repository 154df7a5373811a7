"""Worksheets: an exercise as a page with titled fields, for two who fill it in together in a visit.

Nothing is written for them: the titles are those of the summary with which the exercise ends, and
the hint below a title is the question that the companion asks there.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from holdfast.support.companion import flows
from holdfast.support.companion.engine.library import Flow

#: A line of a summary: "What I felt: {feelings}".
_LINE = re.compile(r"^(?P<title>[^{}]+?)\s*[:：]\s*\{(?P<step>[a-z][a-z0-9_]*)\}")


def on_offer(practice_id: uuid.UUID, language: str) -> list[dict[str, Any]]:
    """The exercises that are on in the practice and end in a summary. One statement."""
    spoken = flows.spoken(language)
    names = flows.names_on(practice_id, spoken)
    sheets = (sheet(flows.library().flows[name], spoken) for name in names)
    return [each for each in sheets if each["fields"]]


def sheet(flow: Flow, language: str) -> dict[str, Any]:
    """One exercise as a page, in a language that it has."""
    head = flow.head(language)
    lines = [line for step in flow.steps for line in flow.words(step, language).summary]
    found = [match for match in map(_LINE.match, lines) if match]
    fields = [
        {
            "name": match["step"],
            "title": match["title"],
            "hint": _question(flow, match["step"], language),
        }
        for match in found
    ]
    return {
        "flow": flow.name,
        "language": language,
        "title": head.title,
        "offer": head.offer,
        "fields": fields,
    }


def _question(flow: Flow, step: str, language: str) -> str:
    """How the companion asks for it, in words that quote no earlier answer."""
    return next((each for each in flow.words(step, language).say if "{" not in each), "")
