"""Shapes of the screening's endpoints."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from holdfast.core.vault.schemas import KeyEntryShape, VersionIn
from holdfast.core.vault.sharing_schemas import ReceivedVersionOut
from holdfast.safety.flags.facade import FlagStatus

Level = Literal["none", "watch", "concern", "urgent", "emergency"]
#: ISO 3166-1, or ISO 3166-2 for a part of a country.
Jurisdiction = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class ReportIn(Schema):
    """A report as the live process sealed it."""

    report: Annotated[str, Field(max_length=64 * 1024)]


class ReportTaken(Schema):
    flag: FlagStatus | None


class PolicyOut(Schema):
    """`version` 0: the practice has written none, and this is the default."""

    version: int
    tell_from: Literal["watch", "concern", "urgent"]
    words: Literal["asked", "standing"]
    jurisdiction: str | None
    note: str
    since: datetime | None
    by: str | None
    sentences: list[str]


class PolicyPage(Schema):
    """`jurisdictions`: those with rules of their own."""

    policy: PolicyOut
    jurisdictions: list[str]


class PolicyIn(Schema):
    tell_from: Literal["watch", "concern", "urgent"]
    words: Literal["asked", "standing"]
    jurisdiction: Jurisdiction | None = None
    note: Annotated[str, Field(max_length=4000)] = ""


class PassageReaderOut(Schema):
    """`now`: answers for the flag at this moment. Without keys there is no vault to seal to."""

    id: uuid.UUID
    name: str
    now: bool
    keys: list[KeyEntryShape]


class PassageReaders(Schema):
    flag: uuid.UUID | None
    agreed: bool
    readers: list[PassageReaderOut]


class PassageIn(Schema):
    """A version of kind `passage`, and the report it is about."""

    version: VersionIn
    report: uuid.UUID | None = None


class PassageSent(Schema):
    item: uuid.UUID
    to: list[str]


class ProtocolAnswer(Schema):
    step: str
    answer: str | None


class ScreenedText(Schema):
    """What the screen said of one text. The text is kept nowhere."""

    id: uuid.UUID
    at: datetime
    source: str
    level: Level | None
    categories: list[str]
    temporality: str | None
    experiencer: str | None
    languages: list[str]
    supported: bool
    protocol: list[ProtocolAnswer]
    referrals: list[str]


class PassageOut(Schema):
    """`version` is empty for who cannot open it, or cannot any more."""

    item: uuid.UUID
    sent_at: datetime
    to: list[str]
    version: ReceivedVersionOut | None


class FlagTexts(Schema):
    items: list[ScreenedText]
    words: Literal["not-shared", "shared", "shared-with-others"]
    owner: uuid.UUID | None
    owner_keys: list[KeyEntryShape]
    passages: list[PassageOut]


class ReferenceOut(Schema):
    cite: str
    url: str | None


class ProtocolText(Schema):
    """`version` changes with every word; `languages` are those that it speaks."""

    version: str
    languages: list[str]
    references: list[ReferenceOut]


class ScreenText(Schema):
    version: str


class YearOut(Schema):
    """`at_least` is the sum of the months as they are shown."""

    year: int
    at_least: int | None


class MonthOut(Schema):
    """`at_least` is rounded down to fives, and empty below five."""

    month: str
    at_least: int | None


class Referrals(Schema):
    years: list[YearOut]
    months: list[MonthOut]


class PublicProtocol(Schema):
    protocol: ProtocolText
    screen: ScreenText
    referrals: Referrals


class LookTicketIn(Schema):
    """Where the person is now, where not as recorded."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


class LookTicket(Schema):
    """`url` is the live process's origin."""

    ticket: str | None
    expires_at: datetime | None
    url: str
