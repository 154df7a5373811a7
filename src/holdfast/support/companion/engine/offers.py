"""What to offer now, or nothing: a contextual bandit over options that clinicians approved.

Each option, and "nothing now", has an expected use between 0 and 1: what its file says of this
moment (a prior worth `STRENGTH` observations), moved by what this person said helped before; an
observation from another part of the day counts half. One is drawn: with probability `EXPLORED`
any of them alike, else by a softmax of their expected use, so that the chance of each is known
exactly and can be logged (Li et al. 2010, doi 10.1145/1772690.1772758, for the setting; Bottou et
al. 2013, JMLR 14:3207, for what logged chances allow). The evidence for offers that adapt to the
moment is modest (g = 0.15, 0.05 to 0.26): so nothing is pressed, and "nothing now" is always there.

Safety is no option here: it neither waits for nor depends on what is drawn. Pure: the memory comes
with the turn and is sealed by its person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from typing import Literal
from zlib import crc32

from pydantic import Field, ValidationError

from holdfast.support.companion.engine.format import (
    ContentError,
    FlowName,
    Line,
    Name,
    Strict,
    read_yaml,
)

NOTHING = "nothing"
EXPLORED = 0.1
TEMPERATURE = 0.12
STRENGTH = 4.0
ELSEWHERE = 0.5
MOST_PAST = 200
LANGUAGES = ("en", "es", "de", "ar")

PartOfDay = Literal["morning", "day", "evening", "night"]
Reason = Literal["helped", "goal", "sign", "topic", "time", "new"]


class OptionContent(Strict):
    """What an option is good for, in codes; every number is a convention of this project."""

    flow: FlowName
    base: float = Field(ge=0.05, le=0.95)
    goals: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    times: tuple[PartOfDay, ...] = ()


class SignContent(Strict):
    """A code for an answer of the last days: that item, at least that much."""

    instrument: str
    item: str
    at_least: float
    source: Line


class OptionsContent(Strict):
    """`content/offers/options.yaml`."""

    version: int
    status: Literal["draft", "reviewed"]
    reviewed_by: Line | None
    each_match: float = Field(gt=0, le=0.3)
    highest: float = Field(gt=0, lt=1)
    nothing: float = Field(gt=0, lt=1)
    days: int = Field(ge=1, le=60)
    signs: dict[Name, SignContent]
    options: tuple[OptionContent, ...]


class OfferWords(Strict):
    """`content/offers/<language>.yaml`: how an offer and its reason are said, with {title}."""

    language: str
    status: Literal["draft", "reviewed"]
    reviewed_by: Line | None
    because: dict[Reason, tuple[Line, ...]]
    not_now: Line
    helped: Line
    helped_how: dict[Literal["much", "little", "not"], Line]


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known of now, all as codes; `signs` come from recent measures, `topics` from what
    was just said.
    """

    now: datetime
    goals: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    topics: tuple[str, ...] = ()

    @property
    def part(self) -> PartOfDay:
        """The part of the person's day."""
        return part_of_day(self.now)


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier offer: whether it was taken, and how much it helped (0, 0.5, 1; None: not said).

    An offer of nothing that was let be counts as used when nothing else was opened.
    """

    flow: str
    part: PartOfDay
    taken: bool
    helped: float | None = None

    @property
    def use(self) -> float | None:
        """What it says of the option's use; None where it says nothing."""
        if not self.taken:
            return 0.0
        return self.helped


@dataclass(frozen=True, slots=True)
class Offer:
    """What was drawn: a flow, or `NOTHING`; its chance, and why it was among the likely ones."""

    flow: str
    chance: float
    because: Reason | None
    chances: Mapping[str, float]


def part_of_day(now: datetime) -> PartOfDay:
    """Night from 22 to 6, morning to 11, evening from 18."""
    if now.hour >= 22 or now.hour < 6:
        return "night"
    if now.hour < 11:
        return "morning"
    return "evening" if now.hour >= 18 else "day"


