"""Moves of a conversation: into a flow, along its steps, out of it, to the menu and back."""

from __future__ import annotations

from typing import Any

from holdfast.support.companion.engine import answers
from holdfast.support.companion.engine.conversation import (
    Chose,
    Effect,
    Event,
    Message,
    Place,
    Screening,
)
from holdfast.support.companion.engine.library import CRISIS, END
from holdfast.support.companion.engine.resuming import carried_over, fits
from holdfast.support.companion.engine.talk import Talk

TRAIL = 60  # steps that "back" can go back


def is_tap(event: Event, code: str) -> bool:
    return isinstance(event, Chose) and event.codes == (code,)


def hand_over(talk: Talk, screening: Screening) -> None:
    talk.mode = "crisis"
    data = {"level": screening.level, "categories": screening.categories}
    talk.effects.append(Effect("crisis", data))


def at_home(talk: Talk) -> bool:
    """Bring the place to the flow's present version; False when the flow is gone (it is parked)."""
    if talk.place is None:
        return True
    flow = talk.library.flows.get(talk.place.flow)
    if flow is None:
        talk.parked, talk.place = (*talk.parked, talk.place), None
        talk.aside("gone", talk.common.gone)
        return False
    if not fits(talk.place, flow):
        talk.place = carried_over(talk.place, flow, talk.common)
        talk.offers, talk.misses, talk.page = (), 0, 0
        talk.aside("changed", talk.common.changed)
    return True


# Coming, going, and the menu


def come_back(talk: Talk, event: Event) -> None:
    from_crisis = talk.mode == "crisis"
    if isinstance(event, Chose) and event.codes and event.codes[0].startswith("flow:"):
        open_flow(talk, event.codes[0][5:])
        return
    if talk.place is None or is_tap(event, "@menu"):
        if from_crisis:
            talk.aside("after_crisis", talk.common.after_crisis)
        open_menu(talk)
        return
    if from_crisis:
        talk.aside("after_crisis", talk.common.after_crisis)
    else:
        title = talk.label(f"flow:{talk.here.flow}")
        talk.aside("resumed", talk.common.resumed, title=title)
    question(talk)


def open_menu(talk: Talk) -> None:
    if talk.place is not None:
        talk.parked, talk.place = (*talk.parked, talk.place), None
    talk.mode, talk.misses, talk.page = "menu", 0, 0
    talk.offers = talk.menu_codes()
    talk.ask("menu", talk.common.menu)


def open_flow(talk: Talk, name: str) -> None:
    """Begin a flow, or go on where it was left; what is open now is parked with all its answers."""
    begun = next((p for p in talk.parked if p.flow == name), None)
    open_now = talk.place is not None and talk.place.flow == name
    if name not in talk.library.flows or not (begun or open_now or _offered(talk, name)):
        talk.aside("gone", talk.common.gone)
        open_menu(talk)
        return
    if talk.place is not None and talk.place.flow == name:
        question(talk)
        return
    if talk.place is not None:
        talk.parked = (*talk.parked, talk.place)
    flow = talk.library.flows[name]
    talk.parked = tuple(p for p in talk.parked if p.flow != name)
    if begun is None:
        talk.place = Place(name, flow.version, flow.first)
        go(talk, flow.first)
        return
    talk.place = begun
    at_home(talk)
    talk.aside("resumed", talk.common.resumed, title=talk.label(f"flow:{name}"))
    question(talk)


def _offered(talk: Talk, name: str) -> bool:
    """A draft that is not turned on, or a flow without the language, is begun by no way."""
    return name in talk.library.offered(talk.language)


# Steps


def go(talk: Talk, target: str) -> None:
    """Say what needs no answer and stop at the next question, or at an end."""
    for _ in range(len(talk.flow.steps) + 1):
        if target == CRISIS:
            hand_over(talk, Screening("urgent", ("flow",)))
            return
        if target.startswith("flow:"):
            finish(talk)
            open_flow(talk, target[5:])
            return
        if target == END:
            break
        talk.put(step=target, partial=())
        if talk.step.answer is not None:
            question(talk)
            return
        talk.aside(talk.of_step("say"), talk.words.say)
        talk.exercise()
        target = way_on(talk)
    finish(talk)
    talk.aside("finished", talk.common.finished)
    open_menu(talk)


def way_on(talk: Talk) -> str:
    answered = dict(talk.here.answers)
    for condition, target in talk.flow.ways[talk.here.step]:
        if condition is None or condition.holds(answered):
            return target
    return END  # lint asks for a last way without a condition


def question(talk: Talk) -> None:
    """Ask the open step's question; a former answer is shown and can be kept."""
    talk.mode, talk.misses, talk.page, talk.offers = "asking", 0, 0, ()
    if talk.step.answer == "summary":
        talk.messages.append(summary(talk))
    else:
        former = talk.told(talk.here.step)
        if former:
            talk.aside("had", talk.common.had, value=answers.quoted(former))
            talk.offers = ("@keep",)
    talk.exercise()
    if talk.step.answer == "emotions" and talk.here.partial:
        ask_strength(talk)
        return
    if talk.step.answer == "list" and talk.here.partial:
        talk.aside("noted", talk.common.noted, count=str(len(talk.here.partial)))
    talk.ask(talk.of_step("say"), talk.words.say)


def summary(talk: Talk) -> Message:
    return Message("summary", talk.summary(), talk.of_step("summary"))


def take(talk: Talk, value: Any) -> None:
    """Keep the answer, say what follows from it, go on."""
    name = talk.here.step
    given = {**talk.here.answers, name: value}
    if value != talk.here.answers.get(name):  # a summary told the former answer
        steps = talk.flow.steps
        given = {n: v for n, v in given.items() if n == name or steps[n].answer != "summary"}
    talk.put(answers=given, trail=(*talk.here.trail, name)[-TRAIL:], partial=())
    talk.misses = 0
    if value is not None:
        talk.aside(talk.of_step("after"), talk.words.after)
    go(talk, way_on(talk))


def finish(talk: Talk) -> None:
    place = talk.here
    data = {
        "flow": place.flow,
        "version": place.version,
        "answers": dict(place.answers),
        "kept": dict(place.kept),
    }
    talk.effects.append(Effect("finished", data))
    talk.place = None


def ask_strength(talk: Talk) -> None:
    feeling = next((e for e in talk.here.partial if e["strength"] is None), None)
    if feeling is None:
        take(talk, list(talk.here.partial))
        return
    name = feeling.get("words") or talk.common.emotions[feeling["emotion"]][0]
    talk.misses, talk.offers = 0, ()
    talk.ask("strength", talk.common.strength, emotion=name)
