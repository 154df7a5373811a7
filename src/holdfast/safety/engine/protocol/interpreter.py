"""`respond`: one event in, what the protocol says out. The same input gives the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from holdfast.safety.engine.protocol.format import (
    NOT_YET,
    REFUSED,
    RESUME,
    UNCLEAR,
    Protocol,
)
from holdfast.safety.engine.protocol.reading import Heard, folded
from holdfast.safety.engine.protocol.scene import Scene
from holdfast.safety.engine.protocol.signals import Signals
from holdfast.safety.engine.protocol.state import (
    Card,
    Chose,
    Context,
    Event,
    Opened,
    Reply,
    Said,
    State,
)
from holdfast.safety.engine.screen import Level

#: After this long somebody who comes back is asked how they are now.
AWAY: Final = timedelta(hours=6)
#: After this long what happened is no longer brought up.
LONG_AGO: Final = timedelta(days=30)
#: Refusals after which nothing more is asked.
ENOUGH: Final = 3
MINOR: Final = "minor"
GO_ON, HELP_NOW, DISMISS = "@go_on", "@help_now", "@dismiss"
#: Questions that a fresh alarm answers by itself, by category.
_ANSWERED_BY: Final = {
    "direct": ("active_ideation", "plan_or_preparation", "attempt"),
    "plan": ("plan_or_preparation",),
    "self_check": ("active_ideation", "passive_ideation", "plan_or_preparation", "self_harm"),
}


def begins(protocol: Protocol, event: Event, language: str, *, minor: bool) -> str | None:
    """The path that an event begins where none leads; None: the protocol has nothing to say."""
    if not isinstance(event, Said):
        return None
    if event.signals is not None:
        return event.signals.paths[0]
    if protocol.heard(event.text, language, event.languages).taken_first:
        return "taken"
    return MINOR if minor else None


def returns(state: State | None, now: datetime) -> bool:
    """Whether somebody comes back after hours or days to what has not been asked about again."""
    if state is None or (state.quiet and not state.leading):
        return False
    away = now - datetime.fromisoformat(state.last_at)
    return away >= AWAY and (state.leading or away <= LONG_AGO)


def left(state: State, now: datetime) -> State:
    """The person goes on with something else. What has been cleared up leaves no card behind."""
    settled = "relief" in state.answers or (
        state.answers.get("returning") == "easier" or state.answers.get("taken_check") == "usual"
    )
    return replace(state, leading=False, at=None, quiet=settled, last_at=now.isoformat())


def grown_up(state: State) -> State:
    """It is known that the person is no minor: the path for minors leads no more."""
    kept = replace(state, minor=False, pending=tuple(p for p in state.pending if p != MINOR))
    if state.path != MINOR:
        return kept
    return replace(kept, leading=False, at=None, quiet=True)


def respond(
    protocol: Protocol,
    state: State | None,
    event: Event,
    context: Context,
    *,
    language: str,
    seed: int,
    begin: str | None = None,
) -> Reply:
    """Answer one event while the protocol leads, or begin it with the path `begin`."""
    start = state or State(False, begin or "self", context.now.isoformat())
    scene = Scene(protocol, language, start, context, seed)
    if isinstance(event, Opened):
        _opened(scene)
    elif isinstance(event, Chose):
        _tapped(scene, event.code)
    else:
        _said(scene, event, begin)
    return scene.done()


def come_back(
    protocol: Protocol, state: State, context: Context, *, language: str, seed: int
) -> Reply:
    """Somebody returns: how they are now comes first, and nothing is as if it had not been."""
    scene = Scene(protocol, language, state, context, seed)
    scene.before = scene.path.name if scene.path.name != "returning" else scene.before
    scene.answers, scene.pending, scene.refusals = {}, [], 0
    scene.level = min(scene.level, Level.WATCH)
    scene.leading, scene.dismissed, scene.intoxicated = True, False, False
    scene.switch("returning")
    scene.advance()
    return scene.done()


def card(protocol: Protocol, state: State, context: Context, *, language: str) -> Card | None:
    """The card that stands now; None once dismissed."""
    if state.dismissed or (state.quiet and not state.leading):
        return None
    path = protocol.script.paths[state.path]
    scene = Scene(protocol, language, state, context, 0)
    dismissable = not (state.leading and path.keeps)
    return Card(path.card, state.level, context.lines, scene.number, dismissable)


# Opened and tapped


def _opened(scene: Scene) -> None:
    """Back after a moment: we are where we were, in other words."""
    scene.dismissed = False
    scene.say("still_here", scene.words.notes.still_here, "still_here")
    if scene.at is None:
        scene.advance()


def _tapped(scene: Scene, code: str) -> None:
    if code == DISMISS:
        scene.dismissed = scene.dismissed or not (scene.leading and scene.path.keeps)
    elif code == HELP_NOW:
        scene.dismissed = False
        scene.say("lines_here", scene.words.notes.lines_here, "line")
    elif scene.at is not None and scene.step is not None and code in scene.step.replies:
        _answered(scene, scene.at, code)
    else:
        _unclear(scene)


def _answered(scene: Scene, step: str, answer: str) -> None:
    asked = scene.script.steps[step]
    if asked.open:
        _stayed(scene, step, answer)
        return
    before = scene.path.name
    scene.note(step, answer)
    target = asked.go.get(answer)
    followed = scene.say_after(step, answer)
    if answer == REFUSED and not followed:
        scene.say("not_pushing", scene.words.not_pushing, "no_push")
    if target is not None:
        _lead_to(scene, target)
    elif scene.refusals >= ENOUGH and answer == REFUSED:
        _only_stay(scene)
        return
    elif scene.level >= Level.EMERGENCY and before == "self":
        _lead_to(scene, "emergency")
    scene.advance()


def _lead_to(scene: Scene, target: str) -> None:
    if target == RESUME:
        target = scene.before or "self"
        target = "self" if scene.script.paths[target].keeps else target
    if target == scene.path.name:
        scene.ask_anew()
    scene.switch(target)


def _only_stay(scene: Scene) -> None:
    """Nothing more is asked: the path's last step stays open, the card stands."""
    scene.at, scene.misses = scene.path.steps[-1][0], 0


