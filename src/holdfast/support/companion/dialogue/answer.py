"""`answer`: one event in, one turn out, in the order that safety asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from holdfast.safety.engine.policy.notices import due
from holdfast.safety.engine.protocol import interpreter as protocol
from holdfast.safety.engine.protocol.interpreter import DISMISS, GO_ON, HELP_NOW
from holdfast.safety.engine.protocol.signals import Signals, signals
from holdfast.safety.engine.protocol.state import Chose as Tap
from holdfast.safety.engine.protocol.state import Event as ProtocolEvent
from holdfast.safety.engine.protocol.state import Opened as Back
from holdfast.safety.engine.protocol.state import Reply as ProtocolReply
from holdfast.safety.engine.protocol.state import Said as Words
from holdfast.safety.engine.protocol.state import State
from holdfast.safety.engine.screen import Level, Screening, Unscreened
from holdfast.support.companion.dialogue.shapes import (
    Answer,
    Claims,
    Conversation,
    Event,
    Said,
    Screen,
)
from holdfast.support.companion.dialogue.suggesting import suggest
from holdfast.support.companion.dialogue.table import Table
from holdfast.support.companion.dialogue.world import World
from holdfast.support.companion.engine import conversation as companion
from holdfast.support.companion.engine.conversation import Chose, Opened
from holdfast.support.companion.engine.interpreter import resumed_state, step
from holdfast.support.companion.engine.talk import Talk

#: The flow itself leads to the protocol: somebody tapped that they need it.
FROM_FLOW = Signals(Level.URGENT, (), ("self",), 0)


def answer(
    world: World,
    conversation: Any,
    event: Event,
    *,
    now: datetime,
    seed: int,
    language: str,
    claims: Claims,
    screen: Screen,
) -> Answer:
    """Answer one event.

    `conversation` is None, the JSON of the last answer, or a Conversation; what cannot be read
    begins anew. `now` carries the person's zone. `screen` raises Unscreened where it fails or takes
    too long: then the lines show and nothing is called safe. Never raises for what a person did.
    """
    if isinstance(conversation, Conversation):
        begun, whole = conversation, True
    else:
        begun, whole = Conversation.of(conversation, world.protocol.script)
    table = Table(world, begun, claims, now=now, seed=seed, language=language)
    if not whole:
        table.notice("anew")
    if isinstance(event, Said):
        table.unfold()
        _screened(table, event, screen)
    if table.foreign:
        _in_no_language(table, event)
        return table.done()
    _notices(table, event)
    if not table.pack.conversation:
        _without_conversation(table, event)
    elif _folds(event):
        _dismissed(table)
    else:
        _turn(table, event)
        suggest(table, event)
    return table.done()


def _screened(table: Table, event: Said, screen: Screen) -> None:
    try:
        table.screening = screen(event.text, event.history, table.language)
    except Unscreened:
        table.screened = False
    if table.screening is not None:
        table.signals = signals(table.screening, table.world.protocol.script)


def _notices(table: Table, event: Event) -> None:
    codes, given = due(
        table.pack,
        table.given,
        now=table.now,
        monitored=table.claims.monitored,
        language=table.language,
    )
    for code in codes:
        table.notice(code)
    table.given = given
    if isinstance(event, Said):
        heard = table.listeners()
        said_young = table.pack.adults_only and any(one.minor(event.text) for one in heard)
        table.new_minor = said_young and not given.minor
        if table.new_minor:
            table.given = replace(given, minor_at=table.now)
        table.asked_human = any(one.asked_human(event.text) for one in heard)
        if table.asked_human:
            table.notice("disclosure_asked")


def _folds(event: Event) -> bool:
    return isinstance(event, Chose) and event.codes == (DISMISS,)


# Where no conversation can be led


def _in_no_language(table: Table, event: Event) -> None:
    """The protocol does not speak this language: that is said, and the lines show."""
    if _folds(event):
        table.fold()
        return
    table.sentence(table.asked_language)
    if isinstance(event, Opened) or table.signals or not table.screened:
        table.notice("monitored" if table.claims.monitored else "not_monitored")
    if table.signals is not None:
        table.alarm_card(table.signals)
    table.show_lines("unsupported")


def _without_conversation(table: Table, event: Event) -> None:
    """Worksheets only. What is typed all the same is screened, and an alarm is never left alone."""
    table.effect("worksheets", {"reason": table.pack.code})
    if table.signals is not None:
        table.alarm_card(table.signals)
        table.notice("crisis_off")
    elif not table.screened:
        _screen_failed(table)
    elif _folds(event):
        table.fold()
    elif isinstance(event, Chose) and event.codes == (HELP_NOW,):
        table.show_lines("asked")
    else:
        table.notice("conversation_off")


# A turn


def _turn(table: Table, event: Event) -> None:
    state = table.protocol
    back = protocol.returns(state, table.now)
    if not table.screened:
        _screen_failed(table)
    if state is not None and back and _asks_how_now(table, state, event):
        _park(table)
        context = table.context()
        table.say(
            protocol.come_back(
                table.world.protocol, state, context, language=table.language, seed=table.seed
            )
        )
        return
    if back and state is not None and table.signals:
        state = table.protocol = replace(state, leading=False)
    if state is not None and state.leading:
        _led(table, event)
        return
    begin = None
    if isinstance(event, Said):
        begin = protocol.begins(
            table.world.protocol, _words(table, event), table.language, minor=table.new_minor
        )
    if begin is not None and isinstance(event, Said):
        _park(table)
        table.began = begin
        _respond(table, _words(table, event), begin)
    elif table.given.minor:
        _respond(table, _as_protocol(table, event), "minor")
    else:
        _exercise(table, event)


def _asks_how_now(table: Table, state: State, event: Event) -> bool:
    """Whoever comes back is asked; words in an exercise that went on are its answer."""
    if isinstance(event, Said):
        return state.leading and not table.signals
    return isinstance(event, Opened)


def _led(table: Table, event: Event) -> None:
    """The protocol has the lead until the person takes it back."""
    if isinstance(event, Chose) and event.codes == (GO_ON,):
        if table.given.minor:
            table.notice("adults_only")
            _respond(table, Back(), None)
            return
        assert table.protocol is not None  # noqa: S101 (it leads)
        table.protocol = protocol.left(table.protocol, table.now)
        _exercise(table, event)
        return
    if table.new_minor:
        table.notice("adults_only")
    _respond(table, _as_protocol(table, event), None)


def _words(table: Table, event: Said) -> Words:
    languages = table.screening.languages if table.screening else ()
    return Words(event.text, table.signals, languages)


def _as_protocol(table: Table, event: Event) -> ProtocolEvent:
    if isinstance(event, Said):
        return _words(table, event)
    if isinstance(event, Chose):
        return Tap(event.codes[0] if event.codes else "")
    return Back()


def _respond(table: Table, event: ProtocolEvent, begin: str | None) -> None:
    reply: ProtocolReply = protocol.respond(
        table.world.protocol,
        table.protocol,
        event,
        table.context(),
        language=table.language,
        seed=table.seed,
        begin=begin,
    )
    table.say(reply)


def _park(table: Table) -> None:
    """The exercise waits where it is; the words that raised an alarm are no answer to it."""
    alarm = companion.Screening("concern")
    turn = step(
        table.library,
        table.companion,
        companion.Said("", alarm),
        now=table.now,
        seed=table.seed,
        language=table.language,
    )
    table.companion = turn.state


def _screen_failed(table: Table) -> None:
    table.note("screen_failed", table.words.notes.screen_failed)
    table.show_lines("failed")


def _dismissed(table: Table) -> None:
    """The card is folded away, until there is a reason to show it again."""
    table.lines = None
    if table.protocol is None:
        return
    if table.protocol.leading:
        _respond(table, Tap(DISMISS), None)
    else:
        table.protocol = replace(table.protocol, dismissed=True)


def _exercise(table: Table, event: Event) -> None:
    """The structured conversation. Its state is checked against the flows of today."""
    state = _sound(table, resumed_state(table.library, table.companion, table.language))
    found = table.screening
    if found is not None and not found.supported:
        table.note("unsupported", table.words.notes.unsupported)
        table.show_lines("unsupported")
    table.asked = _asked(table, state, event)
    turn = step(
        table.library,
        state,
        _as_companion(table, event),
        now=table.now,
        seed=table.seed,
        language=table.language,
        route=table.world.route,
    )
    table.companion = turn.state
    if any(effect.kind == "crisis" for effect in turn.effects):
        _respond(table, Words("", FROM_FLOW), "self")
        return
    table.take(turn)
    if any(effect.kind == "lines" for effect in turn.effects):
        asked = any(effect.data.get("reason") == "asked" for effect in turn.effects)
        table.show_lines("asked" if asked else "failed")
        if asked:
            table.note("lines_here", table.words.notes.lines_here)
    if isinstance(event, Said) and table.protocol is not None and not table.protocol.leading:
        table.protocol = replace(table.protocol, dismissed=False)


def _sound(table: Table, state: companion.State) -> companion.State:
    """The state without offers that stand for nothing: it came from outside."""
    talk = Talk(table.library, state, now=table.now, seed=table.seed, language=table.language)

    def known(code: str) -> bool:
        if state.place is None and not code.startswith(("@", "flow:")):
            return False
        try:
            return bool(talk.label(code))
        except (KeyError, ValueError):
            return False

    return replace(state, offers=tuple(filter(known, state.offers)))


def _as_companion(table: Table, event: Event) -> companion.Event:
    if not isinstance(event, Said):
        return event
    if table.asked_human:
        return Opened()
    known = table.screening if table.screened else None
    if known is None or not known.supported:
        return companion.Said(event.text, companion.Screening(None))
    level: companion.Level = "watch" if known.level is Level.WATCH else "none"
    kinds: Sequence[str] = [one.value for one in known.categories]
    return companion.Said(event.text, companion.Screening(level, tuple(kinds)))


def _asked(table: Table, state: companion.State, event: Event) -> str | None:
    """The question that was answered, where a model may reflect: only on words that were read,
    found harmless, and asked for in an exercise.
    """
    known: Screening | None = table.screening
    if not isinstance(event, Said) or known is None or not known.supported or table.asked_human:
        return None
    if state.mode != "asking" or state.place is None or known.level > Level.WATCH:
        return None
    flow = table.library.flows.get(state.place.flow)
    open_step = flow.steps.get(state.place.step) if flow else None
    if not table.pack.generated or not open_step or open_step.answer not in {"text", "list"}:
        return None
    talk = Talk(table.library, state, now=table.now, seed=table.seed, language=table.language)
    return talk.question()
