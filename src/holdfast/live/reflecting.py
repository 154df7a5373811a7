"""A practice's language model, where it has one and the person agreed: rewords, behind the gate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdfast.core.ids import uuid7
from holdfast.live.reports import Reports
from holdfast.safety.engine import gate
from holdfast.safety.engine.screen import Screening
from holdfast.support.companion.model import (
    Book,
    ConfigError,
    ModelConfig,
    PromptsError,
    Reflection,
    Reflector,
    ReflectRequest,
    shipped_prompts,
)

if TYPE_CHECKING:
    from holdfast.live.turns import TurnIn


_log = logging.getLogger(__name__)


def reflector(spend: Path | None = None) -> Reflector:
    """With prompts and rules read; its book is shared by all children, and kept in the file
    `spend`. Where that cannot be written a day's budget begins anew with this process;
    where prompts or rules cannot be read the gate is closed: nothing generated is shown.
    """
    try:
        book = Book(file=spend)
    except OSError as error:
        _log.error("budgets are kept in memory only", exc_info=error)
        book = Book()
    try:
        return Reflector(book, shipped_prompts(), gate.shipped())
    except (gate.PolicyError, PromptsError) as error:
        # Names a file of ours and a place in it. The script needs neither: people are answered.
        _log.critical("nothing generated is shown", extra={"fault": str(error)})
        return Reflector(book, {}, gate.Gate({}))


class Reflecting:
    """Streams what the gate lets through, and reports every decision of it."""

    def __init__(self, by: Reflector, reports: Reports) -> None:
        self._by = by
        self._reports = reports
        self._telling: set[asyncio.Task[Any]] = set()

    @property
    def closed(self) -> bool:
        """Whether nothing generated can be shown, because what would judge it cannot be read."""
        return not self._by.gate.policies

    def begin(
        self,
        claims: Mapping[str, Any],
        turn: TurnIn,
        now: datetime,
        screening: Screening | None,
        asked: str,
    ) -> Reflection | None:
        """None where no model is to be asked; nothing is sent to it yet. `asked` is the script's
        own question, never with words of the person's: it stands outside the marks.
        """
        # A ticket names a model only with the person's consent.
        if not claims.get("model") or turn.text is None or screening is None:
            return None
        try:
            config = ModelConfig.of(claims["model"])
        except ConfigError:
            return None
        request = ReflectRequest(
            purpose="reflect",
            language=turn.language,
            said=(turn.text,),
            level=screening.level.code,
            consented=True,
            asked=asked,
        )
        found = self._by.reflect(
            config,
            request,
            practice=str(claims["practice"]),
            now=now,
            hashed=self._reports.hashed,
        )
        return None if found.refusal else found

    async def sentences(
        self, claims: Mapping[str, Any], now: datetime, reflection: Reflection
    ) -> AsyncIterator[dict[str, Any]]:
        """Sentences as lines, then the end with who spoke and the report of the gate."""
        try:
            async with aclosing(reflection.sentences()) as found:
                async for one in found:
                    yield {"kind": "words", "text": one.text}
        finally:
            # What the gate decided is told also when the person closes the page meanwhile.
            telling = asyncio.ensure_future(self._tell(claims, now, reflection))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        blob, told = await telling
        yield {"kind": "end", "source": reflection.facts.source, "report": blob, "told": told}

    async def _tell(
        self, claims: Mapping[str, Any], now: datetime, reflection: Reflection
    ) -> tuple[str | None, str]:
        facts = reflection.facts.as_json()
        if not facts["gate"] or claims.get("purpose") != "companion":
            return None, "no"
        found = {
            "level": "none",
            "supported": True,
            "gate": facts["gate"],
            "versions": facts["versions"],
        }
        report = self._reports.of(claims, uuid7(), now, "", found)
        blob, told, _ = await self._reports.send(report)
        return blob, told
