"""One turn while it is being put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from holdfast.safety.engine.policy.packs import Words
from holdfast.safety.engine.policy.words import Listener
from holdfast.safety.engine.protocol import interpreter
from holdfast.safety.engine.protocol.format import CardKind, LanguageFile
from holdfast.safety.engine.protocol.lines import in_order
from holdfast.safety.engine.protocol.signals import Signals
from holdfast.safety.engine.protocol.state import Card, Context
from holdfast.safety.engine.protocol.state import Reply as ProtocolReply
from holdfast.safety.engine.screen import Level, Screening
from holdfast.support.companion.dialogue.shapes import (
    Answer,
    Claims,
    Conversation,
    Message,
    Report,
    evidence_of,
)
from holdfast.support.companion.dialogue.world import FALLBACK, World
from holdfast.support.companion.engine.conversation import Ask, Effect, Reply, Turn

GAP = 4  # turns between two notes of one kind
#: How the reason for a card without the protocol begins: of an alarm; folded away.
ALARM, FOLDED = "alarm:", "-"


class Table:
    """The parts of the turn: what was found, what is said, what is kept."""

    def __init__(
        self,
        world: World,
        begun: Conversation,
        claims: Claims,
        *,
        now: datetime,
        seed: int,
        language: str,
    ) -> None:
        self.world, self.claims, self.now, self.seed = world, claims, now, seed
        self.asked_language = language
        spoken = world.spoken(language)
        self.foreign = spoken is None
        self.language = spoken or FALLBACK
        self.words: LanguageFile = world.protocol.languages[self.language].file
        self.policy: Words = world.policies.words[self.language]
        self.pack = world.policies.of(claims.jurisdiction, claims.country)
        self.library = world.with_flows(claims.flows)
        self.begun, self.turn = begun, begun.turn + 1
        self.companion, self.protocol = begun.companion, begun.protocol
        self.given, self.lines, self.told = begun.notices, begun.lines, dict(begun.told)
        self._grown_up()
        self.screening: Screening | None = None
        self.screened = True
        self.signals: Signals | None = None
        self.new_minor = self.asked_human = False
        self.asked: str | None = None  # what a model may put in other words the answer to
        self.began: str | None = None
        self.messages: list[Message] = []
        self.effects: list[Effect] = []
        self.ask: Ask | None = None
        self.replies: ProtocolReply | None = None
        self.notices: list[str] = []

    def _grown_up(self) -> None:
        """The care team knows of an age that the conversation has kept otherwise."""
        said, cleared = self.given.minor_at, self.claims.adult_since
        if said is None or cleared is None or said >= cleared:
            return
        self.given = replace(self.given, minor_at=None)
        if self.protocol is not None:
            led = self.protocol.leading
            self.protocol = interpreter.grown_up(self.protocol)
            if led and not self.protocol.leading:
                self.companion = replace(self.companion, mode="paused")

    def listeners(self) -> list[Listener]:
        """Those of the conversation's language and of the text's own."""
        own = self.screening.languages if self.screening else ()
        words = self.world.policies.words
        return [words[one].listener for one in dict.fromkeys((self.language, *own)) if one in words]

    # What is said

    def notice(self, code: str) -> None:
        """Give a notice, in a variant that was not the last one."""
        variants = getattr(self.policy.file.notices, code)
        self._tell("notice", f"notice.{code}", variants, code)
        self.notices.append(code)

    def note(self, code: str, variants: Sequence[str]) -> None:
        """Say a sentence that belongs to no step, not in each turn anew."""
        _, last = self.told.get(code, (0, -GAP))
        if self.turn - last >= GAP:
            self._tell("protocol", code, variants, code)

    def _tell(self, kind: str, code: str, variants: Sequence[str], item: str) -> None:
        times, _ = self.told.get(code, (0, 0))
        index = (self.seed + times) % len(variants)
        self.told[code] = (times + 1, self.turn)
        self.messages.append(Message(kind, variants[index], f"{code}.{index}", item))

    def sentence(self, language: str | None) -> None:
        """That the person's own language cannot be led here, in that language, in turns."""
        base = (language or "").replace("_", "-").split("-")[0].lower()
        said = self.world.protocol.other.get(base)
        if base in self.world.languages or (said is None and not self.foreign):
            return
        if said is None:
            base, said = FALLBACK, self.world.protocol.other[FALLBACK]
        code = f"sentence.{base}"
        times, last = self.told.get(code, (0, -GAP))
        if self.turn - last >= GAP or (self.foreign and times < len(said)):
            self.told[code] = (times + 1, self.turn)
            index = times % len(said)
            self.messages.append(Message("protocol", said[index], f"{code}.{index}", "language"))

    def effect(self, kind: Any, data: Mapping[str, Any]) -> None:
        """Something that the client does."""
        self.effects.append(Effect(kind, data))

    def take(self, turn: Turn) -> None:
        """The exercise's words, buttons and effects."""
        self.messages += [Message(m.kind, m.text, m.line) for m in turn.messages]
        self.ask = turn.ask
        self.effects += [one for one in turn.effects if one.kind != "crisis"]

    def say(self, reply: ProtocolReply) -> None:
        """The protocol's words, buttons and effects."""
        self.protocol, self.replies = reply.state, reply
        if self.signals is not None:
            self.sentence(self._alarmed_in())
        self.messages += [Message("protocol", m.text, m.line, m.item) for m in reply.messages]
        buttons = tuple(Reply(one.code, one.label) for one in reply.replies)
        commands = (
            Reply(interpreter.GO_ON, self.words.buttons.go_on),
            Reply(interpreter.HELP_NOW, self.words.buttons.help_now),
        )
        self.ask = Ask("choice", buttons, commands)
        for name in reply.effects:
            if name == "breathing":
                breath = {"in": 4.0, "hold": 0.0, "out": 6.0, "minutes": 3.0}
                self.effect("exercise", {"step": "coping", "breathe": breath})
            else:
                self.effect(name, {})

    def _alarmed_in(self) -> str | None:
        """The language whose rule raised the alarm: rules are named after theirs."""
        evidence = self.screening.evidence if self.screening else ()
        codes = (one.code for one in evidence if one.level >= Level.CONCERN)
        return next((code[:2] for code in codes if code[2:3] == "-"), None)

    # The card

    def show_lines(self, reason: str) -> None:
        """The card of lines stands from now on; an alarm's own card is kept."""
        self.unfold()
        if not (self.lines or "").startswith(ALARM):
            self.lines = reason

    def alarm_card(self, found: Signals) -> None:
        """The card of an alarm where the protocol cannot lead."""
        self.lines = f"{ALARM}{found.paths[0]}:{found.level.code}"

    def fold(self) -> None:
        """The card is folded away until the next words."""
        if self.lines and not self.lines.startswith(FOLDED):
            self.lines = FOLDED + self.lines

    def unfold(self) -> None:
        """New words: what was folded away is back."""
        self.lines = self.lines.removeprefix(FOLDED) if self.lines else None

    def context(self) -> Context:
        """What the protocol knows around the conversation."""
        claims, words = self.claims, self.policy.file
        return Context(
            now=self.now,
            lines=in_order(
                claims.lines,
                country=claims.country,
                language=self.language,
                now=self.now,
                free=self.world.protocol.script.file.free_lines,
                young=self.given.minor,
            ),
            ambulance=claims.ambulance,
            police=claims.police,
            monitored=claims.monitored,
            safety_plan=claims.memory.safety_plan,
            minor=self.given.minor,
            duty=words.duty[self.pack.duty],
            reporting=words.reporting[self.pack.reporting],
        )

    def card(self) -> Card | None:
        """The card that stands at the end of the turn."""
        context = self.context()
        if self.protocol is not None:
            stands = interpreter.card(
                self.world.protocol, self.protocol, context, language=self.language
            )
            if stands is not None:
                return stands
        if self.lines is None or self.lines.startswith(FOLDED):
            return None
        level = self.screening.level if self.screening else Level.NONE
        kind: CardKind = "lines"
        number = context.ambulance
        if self.lines.startswith(ALARM):
            name, _, code = self.lines.removeprefix(ALARM).partition(":")
            path = self.world.protocol.script.paths[name]
            kind, level = path.card, Level.of(code)
            number = (context.police if path.number == "police" else None) or number
        return Card(kind, level, context.lines, number, True)

    # The end of the turn

    def done(self) -> Answer:
        """The answer."""
        given = replace(self.given, last_at=self.now, language=self.language)
        conversation = Conversation(
            self.companion, self.protocol, given, self.turn, self.lines, self.told
        )
        card = self.card()
        return Answer(
            conversation=conversation,
            messages=tuple(self.messages),
            ask=self.ask,
            effects=tuple(self.effects),
            card=card,
            passage=self._passage() if card else (),
            screening=self.screening,
            screened=self.screened,
            report=self._report(card),
            may_reflect=self.asked is not None,
            asked=self.asked or "",
        )

    def _passage(self) -> tuple[tuple[int, int], ...]:
        """The passages of this text that raised the alarm, joined where they overlap."""
        if self.screening is None or not self.screening.alarm:
            return ()
        joined: list[tuple[int, int]] = []
        for start, end in sorted(
            (one.start, one.end) for one in self.screening.evidence if one.turn == 0
        ):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(joined)

    def _report(self, card: Card | None) -> Report:
        found, reply = self.screening, self.replies
        raised = reply.raised if reply else Level.NONE
        level = None if not self.screened else max(found.level if found else Level.NONE, raised)
        given = list(reply.given) if reply else []
        if self.new_minor:
            given.append(("age", "under_18"))
        if self.began == "taken":
            given.append(("taken_check", "asked"))
        named = [one.value for one in found.categories] if found else []
        named += [one for one in (reply.found if reply else ()) if one not in named]
        place = self.companion.place
        flows = {} if place is None else {"flows": f"{place.flow}@{place.version}"}
        return Report(
            level=None if level is None else level.code,
            categories=tuple(named),
            temporality=found.temporality.value if found else None,
            experiencer=found.experiencer.value if found else None,
            evidence=evidence_of(found),
            languages=found.languages if found else (),
            supported=found.supported if found else self.screened,
            protocol=tuple(given),
            referrals=self._referrals(card),
            notices=tuple(self.notices),
            versions={**self.world.versions, **flows, "policy": self.pack.version},
        )

    def _referrals(self, card: Card | None) -> tuple[str, ...]:
        """Lines shown by a card that did not stand before, and those named in words."""
        if card is None:
            return ()
        before = self.begun.protocol
        stood = self.begun.lines is not None or (before is not None and not before.dismissed)
        new = not stood or (before is None and self.protocol is not None)
        named = any(m.item == "line" for m in self.messages)
        return tuple(line.id for line in card.lines) if new or named else ()
