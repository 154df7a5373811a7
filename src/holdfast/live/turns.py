"""One turn: read, screen, answer, report. Everything of it is gone when the request is."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.core.problems import FieldError, Invalid
from holdfast.live import looks
from holdfast.live.looks import LookIn
from holdfast.live.reflecting import Reflecting, reflector
from holdfast.live.reports import Messenger, Reports
from holdfast.live.settings import Settings
from holdfast.safety.engine.screen import Level, Screening, Unscreened, screen
from holdfast.support.companion import dialogue
from holdfast.support.companion.dialogue import Answer, Claims, World
from holdfast.support.companion.dialogue.shapes import Report
from holdfast.support.companion.model import Reflector

_log = logging.getLogger(__name__)

#: A screen that has not answered by then has failed: the lines are shown.
SCREEN_SECONDS = 2.0
ANSWER_SECONDS = 2.0
LONGEST_TEXT = 20_000
_T = TypeVar("_T")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class OpenedIn(_Part):
    kind: Literal["opened"]


class SaidIn(_Part):
    kind: Literal["said"]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ChoseIn(_Part):
    kind: Literal["chose"]
    codes: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], Field(min_length=1, max_length=50)
    ]


class TurnIn(_Part):
    """What a client sends. `history`: the person's own texts of this conversation, oldest first."""

    id: uuid.UUID
    conversation: dict[str, Any] | None = None
    event: Annotated[OpenedIn | SaidIn | ChoseIn, Field(discriminator="kind")]
    history: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_TEXT)], ...], Field(max_length=12)
    ] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    zone: Annotated[str, Field(max_length=64)] = "UTC"
    country: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] | None = None
    memory: dict[str, Any] = {}

    @property
    def text(self) -> str | None:
        """What was written, if anything was."""
        return self.event.text if isinstance(self.event, SaidIn) else None

    @property
    def where(self) -> str | None:
        """The country they are in now, as they or their device say."""
        return self.country.upper() if self.country else None

    @property
    def seed(self) -> int:
        """Chooses among variants of a line; the same turn sent again is answered the same."""
        return self.id.int & 0x7FFFFFFF

    def local(self, now: datetime) -> datetime:
        """`now` on the person's clock; in UTC where their zone is none that we know."""
        try:
            return now.astimezone(ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return now.astimezone(UTC)


def read_turn(body: bytes) -> TurnIn:
    """Raises Invalid, which repeats nothing of what came."""
    try:
        return TurnIn.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise Invalid("This is no JSON.") from None
    except ValidationError as fault:
        raise Invalid(
            errors=tuple(
                FieldError(".".join(map(str, one["loc"])), one["type"], "Not as it must be.")
                for one in fault.errors(include_url=False, include_input=False)
            )
        ) from None


@dataclass(frozen=True)
class Answered:
    """`first` is the turn's line; `sentences` what is streamed after it, if anything is."""

    first: dict[str, Any]
    sentences: AsyncIterator[dict[str, Any]] | None = None


class Companion:
    """What a child needs to answer; made in the parent, before it forks."""

    def __init__(
        self,
        settings: Settings,
        world: World,
        reflector: Reflector,
        screening: Callable[..., Screening] = screen,
    ) -> None:
        self._settings = settings
        self._world = world
        self._screen = screening
        self._reports = Reports(settings, Messenger(settings))
        self._reflecting = Reflecting(reflector, self._reports)

    @classmethod
    def load(cls, settings: Settings) -> Companion:
        """With everything read from disk and warm, so that each child begins with it."""
        companion = cls(settings, dialogue.shipped_world(), reflector(settings.spend))
        # The first use loads the weights and compiles what is compiled on first use.
        screen("a first text", (), "en")
        return companion

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        """Made in the child: threads do not pass a fork."""
        return ThreadPoolExecutor(4)

    async def answer(self, claims: Mapping[str, Any], turn: TurnIn, now: datetime) -> Answered:
        """The turn's answer. Where the screen or the script fails, the crisis lines are shown."""
        screening = await self._screened(turn) if turn.text is not None else None
        answer = await self._in_time(
            partial(self._spoken, claims, turn, now, screening), ANSWER_SECONDS
        )
        if answer is not None:
            first, report = answer.out(), answer.report.out()
            due = answer.report.due or answer.report.level == Level.WATCH.code
        else:
            first = unspoken(claims, turn, screening)
            report, due = unspoken_report(turn, screening, self._world.versions), True
        if answer is not None and answer.may_reflect and claims.get("model"):
            # Somebody runs a model, agreed to it, and it is silent: they must hear of it.
            report["gate_closed"] = self._reflecting.closed
            due = due or self._reflecting.closed
        blob, told, flag = None, "no", None
        if due and claims.get("purpose") == "companion":
            # The turn's own id: sent again after a lost answer, it is the same report.
            made = self._reports.of(claims, turn.id, now, turn.text or "", report)
            blob, told, flag = await self._reports.send(made)
        reflection = None
        if answer is not None and answer.may_reflect:
            reflection = self._reflecting.begin(claims, turn, now, screening, answer.asked)
        first |= {
            "report": blob,
            "told": told,
            "flag": flag,
            "reflecting": reflection is not None,
        }
        if reflection is None:
            return Answered(first)
        return Answered(first, self._reflecting.sentences(claims, now, reflection))

    async def look(self, claims: Mapping[str, Any], text: LookIn, now: datetime) -> dict[str, Any]:
        """What a text to people shows its writer, and whether anybody was told of it."""
        found = await self._screened(text)
        shown = looks.card(self._world, claims, text, found, now)
        due = looks.report(self._world, found, shown)
        blob, told, flag = None, "no", None
        if due is not None:
            made = self._reports.of(claims, text.id, now, text.text, due)
            blob, told, flag = await self._reports.send(made)
        looked = found is not None and (found.supported or found.alarm)
        return {"card": shown, "looked": looked, "report": blob, "told": told, "flag": flag}

    def _spoken(
        self,
        claims: Mapping[str, Any],
        turn: TurnIn,
        now: datetime,
        screening: Screening | None,
    ) -> Answer:
        def screened(*_: object) -> Screening:
            if screening is None:
                raise Unscreened("it failed, or took too long")
            return screening

        return dialogue.answer(
            self._world,
            turn.conversation,
            dialogue.event_of(turn.event.model_dump(mode="json"), turn.history),
            now=turn.local(now),
            seed=turn.seed,
            language=turn.language,
            claims=Claims.of(claims, country=turn.where, memory=turn.memory),
            screen=screened,
        )

    async def _screened(self, turn: TurnIn | LookIn) -> Screening | None:
        """None: it failed or took too long, which is never called safe."""
        return await self._in_time(
            partial(self._screen, turn.text, turn.history, turn.language), SCREEN_SECONDS
        )

    async def _in_time(self, work: Callable[[], _T], seconds: float) -> _T | None:
        """What `work` returns; None where it raises anything or is too slow.

        The type and place of what it raised are logged. A thread that hangs ends with the process.
        """
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        done, _ = await asyncio.wait({future}, timeout=seconds)
        if not done:
            _log.error("something took too long", extra={"fault": "TimeoutError"})
            return None
        error = future.exception()
        if error is None:
            return future.result()
        if not isinstance(error, Unscreened):
            _log.error("something failed", exc_info=error)
        return None


# Where the script itself fails


def unspoken(
    claims: Mapping[str, Any], turn: TurnIn, screening: Screening | None
) -> dict[str, Any]:
    """The turn's line without words of the companion: the lines, the conversation as it was."""
    alarm = screening is not None and screening.alarm
    number = (claims.get("emergency") or {}).get(turn.where or claims.get("country"))
    if isinstance(number, Mapping):
        number = number.get("ambulance") or number.get("all")
    found = None
    if turn.text is not None:
        found = {
            "level": screening.level.code if screening else None,
            "supported": bool(screening and screening.supported),
            "evidence": [
                {"start": one.start, "end": one.end, "turn": one.turn}
                for one in (screening.evidence if screening else ())
            ],
        }
    return {
        "kind": "turn",
        "conversation": turn.conversation,
        "messages": [],
        "ask": None,
        "effects": [],
        "card": {
            "kind": "crisis" if alarm else "lines",
            "level": screening.level.code if screening else Level.NONE.code,
            "lines": list(claims.get("lines") or ()),
            "emergency": number,
            "dismissable": True,
            "passage": None,
        },
        "screening": found,
    }


def unspoken_report(
    turn: TurnIn, screening: Screening | None, versions: Mapping[str, str]
) -> dict[str, Any]:
    """What the screen found, if it was asked: a script that fails hides no sign of danger."""
    if turn.text is None:
        return Report(Level.NONE.code, versions=versions).out()
    return Report.of(screening, versions).out()
