"""What a report may hold. Codes, offsets and versions: a text would not fit anywhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.core.instants import Instant
from holdfast.core.problems import FieldError, Invalid

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:+/@-]{0,199}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Level = Literal["none", "watch", "concern", "urgent", "emergency"]
Offset = Annotated[int, Field(ge=0, le=1_000_000)]


class _Part(BaseModel):
    """What a newer live process adds is left out, not refused: a sign of danger must arrive."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class EvidenceIn(_Part):
    code: Code
    level: Level
    category: Code | None = None
    start: Offset
    end: Offset
    turn: Annotated[int, Field(ge=-100, le=0)] = 0


class ProtocolIn(_Part):
    step: Code
    answer: Code | None = None


class GateIn(_Part):
    decision: Code
    reasons: Annotated[list[Code], Field(max_length=50)] = []
    version: Version | int | None = None
    hash: Hash | None = None


class Report(_Part):
    """`level` None: the screen failed. `client` None: a preview, of which nothing is kept.
    `gate_closed`: rules of the gate cannot be read, so the practice's model is never heard.
    """

    id: uuid.UUID
    ticket: uuid.UUID
    practice: uuid.UUID
    client: uuid.UUID | None
    at: Instant
    source: Code
    level: Level | None
    categories: Annotated[list[Code], Field(max_length=50)] = []
    temporality: Code | None = None
    experiencer: Code | None = None
    evidence: Annotated[list[EvidenceIn], Field(max_length=200)] = []
    languages: Annotated[list[Code], Field(max_length=20)] = []
    supported: bool = False
    protocol: Annotated[list[ProtocolIn], Field(max_length=50)] = []
    referrals: Annotated[list[Code], Field(max_length=50)] = []
    notices: Annotated[list[Code], Field(max_length=50)] = []
    gate: Annotated[list[GateIn], Field(max_length=100)] = []
    versions: dict[Code, Version | int | None] = {}
    hash: Hash | None = None
    passage_agreed: bool = False
    gate_closed: bool = False


def read(claims: dict[str, Any]) -> Report:
    """Raises Invalid, which repeats nothing of what came."""
    try:
        return Report.model_validate(claims)
    except ValidationError as fault:
        found = [".".join(map(str, one["loc"])) for one in fault.errors(include_input=False)]
        errors = tuple(FieldError(where, "report", "Not as a report has it.") for where in found)
        raise Invalid(errors=errors) from None


def not_ahead(at: datetime, now: datetime) -> datetime:
    """When it was said; never later than now."""
    return min(at, now)
