"""Text on its way from one person to another, screened in passing: it is read, and forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from holdfast.live.bodies import read
from holdfast.live.reports import Reports
from holdfast.safety.engine.screen import Level, Screening
from holdfast.support.companion.dialogue.shapes import Report, evidence_of

#: What a ticket says whose bearer may have text screened, and nothing else.
PURPOSES = frozenset({"peers"})
LONGEST_TEXT = 20_000


class PassingIn(BaseModel):
    """`history`: the writer's own last texts, for what adds up."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: uuid.UUID
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    history: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_TEXT)], ...], Field(max_length=12)
    ] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def read_passing(body: bytes) -> PassingIn:
    """Raises Invalid, which repeats nothing of what came."""
    return read(PassingIn, body, "passing")


async def answer(
    reports: Reports,
    claims: Mapping[str, Any],
    said: PassingIn,
    now: datetime,
    screening: Screening | None,
    versions: Mapping[str, str],
) -> dict[str, Any]:
    """What the writer's device is told, once a sign of danger is with the web process.

    `level` None: the screen failed, which is never called safe and holds nothing up.
    """
    level = None if screening is None else screening.level
    blob, told, flag = None, "no", None
    if level is None or level != Level.NONE:
        found = _found(screening, versions)
        made = reports.of(claims, said.id, now, said.text, found)
        blob, told, flag = await reports.send(made)
    return {
        "level": None if level is None else level.code,
        "supported": bool(screening and screening.supported),
        "report": blob,
        "told": told,
        "flag": flag,
    }


def _found(screening: Screening | None, versions: Mapping[str, str]) -> dict[str, Any]:
    if screening is None:
        return Report(None, supported=False, versions=versions).out()
    return Report(
        screening.level.code,
        tuple(one.value for one in screening.categories),
        screening.temporality.value,
        screening.experiencer.value,
        evidence_of(screening),
        screening.languages,
        screening.supported,
        versions=versions,
    ).out()
