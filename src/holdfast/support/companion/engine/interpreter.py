"""`step`: one event in, one turn out. The same input gives the same turn, on any machine.

A pure function rather than objects with transitions (docs/explanation/companion.md says why): the
state is data that came from outside, the flow is data that a clinician wrote, and between them
stands only what every flow shares: the screen first, then what can be asked for at any time, then
the answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from holdfast.support.companion.engine import answers
from holdfast.support.companion.engine.answers import read_tap, read_text
from holdfast.support.companion.engine.conversation import (
    ALARMS,
    Chose,
    Effect,
    Event,
    Opened,
    Place,
    Said,
    State,
    Turn,
)
from holdfast.support.companion.engine.library import Library
from holdfast.support.companion.engine.moves import (
    ask_strength,
    at_home,
    come_back,
    hand_over,
    is_tap,
    open_flow,
    open_menu,
    question,
    take,
)
from holdfast.support.companion.engine.resuming import carried_over
from holdfast.support.companion.engine.talk import Talk
from holdfast.support.companion.engine.understanding import (
    COMMANDS,
    Route,
    by_keywords,
    folded,
    wants_to_open,
)

WORDS_AFTER = 2  # misses after which a day, a time or a feeling is kept as it was written


def step(
    library: Library,
    state: State,
    event: Event,
    *,
    now: datetime,
    seed: int,
    language: str,
    route: Route = by_keywords,
) -> Turn:
    """Answer one event.

    `now` carries the person's zone; `seed` chooses among variants of a line. A text that the
    screen found alarming is never read as an answer: the turn holds a `crisis` effect and no words,
    and the scripted protocol speaks until it sends "@go_on".
    """
    talk = Talk(library, state, now=now, seed=seed, language=language)
    if isinstance(event, Said):
        if event.screening.level in ALARMS:
            hand_over(talk, event.screening)
            return talk.done()
        if event.screening.level is None:
            talk.effects.append(Effect("lines", {"reason": "screen_failed"}))
    if is_tap(event, "@help_now"):
        talk.effects.append(Effect("lines", {"reason": "asked"}))
    if talk.mode == "crisis" and not is_tap(event, "@go_on"):
        talk.effects.append(Effect("crisis", {"level": None, "categories": ()}))
        return talk.done()
    if not at_home(talk):
        open_menu(talk)
    elif isinstance(event, Opened) or talk.mode in {"paused", "crisis"}:
        come_back(talk, event)
    elif isinstance(event, Chose):
        _tapped(talk, event.codes)
    else:
        _typed(talk, event.text, route)
    return talk.done()


# What was tapped


def _tapped(talk: Talk, codes: tuple[str, ...]) -> None:
    first = codes[0] if codes else ""
    if first.startswith("flow:"):
        open_flow(talk, first[5:])
    elif codes and codes[-1] == "@more":
        _more(talk, codes[:-1])
    elif first.startswith("@"):
        _command(talk, first[1:])
    elif talk.place is None:
        _not_understood(talk, "", by_keywords)
    elif talk.here.partial and talk.step.answer == "emotions":
        _strength(talk, first if first.isdecimal() and len(first) < 4 else "")
    else:
        value = read_tap(talk.step, talk.words, talk.common, codes)
        if value is None:
            _not_understood(talk, "", by_keywords)
        else:
            _answered(talk, value)


def _more(talk: Talk, chosen: tuple[str, ...]) -> None:
    """Turn the page; what was ticked on this one stays ticked."""
    talk.page += 1
    if talk.place is None:
        talk.offers = talk.menu_codes()
        talk.ask("menu", talk.common.menu)
        return
    if talk.step.answer == "several":
        ticked = [c for c in chosen if c in talk.words.replies and c not in talk.here.partial]
        talk.put(partial=(*talk.here.partial, *ticked))
    talk.ask(talk.of_step("say"), talk.words.say)


def _command(talk: Talk, name: str) -> None:
    if name == "help_now":
        _show_lines(talk)
        _ask_again(talk)
    elif name == "pause":
        talk.mode, talk.offers = "paused", ("@go_on", "@menu")
        talk.ask("paused", talk.common.paused)
    elif name == "help":
        talk.ask("help", talk.common.help)
    elif talk.place is None:
        if name in {"back", "not_it", "go_on"} and talk.parked:
            open_flow(talk, talk.parked[-1].flow)
        else:
            open_menu(talk)
    elif name == "menu":
        open_menu(talk)
    elif name in {"back", "not_it"}:
        _back(talk, name)
    elif name == "skip":
        _skip(talk)
    elif name == "explain":
        explained = (talk.words.explain,) if talk.words.explain else ()
        hints = talk.common.hints[talk.step.answer or "text"]
        talk.ask(talk.of_step("explain"), explained or hints)
    elif name in {"keep", "keep_summary", "discard", "done"}:
        _settle(talk, name)
    else:
        _ask_again(talk)


def _show_lines(talk: Talk) -> None:
    if not any(effect.data.get("reason") == "asked" for effect in talk.effects):
        talk.effects.append(Effect("lines", {"reason": "asked"}))


def _ask_again(talk: Talk) -> None:
    if talk.place is None:
        open_menu(talk)
    else:
        talk.ask(talk.of_step("say"), talk.words.say)


def _back(talk: Talk, name: str) -> None:
    here = talk.here
    if here.partial:
        talk.put(partial=here.partial[:-1] if name == "not_it" else ())
        talk.aside(name, getattr(talk.common, name))
        question(talk)
    elif here.trail:
        talk.put(step=here.trail[-1], trail=here.trail[:-1])
        talk.aside(name, getattr(talk.common, name))
        question(talk)
    else:
        talk.aside("at_start", talk.common.at_start)
        question(talk)


def _skip(talk: Talk) -> None:
    """Leave a step open; an answer that stands there already stays, and so does one begun."""
    if talk.here.partial:
        take(talk, list(talk.here.partial))
        return
    talk.aside("skipped", talk.common.skipped)
    take(talk, talk.here.answers.get(talk.here.step))


def _settle(talk: Talk, name: str) -> None:
    kind, value = talk.step.answer, talk.here.answers.get(talk.here.step)
    if name == "keep" and value is not None:
        take(talk, value)
    elif name == "keep_summary" and kind == "summary":
        _keep_summary(talk, talk.summary())
    elif name == "discard" and kind == "summary":
        take(talk, None)
    elif name == "done" and talk.here.partial:
        take(talk, list(talk.here.partial))
    else:
        _not_understood(talk, "", by_keywords)


def _keep_summary(talk: Talk, text: str) -> None:
    data = {"flow": talk.here.flow, "step": talk.here.step, "text": text}
    talk.effects.append(Effect("keep", data))
    take(talk, text)


# What was typed


def _typed(talk: Talk, text: str, route: Route) -> None:
    plain = folded(text) if len(text) < 200 else ""
    offered = _offer_named(talk, plain)
    if offered is not None:
        _tapped(talk, (offered,))
        return
    command = talk.lexicon.command(plain) if plain else None
    if command in COMMANDS and not _is_a_reply(talk, plain):
        _command(talk, command)
        return
    goal = wants_to_open(plain, talk.lexicon)
    if goal is not None and _asked_for(talk, goal, route):
        return
    if talk.place is None:
        _not_understood(talk, text, route)
        return
    longest = answers.LONGEST_SUMMARY if talk.step.answer == "summary" else answers.LONGEST
    if len(text) > longest:
        talk.ask("too_long", talk.common.too_long)
    elif talk.here.partial and talk.step.answer == "emotions":
        _strength(talk, plain)
    else:
        _read(talk, text, route)


def _offer_named(talk: Talk, plain: str) -> str | None:
    """The code of an offer that was typed: its label, its number, or yes to a single one."""
    if not plain or not talk.offers:
        return None
    for code in talk.offers:
        if folded(talk.label(code)) == plain:
            return code
    if talk.place is None:
        number = talk.lexicon.numbers.get(plain, int(plain) if plain.isdecimal() else 0)
        return talk.offers[number - 1] if 1 <= number <= len(talk.offers) else None
    own = "yes" in talk.words.replies
    sure = plain in talk.lexicon.yes and len(talk.offers) == 1 and not own
    return talk.offers[0] if sure else None


def _is_a_reply(talk: Talk, plain: str) -> bool:
    """Whether a reply of the step has these very words: "Not now" is no wish to pause there."""
    replies = talk.words.replies.values() if talk.place else ()
    return any(folded(label) == plain for label in replies)


def _asked_for(talk: Talk, goal: str, route: Route) -> bool:
    """ "Take me to sleep": go there when it can be one flow only, else offer those it may be."""
    names = route(talk.library, talk.language, goal)
    if not names:
        return False
    if len(names) == 1:
        open_flow(talk, names[0])
    else:
        talk.offers = tuple(f"flow:{name}" for name in names)
        talk.ask("did_you_mean", talk.common.did_you_mean)
    return True


def _read(talk: Talk, text: str, route: Route) -> None:
    asked = talk.asked()
    if asked.step.answer == "list" and talk.here.partial and folded(text) in talk.lexicon.no:
        take(talk, list(talk.here.partial))
        return
    reading = read_text(asked, text)
    if reading.value is not None:
        if asked.step.answer == "summary":
            _keep_summary(talk, reading.value)
        else:
            _answered(talk, reading.value)
    elif reading.candidates:
        talk.misses += 1
        talk.offers = reading.candidates
        talk.ask("did_you_mean", talk.common.did_you_mean)
    elif talk.misses >= WORDS_AFTER and asked.step.answer in {"date", "time", "emotions"}:
        words = {"words": " ".join(text.split())[: answers.ITEM]}
        own = [{**words, "strength": None}] if asked.step.answer == "emotions" else words
        take(talk, own)
    else:
        _not_understood(talk, text, route)


def _answered(talk: Talk, value: Any) -> None:
    """Take it, or ask for the rest of it: more of a list, the strength of a feeling."""
    kind = talk.step.answer
    if kind == "list":
        items = (*talk.here.partial, *value)[: talk.step.at_most or 20]
        if len(items) >= (talk.step.at_most or 20):
            take(talk, list(items))
            return
        talk.put(partial=items)
        talk.misses, talk.offers = 0, ()
        talk.ask("noted", talk.common.noted, count=str(len(items)))
    elif kind == "emotions" and any(e["strength"] is None for e in value):
        talk.put(partial=tuple(value))
        ask_strength(talk)
    elif kind == "several" and talk.here.partial:
        # Own words stand beside codes here, and cannot be members of a set.
        begun = list(talk.here.partial)
        take(talk, begun + [one for one in value if one not in begun])
    else:
        take(talk, value)


def _strength(talk: Talk, plain: str) -> None:
    """The number that was asked for last goes to the first feeling without one."""
    words = plain.removesuffix("%").strip()
    number = int(words) if words.isdecimal() and len(words) < 4 else talk.lexicon.numbers.get(words)
    if number is None or not 0 <= number <= 100:
        talk.misses += 1
        talk.ask("hint.number", talk.common.hints["number"])
        return
    feelings = [dict(e) for e in talk.here.partial]
    next(e for e in feelings if e["strength"] is None)["strength"] = number
    if any(e["strength"] is None for e in feelings):
        talk.put(partial=tuple(feelings))
        ask_strength(talk)
    else:
        take(talk, feelings)


def _not_understood(talk: Talk, text: str, route: Route) -> None:
    """Never a guess: what it may be about is offered, else how this can be answered is said."""
    talk.misses += 1
    open_now = talk.place.flow if talk.place else None
    found = route(talk.library, talk.language, text) if text else ()
    names = [name for name in found if name != open_now]
    if names:
        talk.offers = tuple(f"flow:{name}" for name in names)
        talk.ask("did_you_mean", talk.common.did_you_mean)
        return
    if talk.place is None:
        talk.offers = talk.menu_codes()
        talk.ask("unsure", talk.common.unsure)
        return
    talk.offers = ("@skip", "@explain") if talk.misses > 1 else ()
    kind = talk.step.answer or "text"
    if talk.misses == 1:
        talk.ask(f"hint.{kind}", talk.common.hints[kind])
    else:
        talk.ask("unsure", talk.common.unsure)


def resumed_state(library: Library, state: State, language: str) -> State:
    """A state from outside, every place in it checked against its flow: call it after `loads`."""
    common = library.common[language]

    def checked(place: Place) -> Place:
        flow = library.flows.get(place.flow)
        return carried_over(place, flow, common) if flow else place

    parked = tuple(checked(place) for place in state.parked)
    place = checked(state.place) if state.place else None
    sound = state.mode != "asking" or place is not None
    return replace(state, place=place, parked=parked, mode=state.mode if sound else "menu")
