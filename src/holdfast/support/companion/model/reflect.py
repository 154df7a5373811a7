"""Asks a practice's model to reword what a person wrote, and lets through what the gate allows."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar

import httpx

from holdfast.safety.engine.gate import Gate
from holdfast.safety.engine.screen import Screening, Unscreened, screen
from holdfast.safety.engine.screen.language import base_language
from holdfast.support.companion.engine.conversation import ALARMS
from holdfast.support.companion.model import wire
from holdfast.support.companion.model.book import FIRST_REST, LONGEST_REST, Book
from holdfast.support.companion.model.config import ModelConfig
from holdfast.support.companion.model.prompts import Prompts, Purpose
from holdfast.support.companion.model.splitter import Splitter

#: A sentence -> its hash under a key of the caller's; stands in the report instead of the sentence.
Hashed = Callable[[str], str]
Screen = Callable[..., Screening]
_T = TypeVar("_T")
_RESTS: Final = {"refused": LONGEST_REST, "redirect": LONGEST_REST, "busy": FIRST_REST}
_CHARACTERS_A_TOKEN: Final = 3  # where the server does not count; a low guess costs budget only


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and sizes of one answer."""

    first_sentence: float = 2.0
    whole: float = 8.0
    sentences: int = 3
    characters: int = 600
    tokens: int = 160


