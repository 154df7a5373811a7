"""Programmes as JSON."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.core.instants import Instant
from holdfast.meet.messages.facade import NewEpochIn
from holdfast.meet.programmes import engine
from holdfast.meet.programmes.making import ProgrammeData, SessionData

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=4000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
#: What a group calls somebody; one line.
Called = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\n\r\t]+$"),
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
State = Literal["draft", "running", "community", "ended"]
Standing = Literal["asked", "waiting", "accepted", "member", "finished"]
EverStanding = Literal[
    "asked", "waiting", "accepted", "member", "finished", "declined", "left", "removed"
]
Here = Literal["present", "late", "absent", "excused"]
Medium = Literal["in_person", "video"]


class SessionIn(Schema):
    id: uuid.UUID
    title: Short
    description: Text = ""
    material: Text = ""


class ProgrammeIn(Schema):
    """`first_local` is on the wall of `zone`: 2026-12-03T18:00. The first facilitator leads."""

    title: Short
    purpose: Said
    rules: Said
    languages: Annotated[list[Language], Field(min_length=1, max_length=10)]
    capacity: Annotated[int, Field(ge=2, le=60)]
    open_until: Annotated[int, Field(ge=1, le=engine.MOST_SESSIONS)] = engine.MOST_SESSIONS
    joining: bool = True
    minutes: Annotated[int, Field(ge=15, le=480)] = 90
    medium: Medium
    place_id: uuid.UUID | None = None
    first_local: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")]
    zone: Annotated[str, Field(max_length=64)]
    every_weeks: Annotated[int, Field(ge=1, le=engine.MOST_WEEKS_BETWEEN)] = 1
    left_out: Annotated[list[date], Field(max_length=engine.MOST_SESSIONS)] = []
    facilitators: Annotated[list[uuid.UUID], Field(min_length=1, max_length=10)]
    curriculum: Annotated[list[SessionIn], Field(min_length=1, max_length=engine.MOST_SESSIONS)]

    def data(self) -> ProgrammeData:
        fields = self.dict(exclude={"facilitators", "curriculum", "id"})
        fields["left_out"] = sorted({day.isoformat() for day in self.left_out})
        if self.medium != "in_person":
            fields["place_id"] = None
        sessions = [SessionData(**one.dict()) for one in self.curriculum]
        return ProgrammeData(fields, sessions, self.facilitators)


class NewProgrammeIn(ProgrammeIn):
    id: uuid.UUID


class SessionView(Schema):
    id: uuid.UUID
    number: int
    title: str
    description: str
    material: str
    starts_at: datetime | None
    ends_at: datetime | None
    cancelled: bool


class ProgrammeSummary(Schema):
    """`free`: places that nobody has. `open`: somebody new may ask now."""

    id: uuid.UUID
    state: State
    title: str
    purpose: str
    languages: list[str]
    medium: Medium
    place_id: uuid.UUID | None
    zone: str
    every_weeks: int
    minutes: int
    capacity: int
    free: int
    open: bool
    facilitators: list[str]
    sessions: int
    first: datetime | None
    next: SessionView | None


class LedProgramme(ProgrammeSummary):
    """`asked`: how many wait for an answer."""

    asked: int


class LedProgrammes(Schema):
    items: list[LedProgramme]


class ProgrammeOut(LedProgramme):
    """`leads`: whoever asks is one of its facilitators, and may see its people. `next_room`: for
    them, the appointment of the next session.
    """

    rules: str
    rules_version: int
    open_until: int
    joining: bool
    first_local: str
    left_out: list[date]
    curriculum: list[SessionView]
    facilitator_ids: list[uuid.UUID]
    thread_id: uuid.UUID | None
    leads: bool
    next_room: uuid.UUID | None


class SessionTimeIn(Schema):
    starts_at: Instant


class ProgrammeEndIn(Schema):
    """`community`: the thread goes on for those who stay."""

    community: bool = False


class EnrolmentDecisionIn(Schema):
    decision: Literal["accept", "decline"]


class AttendanceIn(Schema):
    presence: Here


class AttendanceView(Schema):
    """`presence` is empty while nothing is known. `place`: they have, or had, one in it."""

    session_id: uuid.UUID
    presence: Here | None
    place: bool


class OwnAttendance(AttendanceView):
    """With the visit that is joined, and how it stands."""

    encounter_id: uuid.UUID | None
    visit: str | None


class RosterAttendance(AttendanceView):
    by_hand: bool


class EnrolmentView(Schema):
    """`agreed`: to the rules as they are now. `name` is the practice's, `called` the group's."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    called: str
    state: EverStanding
    asked_at: datetime
    joined_at: datetime | None
    ended_at: datetime | None
    agreed: bool
    stays: bool
    in_thread: bool
    attendance: list[RosterAttendance]


class RosterOut(Schema):
    """`outside_thread`: how many may be in the thread and are not yet."""

    items: list[EnrolmentView]
    thread_id: uuid.UUID | None
    outside_thread: int


class GroupThreadIn(Schema):
    """The device chooses `id`; the first epoch comes along."""

    id: uuid.UUID
    epoch: NewEpochIn


class OpenProgramme(ProgrammeSummary):
    """`standing`: how whoever asks stands to it; empty where they do not."""

    standing: Standing | None


class OpenProgrammes(Schema):
    items: list[OpenProgramme]


class GroupMember(Schema):
    """A name in the group, and nothing else of anybody."""

    name: str
    you: bool
    leads: bool


class OwnPlace(OpenProgramme):
    """`members`, `attendance` (one's own), material and `thread_id` are for members."""

    rules: str
    rules_version: int
    curriculum: list[SessionView]
    called: str
    agreed: bool
    stays: bool
    members: list[GroupMember]
    attendance: list[OwnAttendance]
    thread_id: uuid.UUID | None


class AskIn(Schema):
    """The device chooses `id`. `called`: what the group will call them."""

    id: uuid.UUID
    called: Called


class RulesAgreedIn(Schema):
    """The version that was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class CommunityIn(Schema):
    stays: bool
