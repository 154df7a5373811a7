"""Shapes of the assessments' endpoints."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from ninja import Schema
from pydantic import Field

from holdfast.sense.assessments.views import AssessmentView, TalkRow, TalkView

Times = Annotated[list[time], Field(min_length=1, max_length=12)]


class AssessmentIn(Schema):
    """Local times in the order of the day's prompts; without them those that the plan offers."""

    times: Times | None = None
    starts_on: date | None = None


class TimesIn(Schema):
    times: Times


class AssessmentList(Schema):
    items: list[AssessmentView]


class TalkList(Schema):
    items: list[TalkView]


class TalkRows(Schema):
    items: list[TalkRow]
