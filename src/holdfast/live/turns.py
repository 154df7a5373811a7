"""One turn: read, screen, answer, report. Everything of it is gone when the request is."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.core import tickets
from holdfast.core.problems import FieldError, Invalid
from holdfast.live import dialogue, reports
from holdfast.live.dialogue import Answer, World
from holdfast.live.settings import Settings
from holdfast.safety.engine.screen import Level, Screening, Unscreened, screen

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
        self, settings: Settings, world: World, screening: Callable[..., Screening] = screen
    ) -> None:
        self._settings = settings
        self._world = world
        self._screen = screening
        self._messenger = reports.Messenger(settings)

    @classmethod
    def load(cls, settings: Settings) -> Companion:
        """With everything read from disk and warm, so that each child begins with it."""
        companion = cls(settings, dialogue.load())
        # The first use loads the weights and compiles what is compiled on first use.
        screen("a first text", (), "en")
        return companion

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        """Made in the child: threads do not pass a fork."""
        return ThreadPoolExecutor(4)

    async def answer(self, claims: dict[str, Any], turn: TurnIn, now: datetime) -> Answered:
        """The turn's answer. Where the screen or the script fails, the crisis lines are shown."""
        screening = await self._screened(turn) if turn.text is not None else None
        spoken = partial(
            dialogue.answer,
            self._world,
            turn,
            claims,
            now=turn.local(now),
            screening=screening,
        )
        answer = await self._in_time(spoken, ANSWER_SECONDS)
        if answer is None:
            answer = dialogue.lines_alone(turn, claims, screening)
        report, told, flag = await self._report(claims, turn, screening, answer, now)
        return Answered(
            {
                "kind": "turn",
                "conversation": answer.conversation,
                "messages": answer.messages,
                "ask": answer.ask,
                "effects": answer.effects,
                "card": answer.card,
                "screening": _shown(screening) if turn.text is not None else None,
                "report": report,
                "told": told,
                "flag": flag,
                "reflecting": False,
            }
        )

    async def _screened(self, turn: TurnIn) -> Screening | None:
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

    async def _report(
        self,
        claims: dict[str, Any],
        turn: TurnIn,
        screening: Screening | None,
        answer: Answer,
        now: datetime,
    ) -> tuple[str | None, reports.Told, Any]:
        failed = turn.text is not None and screening is None
        found = screening is not None and screening.level >= Level.WATCH
        worth = failed or found or answer.protocol or answer.referrals or answer.notices
        if claims.get("purpose") != "companion" or not worth:
            return None, "no", None
        report = {
            # The turn's own: sent again after a lost answer, it is the same report.
            "id": str(turn.id),
            "ticket": claims["id"],
            "practice": claims["practice"],
            "client": claims["client"],
            "at": reports.stamp(now),
            "source": "companion",
            **(reports.findings(screening) if turn.text is not None else reports.nothing_said()),
            "protocol": answer.protocol,
            "referrals": answer.referrals,
            "notices": answer.notices,
            "gate": [],
            "versions": self._world.versions,
            "hash": tickets.text_hash(turn.text or "", self._settings.secret),
            "passage_agreed": bool(claims.get("passage_agreed", False)),
        }
        blob = reports.sealed(self._settings, report)
        told, flag = await self._messenger.tell(blob)
        return blob, told, flag


def _shown(screening: Screening | None) -> dict[str, Any]:
    """What the client needs to mark the passage: never a probability."""
    if screening is None:
        return {"level": None, "supported": False, "evidence": []}
    return {
        "level": screening.level.code,
        "supported": screening.supported,
        "evidence": [
            {"start": one.start, "end": one.end, "turn": one.turn} for one in screening.evidence
        ],
    }