def choose(
    content: OptionsContent,
    approved: Sequence[str],
    moment: Moment,
    past: Sequence[Past],
    *,
    seed: int,
) -> Offer:
    """Draw one of the approved flows or nothing. The same input draws the same."""
    chances = chances_of(content, approved, moment, past)
    drawn = _drawn(chances, crc32(f"offer {seed}".encode()) / 2**32)
    because = None if drawn == NOTHING else reason(content, drawn, moment, past)
    return Offer(drawn, chances[drawn], because, chances)


def chances_of(
    content: OptionsContent, approved: Sequence[str], moment: Moment, past: Sequence[Past]
) -> dict[str, float]:
    """The chance of each approved flow that has an option, and of nothing; they add up to 1."""
    options = [option for option in content.options if option.flow in approved]
    expected = {
        option.flow: _expected(option.flow, _prior(content, option, moment), moment, past)
        for option in options
    }
    expected[NOTHING] = _expected(NOTHING, content.nothing, moment, past)
    best = max(expected.values())
    powers = {name: math.exp((use - best) / TEMPERATURE) for name, use in expected.items()}
    total = sum(powers.values())
    return {
        name: EXPLORED / len(powers) + (1 - EXPLORED) * power / total
        for name, power in powers.items()
    }


def _drawn(chances: Mapping[str, float], point: float) -> str:
    """The name in whose part of the line from 0 to 1 the point lies."""
    for name, chance in chances.items():
        point -= chance
        if point < 0:
            return name
    return NOTHING


def reason(content: OptionsContent, flow: str, moment: Moment, past: Sequence[Past]) -> Reason:
    """Why this flow may be of use now: the strongest thing that speaks for it."""
    option = next(option for option in content.options if option.flow == flow)
    own = [one.use for one in past if one.flow == flow and one.use is not None]
    if own and sum(own) / len(own) > option.base and max(own) > 0:
        return "helped"
    if moment.goals & set(option.goals):
        return "goal"
    if set(moment.topics[:3]) & set(option.topics):
        return "topic"
    if moment.signs & set(option.signs):
        return "sign"
    return "time" if moment.part in option.times else "new"


def signs_of(
    content: OptionsContent, newest: Mapping[str, Mapping[str, float | None]]
) -> frozenset[str]:
    """The signs in the newest answers to each instrument; what was passed over says nothing."""
    return frozenset(
        name
        for name, sign in content.signs.items()
        if (newest.get(sign.instrument, {}).get(sign.item) or 0) >= sign.at_least
    )


def _prior(content: OptionsContent, option: OptionContent, moment: Moment) -> float:
    matches = (
        bool(moment.goals & set(option.goals))
        + bool(moment.signs & set(option.signs))
        + bool(set(moment.topics[:3]) & set(option.topics))
        + (moment.part in option.times)
    )
    return min(option.base + content.each_match * matches, content.highest)


def _expected(flow: str, prior: float, moment: Moment, past: Sequence[Past]) -> float:
    weight, total = STRENGTH, STRENGTH * prior
    for one in past[-MOST_PAST:]:
        if one.flow == flow and one.use is not None:
            counted = 1.0 if one.part == moment.part else ELSEWHERE
            weight += counted
            total += counted * one.use
    return total / weight


@cache
def shipped_options() -> OptionsContent:
    """The options that ship. Raises ContentError."""
    with as_file(files("holdfast.support.companion") / "content" / "offers") as folder:
        try:
            return OptionsContent.model_validate(read_yaml(folder / "options.yaml"))
        except ValidationError as fault:
            raise ContentError(f"options.yaml: {fault.errors()[0]['msg']}") from fault


@cache
def shipped_words(language: str) -> OfferWords:
    """The words of a language; KeyError for one without. Raises ContentError."""
    if language not in LANGUAGES:
        raise KeyError(language)
    with as_file(files("holdfast.support.companion") / "content" / "offers") as folder:
        try:
            return OfferWords.model_validate(read_yaml(folder / f"{language}.yaml"))
        except ValidationError as fault:
            raise ContentError(f"{language}.yaml: {fault.errors()[0]['msg']}") from fault