def _stayed(scene: Scene, step: str, answer: str) -> None:
    """The open step: what is answered is kept for the record, and the step stays open."""
    target = scene.script.steps[step].go.get(answer)
    scene.note(step, answer)
    del scene.answers[step]
    if target is not None:
        scene.say_after(step, answer)
        _lead_to(scene, target)
        scene.ask_anew()
        scene.advance()
    elif not scene.say_after(step, answer):
        scene.say_step(step)


# Said


def _said(scene: Scene, event: Said, begin: str | None) -> None:
    heard = scene.protocol.heard(event.text, scene.language, event.languages)
    fresh = not scene.leading
    scene.dismissed = False
    scene.intoxicated |= heard.intoxicated
    if fresh:
        _start(scene, event.signals, begin)
    elif heard.taken and not scene.path.keeps and scene.path.name in {"self", "taken", "returning"}:
        _taken(scene)
    elif event.signals is not None:
        _alarmed(scene, event.signals)
    else:
        _read(scene, heard, event.text)


def _start(scene: Scene, signals: Signals | None, begin: str | None) -> None:
    """The protocol takes the lead. What was refused earlier today is not asked again."""
    paths = signals.paths if signals else (begin or "self",)
    if signals:
        scene.rise(signals.level, (one.value for one in signals.categories))
    elif begin == "taken":
        scene.rise(Level.WATCH)
    away = scene.context.now - datetime.fromisoformat(scene.start.last_at) >= AWAY
    refused = {step: one for step, one in scene.answers.items() if one == REFUSED}
    scene.answers = {} if away else refused
    scene.leading, scene.pending = True, []
    scene.switch(paths[0])
    scene.pending = list(paths[1:])
    scene.advance()