@dataclass(frozen=True, slots=True)
class ReflectRequest:
    """What is to be reworded. Texts stand in no repr.

    `said`: what the person wrote in this step, oldest first; `asked`: the scripted question;
    `level`: the worst that the screen said of this conversation so far, None where it failed.
    """

    purpose: Purpose
    language: str
    said: tuple[str, ...] = field(repr=False)
    level: str | None
    consented: bool
    asked: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that the gate let through, and its hash."""

    text: str = field(repr=False)
    hash: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate decided of one sentence."""

    decision: str  # "shown" or "held-back"
    reasons: tuple[str, ...]
    version: str
    hash: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened, without a word of anybody's.

    `source`: "model" where at least one sentence was shown, else "script". `why` it ended: "done",
    "held-back", "left", why it was never asked (see `Reflection`), or what went wrong ("slow",
    "late", "unreachable", or a code of `wire`). Times in milliseconds.
    """

    source: str
    why: str
    purpose: str
    gate: tuple[Judged, ...]
    requests: int
    tokens: int
    first_ms: int | None
    whole_ms: int | None
    versions: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """The facts as a report holds them."""
        return {
            "source": self.source,
            "why": self.why,
            "purpose": self.purpose,
            "gate": [
                {
                    "decision": one.decision,
                    "reasons": list(one.reasons),
                    "version": one.version,
                    "hash": one.hash,
                }
                for one in self.gate
            ],
            "requests": self.requests,
            "tokens": self.tokens,
            "first_ms": self.first_ms,
            "whole_ms": self.whole_ms,
            "versions": dict(self.versions),
        }


class _Ended(Exception):
    """The answer ends here; `code` says why. `failed`: the endpoint is to blame."""

    def __init__(self, code: str, *, failed: bool = False, rest: float | None = None) -> None:
        super().__init__(code)
        self.code, self.failed, self.rest = code, failed, rest


@cache
def _trust() -> ssl.SSLContext:
    """Whom to believe: the certificates that the operating system trusts."""
    return ssl.create_default_context()


class Reflector:
    """Makes reflections. One per process; `book` is shared by all of them.

    `prompts` by language. A language without prompts, or without rules of the gate, has none.
    """

    def __init__(
        self,
        book: Book,
        prompts: Mapping[str, Prompts],
        gate: Gate,
        *,
        limits: Limits | None = None,
        screen: Screen = screen,
    ) -> None:
        self.book, self.prompts, self.gate = book, prompts, gate
        self.limits = limits or Limits()
        self.screen = screen

    def reflect(
        self,
        config: ModelConfig,
        request: ReflectRequest,
        *,
        practice: str,
        now: datetime,
        hashed: Hashed,
    ) -> Reflection:
        """A reflection to be read with `async for`; nothing is sent before that."""
        return Reflection(self, config, request, practice, now, hashed)


class Reflection:
    """One answer, sentence by sentence. Read it once, within `contextlib.aclosing(r.sentences())`.

    `refusal` says why the model is not asked, None where it is: "no-consent", "unscreened",
    "alarm", "unsupported", "nothing-said", "no-prompts", "no-rules", "resting", "budget".
    Whoever stops reading, or is cancelled, ends the request. `facts` hold what happened so far.
    """

    def __init__(
        self,
        by: Reflector,
        config: ModelConfig,
        request: ReflectRequest,
        practice: str,
        now: datetime,
        hashed: Hashed,
    ) -> None:
        self._by, self._config, self._request = by, config, request
        self._practice, self._now, self._hashed = practice, now, hashed
        self._language = base_language(request.language) or ""
        self._judged: list[Judged] = []
        self._shown: list[str] = []
        self._entered = self._received = 0
        self._counted: int | None = None
        self._requests = 0
        self._begun = 0.0
        self._first_ms: int | None = None
        self._whole_ms: int | None = None
        self._body: dict[str, Any] = {}
        self._hidden = ""
        self.refusal = self._refusal()
        self._why = self.refusal or "left"

    # What is asked, and whether

    def _refusal(self) -> str | None:
        request, by = self._request, self._by
        if not request.consented:
            return "no-consent"
        if request.level is None:
            return "unscreened"
        if request.level in ALARMS:
            return "alarm"
        if self._language not in by.gate.policies:
            return "no-rules"
        if self._language not in by.prompts:
            return "no-prompts"
        if not any(text.strip() for text in request.said):
            return "nothing-said"
        if why := self._screened():
            return why
        self._compose(by.prompts[self._language])
        return by.book.refusal(self._practice, self._config, self._entered, self._now)

    def _screened(self) -> str | None:
        """The screen once more, here: after an alarm only the script speaks."""
        said = self._request.said
        for place, text in enumerate(said):
            try:
                screening = self._by.screen(text, said[:place], self._language)
            except Unscreened:
                return "unscreened"
            if screening.alarm:
                return "alarm"
            if not screening.supported:
                return "unsupported"
        return None

    def _compose(self, prompts: Prompts) -> None:
        request, limits = self._request, self._by.limits
        mark = f"words {secrets.token_hex(8)}"
        messages = prompts.messages(request.purpose, request.said, request.asked, mark)
        self._hidden = prompts.hidden(request.purpose)
        self._body = {
            "model": self._config.name,
            "messages": messages,
            "stream": True,
            "max_tokens": limits.tokens,
            "temperature": 0.3,
        }
        sent = sum(len(one["content"]) for one in messages)
        self._entered = sent // _CHARACTERS_A_TOKEN + limits.tokens

    # The answer

    async def sentences(self) -> AsyncGenerator[Sentence, None]:
        """The sentences that may be shown, as they come. Never raises but when cancelled."""
        if self.refusal is not None or self._requests:
            return
        failed: bool | None = None
        rest: float | None = None
        if why := self._by.book.begin(self._practice, self._config, self._entered, self._now):
            self._why = why
            return
        self._requests = 1
        self._begun = asyncio.get_running_loop().time()
        try:
            async with aclosing(self._answer()) as answer:
                async for sentence in answer:
                    yield sentence
            self._why, failed = "done", False
        except _Ended as end:
            self._why, rest = end.code, end.rest
            failed = end.failed
        finally:
            self._whole_ms = self._elapsed()
            self._by.book.settle(
                self._practice, self._config, self._now, entered=self._entered,
                used=self._used(), failed=failed, rest=rest,
            )  # fmt: skip

    async def _answer(self) -> AsyncGenerator[Sentence, None]:
        try:
            # A client of its own: no cookie and no connection is shared between practices.
            async with (
                httpx.AsyncClient(
                    verify=_trust(),
                    trust_env=False,
                    follow_redirects=False,
                    timeout=None,  # noqa: S113 (every wait has a deadline, see `_in_time`)
                ) as client,
                aclosing(self._received_from(client)) as received,
            ):
                async for sentence in received:
                    yield sentence
        except wire.WireFault as fault:
            rest = fault.resting if fault.resting is not None else _RESTS.get(fault.code)
            raise _Ended(fault.code, failed=True, rest=rest) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError):
            # Their texts and requests hold what was sent: nothing of them goes on.
            raise _Ended("unreachable", failed=True) from None

    async def _received_from(self, client: httpx.AsyncClient) -> AsyncGenerator[Sentence, None]:
        key = self._config.key.get_secret_value()
        headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        if key:
            headers["authorization"] = f"Bearer {key}"
        request = client.build_request(
            "POST", self._config.endpoint, json=self._body, headers=headers
        )
        response = await self._in_time(client.send(request, stream=True))
        try:
            wire.check_head(response)
            splitter = Splitter(self._language)
            async with aclosing(wire.pieces(response)) as stream:
                while (piece := await self._in_time(anext(stream, None))) is not None:
                    self._received += len(piece.text)
                    self._counted = piece.tokens or self._counted
                    ready = splitter.feed(piece.text)
                    if piece.finished == "stop":
                        ready += splitter.rest()  # cut off by length, half a sentence is dropped
                    for text in ready:
                        if self._is_enough(text):
                            return
                        yield self._passed(text)
                    if piece.finished:
                        return
        finally:
            await response.aclose()

    async def _in_time(self, waiting: Awaitable[_T]) -> _T:
        """What is waited for, within the time for the first sentence or for the whole."""
        limits = self._by.limits
        allowed = limits.whole if self._shown else limits.first_sentence
        try:
            async with asyncio.timeout_at(self._begun + allowed):
                return await waiting
        except TimeoutError:
            raise _Ended("late" if self._shown else "slow", failed=True) from None

    def _is_enough(self, text: str) -> bool:
        limits = self._by.limits
        length = sum(map(len, self._shown)) + len(text)
        return len(self._shown) >= limits.sentences or (
            bool(self._shown) and length > limits.characters
        )

    def _passed(self, text: str) -> Sentence:
        """The sentence if the gate allows it. Where it does not, nothing more is taken."""
        decision = self._by.gate.check(
            text,
            said="\n".join((self._request.asked, *self._request.said)),
            language=self._language,
            before=" ".join(self._shown),
            hidden=self._hidden,
        )
        told, hashed = "shown" if decision.allowed else "held-back", self._hashed(text)
        self._judged.append(Judged(told, decision.reasons, decision.version, hashed))
        if not decision.allowed:
            raise _Ended("held-back")
        if not self._shown:
            self._first_ms = self._elapsed()
        self._shown.append(text)
        return Sentence(text, hashed)

    # What is told of it

    def _elapsed(self) -> int:
        return round((asyncio.get_running_loop().time() - self._begun) * 1000)

    def _used(self) -> int:
        if self._counted is not None:
            return self._counted
        sent = self._entered - self._by.limits.tokens
        return sent + -(-self._received // _CHARACTERS_A_TOKEN)

    @property
    def facts(self) -> Facts:
        """What happened so far; complete when the reading has ended."""
        prompts = self._by.prompts.get(self._language)
        return Facts(
            source="model" if self._shown else "script",
            why=self._why,
            purpose=self._request.purpose,
            gate=tuple(self._judged),
            requests=self._requests,
            tokens=self._used() if self._requests else 0,
            first_ms=self._first_ms,
            whole_ms=self._whole_ms,
            versions={
                "gate": self._by.gate.version(self._language),
                "prompts": prompts.version if prompts else "none",
                "model": self._config.name,
            },
        )
