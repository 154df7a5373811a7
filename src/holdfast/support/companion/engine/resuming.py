"""A paused conversation under a newer (or, while replicas change, an older) version of its flow.

Nothing answered is lost: an answer whose step was renamed goes with it, one whose step is gone or
takes another kind of answer is kept aside and stands in the summary and in the result. The person
goes on at the same step; where that is gone, at the last step before it that still exists.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.support.companion.engine.answers import fits_kind
from holdfast.support.companion.engine.conversation import Place
from holdfast.support.companion.engine.format import Common
from holdfast.support.companion.engine.library import Flow


def fits(place: Place, flow: Flow) -> bool:
    """Whether the place was written by this version of the flow."""
    return place.version == flow.version and place.step in flow.steps


def carried_over(place: Place, flow: Flow, common: Common) -> Place:
    """The same place under the flow's present version."""
    renamed: dict[str, str] = {}
    for change in sorted(flow.original.changes, key=lambda c: c.version):
        if change.version > place.version:
            renamed = {old: change.steps.get(new, new) for old, new in renamed.items()}
            renamed = {**change.steps, **renamed}
    answers, kept = {}, dict(place.kept)
    for old, value in place.answers.items():
        name = renamed.get(old, old)
        step = flow.steps.get(name)
        if step is not None and (value is None or fits_kind(step, step, value, common)):
            answers[name] = value
        elif value is not None:
            kept[_free(old, kept)] = value
    trail = tuple(n for n in (renamed.get(t, t) for t in place.trail) if _asks(flow, n))
    here = renamed.get(place.step, place.step)
    step = flow.steps.get(here)
    partial = place.partial
    if step is None or step.answer is None:
        here, trail = (trail[-1], trail[:-1]) if trail else (flow.first, ())
        step = flow.steps[here]
        if partial:
            kept[_free(place.step, kept)] = list(partial)
        partial = ()
    elif partial and not fits_kind(step, step, list(partial), common):
        kept[_free(place.step, kept)] = list(partial)
        partial = ()
    return replace(
        place,
        version=flow.version,
        step=here,
        answers=answers,
        trail=trail,
        partial=partial,
        kept=kept,
    )


def _asks(flow: Flow, name: str) -> bool:
    return name in flow.steps and flow.steps[name].answer is not None


def _free(name: str, taken: dict[str, object]) -> str:
    while name in taken:
        name += "_"
    return name
