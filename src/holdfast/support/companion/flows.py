"""The flows that ship, and which of them a practice has on."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import cache
from typing import Any

from holdfast.core.problems import NotFound
from holdfast.support.companion.engine.chart import mermaid
from holdfast.support.companion.engine.format import Step
from holdfast.support.companion.engine.library import Flow, Library, shipped
from holdfast.support.companion.models import FlowComment, FlowSwitch


@cache
def library() -> Library:
    """What ships, read once in the life of a process."""
    return shipped()


def flow_of(name: str) -> Flow:
    """Raises NotFound."""
    found = library().flows.get(name)
    if found is None:
        raise NotFound
    return found


Switches = dict[tuple[str, str], FlowSwitch]


def switches(practice_id: uuid.UUID) -> Switches:
    """What a practice has switched, by flow and language. One statement."""
    rows = FlowSwitch.objects.filter(practice_id=practice_id).select_related("by")
    return {(row.flow, row.language): row for row in rows}


def is_on(flow: Flow, language: str, switched: Switches) -> bool:
    """As somebody switched it; else what is reviewed is on and a draft is off."""
    if not flow.has(language):
        return False
    row = switched.get((flow.name, language))
    return row.on if row else flow.head(language).status == "reviewed"


def names_on(practice_id: uuid.UUID, language: str) -> list[str]:
    """The flows that are on in a language, in the library's order. One statement."""
    switched = switches(practice_id)
    return [name for name, flow in library().flows.items() if is_on(flow, language, switched)]


def spoken(language: str) -> str:
    """The companion's language for somebody's own: de-AT reads de, what it does not speak en."""
    known = language.partition("-")[0]
    return known if known in library().common else "en"


def offered(name: str, language: str) -> dict[str, Any]:
    """A flow as it is offered."""
    flow = library().flows[name]
    head = flow.head(language if flow.has(language) else flow.original.language)
    minutes = flow.original.minutes
    return {"flow": name, "title": head.title, "offer": head.offer, "minutes": minutes}


def _languages(flow: Flow, switched: Switches) -> list[dict[str, Any]]:
    found = []
    for head in flow.heads():
        row = switched.get((flow.name, head.language))
        found.append(
            {
                "language": head.language,
                "status": head.status,
                "on": is_on(flow, head.language, switched),
                "by": row.by.display_name if row and row.by else None,
                "at": row.at if row else None,
            }
        )
    return found


def rows(practice_id: uuid.UUID, language: str, only: str | None = None) -> list[dict[str, Any]]:
    """Every flow with its languages and how many comments are open. Two statements."""
    switched = switches(practice_id)
    comments = FlowComment.objects.filter(practice_id=practice_id, resolved_at=None)
    waiting = Counter(comments.values_list("flow", flat=True))
    return [
        offered(name, spoken(language))
        | {
            "version": flow.version,
            "languages": _languages(flow, switched),
            "open_comments": waiting[name],
        }
        for name, flow in library().flows.items()
        if only in {None, name}
    ]


def page(practice_id: uuid.UUID, name: str, language: str) -> dict[str, Any]:
    """One flow with its texts, its map and what was said of it. Raises NotFound. Two statements."""
    flow = flow_of(name)
    asked = spoken(language)
    shown = asked if flow.has(asked) else flow.original.language
    head = flow.head(shown)
    return offered(name, shown) | {
        "language": shown,
        "version": flow.version,
        "status": head.status,
        "reviewed_by": head.reviewed_by,
        "languages": _languages(flow, switches(practice_id)),
        "sources": [
            {"key": key, "cite": source.cite, "doi": source.doi}
            for key, source in flow.original.sources.items()
        ],
        "steps": [_step(flow, each, step, shown) for each, step in flow.steps.items()],
        "map": mermaid(flow, shown),
        "comments": comments(practice_id, name),
    }


def _step(flow: Flow, name: str, step: Step, language: str) -> dict[str, Any]:
    words = flow.words(name, language)
    ways = step.next if not isinstance(step.next, str) else ()
    return {
        "name": name,
        "label": words.label,
        "say": list(words.say),
        "explain": words.explain,
        "after": list(words.after),
        "answer": step.answer,
        "replies": [{"code": code, "label": label} for code, label in words.replies.items()],
        "summary": list(words.summary),
        "source": step.source,
        "next": [{"when": way.condition, "to": way.go} for way in ways]
        or [{"when": None, "to": step.next}],
    }


def comments(practice_id: uuid.UUID, name: str) -> list[dict[str, Any]]:
    """What was said of a flow, newest first (the newest 200). One statement."""
    found = FlowComment.objects.filter(practice_id=practice_id, flow=name).select_related("by")
    return [comment_out(row) for row in found.order_by("-id")[:200]]


def comment_out(row: FlowComment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "flow": row.flow,
        "version": row.version,
        "language": row.language,
        "step": row.step or None,
        "text": row.text,
        "by": row.by.display_name if row.by else None,
        "at": row.at,
        "resolved_at": row.resolved_at,
    }