def _taken(scene: Scene) -> None:
    """Something has been done or taken: the emergency number at once, whatever was asked."""
    asked = "taken_check" if scene.path.name == "taken" else "done"
    scene.note(asked, "more" if asked == "taken_check" else "yes")
    scene.pending = []
    scene.switch("emergency")
    scene.advance()


def _alarmed(scene: Scene, signals: Signals) -> None:
    """New words that alarm: a more urgent path takes the lead, others wait for their turn."""
    scene.rise(signals.level, (one.value for one in signals.categories))
    if "self" in signals.paths and scene.answers.get("direct") == "no":
        for step in ("direct", "relief"):  # the words say otherwise now
            scene.answers.pop(step, None)
    order = scene.script.file.order
    leads = signals.paths[0]
    waiting = [p for p in signals.paths if p not in {scene.path.name, *scene.pending}]
    if leads in waiting and order.index(leads) < order.index(scene.path.name):
        left = scene.path.name
        scene.switch(leads)
        scene.pending = [p for p in waiting if p != leads] + scene.pending
        if not scene.path.keeps and left not in {"taken", "returning", "minor"}:
            scene.pending.append(left)
        scene.advance()
        return
    scene.pending += waiting
    scene.say("heard", scene.words.heard, "acknowledge")
    at = scene.at
    if at is not None and _answers_itself(at, signals):
        _kept(scene, at, "yes")
    elif at == "direct":
        _kept(scene, at, "unsure")
    elif at is not None and not scene.script.steps[at].open:
        scene.misses += 1
        if scene.misses > 1:
            _kept(scene, at, UNCLEAR)
    else:
        scene.advance()


def _answers_itself(step: str, signals: Signals) -> bool:
    found = {one.value for one in signals.categories}
    if step == "now" and signals.level >= Level.URGENT:
        return True
    return not found.isdisjoint(_ANSWERED_BY.get(step, ()))


def _kept(scene: Scene, step: str, answer: str) -> None:
    """An answer that was said in other words: no thanks for it, on to what follows."""
    scene.note(step, answer)
    target = scene.script.steps[step].go.get(answer)
    if target is not None:
        _lead_to(scene, target)
    scene.advance()


def _read(scene: Scene, heard: Heard, text: str) -> None:
    step = scene.step
    if scene.at is None or step is None:
        scene.advance()
        return
    plain = folded(text)
    labels = scene.words.steps[scene.at].replies
    named = [code for code, label in labels.items() if folded(label) == plain]
    if named:
        _answered(scene, scene.at, named[0])
    elif step.open:
        _listened(scene)
    elif heard.answer == REFUSED:
        _answered(scene, scene.at, REFUSED)
    elif heard.answer == NOT_YET and NOT_YET in step.raises:
        _answered(scene, scene.at, NOT_YET)
    elif heard.answer in step.replies:
        _answered(scene, scene.at, heard.answer)
    else:
        _unclear(scene)


def _listened(scene: Scene) -> None:
    """Words at the open step: heard, and room for more."""
    first, second = scene.words.heard, scene.words.steps[scene.at or ""].say
    if scene.turn % 2:
        first, second = second, first
    if not scene.say("listened", first, "stay"):
        scene.say("listened.more", second, "stay")


def _unclear(scene: Scene) -> None:
    """Never a guess: the buttons again, without the question; the second time, on."""
    scene.misses += 1
    if scene.at is None or scene.step is None or scene.step.open:
        _listened(scene) if scene.at else scene.advance()
    elif scene.misses > 1:
        scene.say("heard", scene.words.heard, "acknowledge")
        _kept(scene, scene.at, UNCLEAR)
    else:
        scene.say("unclear", scene.words.unclear, "unclear")


__all__ = [
    "DISMISS", "GO_ON", "HELP_NOW", "begins", "card", "come_back", "grown_up", "left", "respond",
    "returns",
]  # fmt: skip
