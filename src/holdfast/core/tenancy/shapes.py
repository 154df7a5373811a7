"""Shapes that endpoints of several capabilities share, so that the API has one of each."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

Short = Annotated[str, Field(max_length=200)]
Phone = Annotated[str, Field(max_length=40)]

PracticeKind = Literal["live", "demo"]
PracticeStatus = Literal["preparing", "live"]
CarePurpose = Literal["treatment", "cover", "prescribing"]


class EmergencyContact(Schema):
    """Somebody close to the person, whom the practice may call."""

    name: Short
    phone: Phone
    relationship: Annotated[str, Field(max_length=100)] = ""


class EndOfChain(Schema):
    """What is written for when nobody on call has answered."""

    name: Short
    phone: Phone
    instructions: Annotated[str, Field(max_length=2000)]
