"""Shapes of the directory's and the matching's endpoints."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from holdfast.meet.matching.engine import terms
from holdfast.meet.matching.engine.shapes import Medium, ReasonCode

#: ISO 3166-1 alpha-2, or 3166-2.
_PLACE = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
#: BCP 47's primary subtag.
_LANGUAGE = r"^[a-z]{2,3}$"
_CURRENCY = r"^[A-Z]{3}$"
Gender = Literal["", "woman", "man", "nonbinary"]
Booking = Literal["direct", "enquiry"]
Jurisdiction = Annotated[str, StringConstraints(pattern=_PLACE)]
Language = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
Currency = Annotated[str, StringConstraints(pattern=_CURRENCY)]
#: Minor units; more than anybody asks for a meeting.
Fee = Annotated[int, Field(ge=0, le=10_000_000)]


def _once(codes: list[str]) -> list[str]:
    if len(set(codes)) != len(codes):
        raise ValueError("a code stands twice")
    return codes


def _known(kind: str) -> AfterValidator:
    def check(codes: list[str]) -> list[str]:
        if set(codes) - set(getattr(terms.load(), kind)):
            raise ValueError("a code that is not in the list")
        return _once(codes)

    return AfterValidator(check)


Languages = Annotated[list[Language], Field(max_length=12), AfterValidator(_once)]
Specialties = Annotated[list[str], Field(max_length=40), _known("specialties")]
Approaches = Annotated[list[str], Field(max_length=40), _known("approaches")]
Competences = Annotated[list[str], Field(max_length=40), _known("competences")]
Media = Annotated[list[Medium], Field(max_length=4), AfterValidator(_once)]
Parts = Annotated[
    list[Annotated[int, Field(ge=0, lt=terms.PARTS_OF_WEEK)]],
    Field(max_length=terms.PARTS_OF_WEEK),
    AfterValidator(_once),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class TermsOut(Schema):
    """What profiles and intakes may name; the languages that somebody listed speaks, and the
    countries and states for which somebody has a licence.
    """

    version: str
    specialties: list[str]
    approaches: list[str]
    competences: list[str]
    languages: list[str]
    jurisdictions: list[str]


class ProfileIn(Schema):
    """What a clinician offers. `listed` ones are shown and suggested."""

    listed: bool
    about: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    gender: Gender = ""
    languages: Languages = []
    media: Media = []
    specialties: Specialties = []
    approaches: Approaches = []
    competences: Competences = []
    fee_from: Fee | None = None
    fee_to: Fee | None = None
    currency: Currency | Literal[""] = ""
    capacity: Annotated[int, Field(ge=0, le=1000)] = 0
    booking: Booking = "enquiry"

    @model_validator(mode="after")
    def _fees(self) -> ProfileIn:
        if (self.fee_from is None) != (self.fee_to is None):
            raise ValueError("both ends of the fee, or neither")
        if self.fee_from is not None and self.fee_to is not None:
            if self.fee_from > self.fee_to:
                raise ValueError("the lowest fee is not above the highest")
            if not self.currency:
                raise ValueError("a fee has a currency")
        return self


class LicenceIn(Schema):
    title: Line
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    jurisdiction: Jurisdiction
    expires_on: date


class LicenceDecision(Schema):
    verified: bool


class LicenceView(Schema):
    """`number` is empty for the people of the practice; `holds` is whether it counts today."""

    id: uuid.UUID
    title: str
    number: str
    jurisdiction: str
    expires_on: date
    status: Literal["pending", "verified", "refused"]
    decided_by: str | None
    decided_at: datetime | None
    holds: bool


class ProfileOut(ProfileIn):
    """A clinician as the practice's people read them. `places` are free ones; None: not told."""

    membership_id: uuid.UUID
    name: str
    first_free: datetime | None
    places: int
    licences: list[LicenceView]


class OwnProfileOut(ProfileOut):
    """`caseload`: how many people one treats now."""

    caseload: int


class DirectoryOut(Schema):
    items: list[ProfileOut]
    next: str | None


class LicenceRow(LicenceView):
    """A licence that waits for an administrator's look."""

    membership_id: uuid.UUID
    name: str


class LicenceRows(Schema):
    items: list[LicenceRow]


class WishesIn(Schema):
    """What a person needs and what they would like; see the how-to for what is a limit."""

    jurisdiction: Jurisdiction
    languages: Annotated[Languages, Field(min_length=1)]
    media: Media = []
    specialties: Specialties = []
    approaches: Approaches = []
    competences: Competences = []
    gender: Gender = ""
    gender_must: bool = False
    parts: Parts = []
    parts_must: bool = False
    fee_at_most: Fee | None = None
    currency: Currency | Literal[""] = ""

    @model_validator(mode="after")
    def _currency(self) -> WishesIn:
        if self.fee_at_most and not self.currency:
            raise ValueError("an amount has a currency")
        return self


class IntakeOut(Schema):
    """`step` is what comes next: `baseline`, `human` (somebody gets in touch first), `wishes`, or
    `ready`. `left` counts those whom the person left and who are not suggested again.
    """

    step: Literal["baseline", "human", "wishes", "ready"]
    wishes: WishesIn | None
    left: int
    changed_at: datetime | None


class BaselineOut(Schema):
    assignment_id: uuid.UUID


class ReasonOut(Schema):
    code: ReasonCode
    value: str


class MatchOut(Schema):
    membership_id: uuid.UUID
    name: str
    about: str
    first_free: datetime | None
    booking: Booking
    fee_from: int | None
    fee_to: int | None
    currency: str
    media: list[Medium]
    languages: list[str]
    reasons: list[ReasonOut]
    asked: bool


class WaitingView(Schema):
    """Days after which a quarter, half and three quarters had found somebody, from `people` who
    waited here in the last half year; all None: too few to say.
    """

    since: datetime | None
    quarter: int | None
    half: int | None
    three_quarters: int | None
    people: int


class MatchList(Schema):
    items: list[MatchOut]
    waiting: WaitingView


EnquiryStatus = Literal["sent", "accepted", "declined", "withdrawn", "lapsed"]


class EnquiryIn(Schema):
    membership_id: uuid.UUID


class EnquiryOut(Schema):
    """As the person sees it. Nobody has to say why they declined."""

    id: uuid.UUID
    membership_id: uuid.UUID
    name: str
    status: EnquiryStatus
    sent_at: datetime
    answered_at: datetime | None


class EnquiryList(Schema):
    items: list[EnquiryOut]


class EnquiryRow(Schema):
    """As the clinician sees it: what is looked for, and the name once they have accepted."""

    id: uuid.UUID
    sent_at: datetime
    status: EnquiryStatus
    client_id: uuid.UUID | None
    client: str | None
    languages: list[str]
    media: list[Medium]
    specialties: list[str]
    competences: list[str]
    parts: list[int]


class EnquiryRows(Schema):
    items: list[EnquiryRow]


class EnquiryAnswer(Schema):
    accept: bool
