"""The mapping file: which column of a CSV is which item, person and time. See
docs/reference/import.md for the format."""

from __future__ import annotations

import codecs
from datetime import datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument, fold
from holdfast.sense.measures.importing.records import ImportFault


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMap(_Part):
    """A column whose values are translated; a value not in `map` refuses the row."""

    column: str
    map: dict[str, Literal["female", "male", "other"]] = Field(default_factory=dict)


class PersonMapping(_Part):
    """Who a row belongs to: a column, or one constant person for the whole file."""

    column: str | None = None
    constant: str | None = None
    name: str = ""
    sex: ColumnMap | None = None
    language: str = Field(default="", max_length=16)
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")

    @model_validator(mode="after")
    def _one_of(self) -> PersonMapping:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        return self


class TimeMapping(_Part):
    """When a row was answered: a date column with a format, or a table of instants.

    Without a time of day (`clock_column` or a format that holds one), `at` is used. Values are
    local to the mapping's `time_zone` unless they hold an offset (%z).
    """

    column: str
    format: str | None = None
    clock_column: str | None = None
    clock_format: str = "%H:%M:%S"
    at: time = time(12)
    instants: dict[str, datetime] | None = None


class ResponseMapping(_Part):
    """One questionnaire that a row may hold. Items or scores name columns.

    `complete` leaves out rows with an unanswered item. `per: day` is for tables that repeat the
    day's one answer on each of its rows.
    """

    instrument: str
    version: str | None = None
    language: str = Field(default="en", max_length=16)
    items: dict[str, str] = Field(default_factory=dict)
    scores: dict[str, str] = Field(default_factory=dict)
    recode: dict[str, float] = Field(default_factory=dict)
    complete: bool = False
    per: Literal["row", "day"] = "row"

    @model_validator(mode="after")
    def _one_of(self) -> ResponseMapping:
        if bool(self.items) == bool(self.scores):
            raise ValueError("give either items or scores")
        return self


class EventMapping(_Part):
    """An event for each row in which `on_change_of` differs from the person's row before."""

    kind: Literal["life", "medication", "treatment", "meeting"]
    label: str
    on_change_of: str
    dose: str | None = None
    unit: str = Field(default="", max_length=32)


class Mapping(_Part):
    """A whole mapping file."""

    name: str = Field(min_length=1, max_length=80)
    format: Literal["csv"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    missing: list[str] = ["", "NA", "NaN"]
    time_zone: str = "UTC"
    person: PersonMapping
    time: TimeMapping
    instruments: list[str] = []
    responses: list[ResponseMapping] = []
    events: list[EventMapping] = []

    @field_validator("encoding")
    @classmethod
    def _encoding_exists(cls, value: str) -> str:
        try:
            name = codecs.lookup(value).name
        except LookupError as error:
            raise ValueError(f"{value!r} is no encoding") from error
        return "utf-8-sig" if name == "utf-8" else name

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no IANA time zone") from error
        return value

    @field_validator("missing", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return ["" if one is None else str(one) for one in value]

    @model_validator(mode="after")
    def _holds_something(self) -> Mapping:
        if not self.responses and not self.events:
            raise ValueError("give responses, events or both")
        return self

    @property
    def columns(self) -> set[str]:
        """Every column the mapping reads."""
        named = {self.time.column, self.time.clock_column, self.person.column}
        named |= {self.person.sex.column} if self.person.sex else set()
        for response in self.responses:
            named |= {*response.items.values(), *response.scores.values()}
        for event in self.events:
            named |= {event.on_change_of, event.dose}
        return {column for column in named if column is not None}


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises ImportFault naming the file and the place."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImportFault(f"{path}: not readable as UTF-8 YAML: {error}") from error
    try:
        return Mapping.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "(top level)"
        raise ImportFault(f"{path}: {where}: {first['msg']}") from error


def check_against(mapping: Mapping, catalogue: Catalogue, path: Path) -> None:
    """Refuse (ImportFault) a mapping that names an instrument, item or scale that is not there."""
    for number, response in enumerate(mapping.responses):
        where = f"{path}: responses.{number}"
        try:
            instrument = catalogue.get(response.instrument, response.version)
        except UnknownInstrument as error:
            raise ImportFault(f"{where}.instrument: {error}") from None
        _check_names(response, instrument, where)


def _check_names(response: ResponseMapping, instrument: Instrument, where: str) -> None:
    found: set[str] = set()
    for name in response.items:
        item = instrument.names.get(fold(name))
        if item is None or item in found:
            fault = "is mapped twice" if item in found else f"is no item of {instrument.id}"
            raise ImportFault(f"{where}.items.{name}: {fault}")
        found.add(item)
    scales = {scale.id for scale in instrument.scales}
    for name in response.scores:
        if name not in scales:
            raise ImportFault(f"{where}.scores.{name}: is no scale of {instrument.id}")
