"""Answers by kind: read from typed words or tapped codes, checked, and told back.

As JSON: text, place and summary are strings; a number is an integer; a choice is a reply's name or
{"words": ...}; several is a list of those; emotions are [{"emotion": name or "words": ...,
"strength": 0-100}]; a date is {"date": "2026-11-24"} or {"words": ...}; a time is
{"time": "18:30"}, {"part": "evening"} or {"words": ...}; a list is a list of strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from holdfast.support.companion.engine import calendar_words
from holdfast.support.companion.engine.format import Common, Step, StepWords
from holdfast.support.companion.engine.understanding import Lexicon, folded, picked

LONGEST = 4_000  # characters of one answer
LONGEST_SUMMARY = 40_000
QUOTED = 160  # characters of an answer that a prompt quotes
ITEM = 500
_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?")
_PIECES = re.compile(r"[,;،؛\n]+")
_STRENGTH = re.compile(r"^\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: an answer, or what it may have meant (codes as a tap would send them)."""

    value: Any = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The question an answer belongs to: its step, what is on the screen, the day it is."""

    step: Step
    words: StepWords
    shown: tuple[str, ...]  # names of the replies on the screen, in order
    lexicon: Lexicon
    common: Common
    today: date
    partial: tuple[Any, ...] = field(default=())


def read_text(asked: Asked, text: str) -> Reading:
    """Read typed words as an answer of the step's kind."""
    assert asked.step.answer is not None  # noqa: S101 (only asking steps are answered)
    return _READERS[asked.step.answer](asked, text.strip())


def _text(asked: Asked, text: str) -> Reading:
    return Reading(text or None)


def _number(asked: Asked, text: str) -> Reading:
    plain = folded(text)
    low, high = asked.step.low, asked.step.high
    words = plain.removesuffix("%").strip()
    if words in asked.lexicon.numbers:
        number = asked.lexicon.numbers[words]
        return Reading(number) if low <= number <= high else Reading()
    if len(text) > 60:
        return Reading()
    found = _NUMBER.findall("".join(folded(c) if c.isdecimal() else c for c in text))
    whole = [int(n) for n in found if n.isdecimal() and len(n) < 5]
    fitting = tuple(dict.fromkeys(str(n) for n in whole if low <= n <= high))
    if len(found) == 1 and fitting:
        return Reading(int(fitting[0]))
    return Reading(candidates=fitting[:4])


def _choice(asked: Asked, text: str) -> Reading:
    plain = folded(text)
    if plain in asked.lexicon.yes and "yes" in asked.words.replies:
        return Reading("yes")
    if plain in asked.lexicon.no and "no" in asked.words.replies:
        return Reading("no")
    exact = _exactly(asked, plain)
    if exact is not None:
        return Reading(exact)
    if asked.step.own_words and text:
        return Reading({"words": text[:LONGEST]})
    near = picked(plain, [asked.words.replies.get(n, n) for n in asked.shown], asked.lexicon)
    return Reading(candidates=tuple(asked.shown[i] for i in near))


def _exactly(asked: Asked, plain: str) -> str | None:
    for name, label in asked.words.replies.items():
        if folded(label) == plain:
            return name
    if plain in asked.lexicon.numbers or (plain.isdecimal() and len(plain) < 3):
        numbers = asked.lexicon.numbers
        place = numbers[plain] if plain in numbers else int(plain)
        if 1 <= place <= len(asked.shown):
            return asked.shown[place - 1]
    return None


def _several(asked: Asked, text: str) -> Reading:
    if "none" in asked.words.replies and folded(text) in asked.lexicon.no:
        return Reading(["none"])
    pieces = [p.strip() for p in _PIECES.split(text) if p.strip()]
    if len(pieces) == 1 and re.fullmatch(r"\d(?: \d)*", folded(text)):
        pieces = folded(text).split()
    chosen: list[Any] = []
    near: list[str] = []
    for piece in pieces:
        exact = _exactly(asked, folded(piece))
        if exact is not None:
            chosen.append(exact)
            continue
        labels = [asked.words.replies.get(n, n) for n in asked.shown]
        near += [asked.shown[i] for i in picked(folded(piece), labels, asked.lexicon)]
        if asked.step.own_words and folded(piece) not in asked.lexicon.yes | asked.lexicon.no:
            chosen.append({"words": piece[:ITEM]})
    if len(chosen) == len(pieces) and chosen:
        return Reading(_unique(chosen)[: asked.step.at_most or 20])
    return Reading(
        candidates=tuple(dict.fromkeys([c for c in chosen if isinstance(c, str)] + near))
    )


def _emotions(asked: Asked, text: str) -> Reading:
    """Words with strengths, "sad 70, angry 40"; words alone leave their strength open."""
    found: list[dict[str, Any]] = []
    unsure: list[str] = []
    for piece in re.split(r"[,;،؛\n]+|\s+" + asked.common.joiner.strip() + r"\s+", text):
        plain = folded(piece)
        numbers = re.findall(r"\d+", plain)
        strength = int(numbers[0]) if len(numbers) == 1 and _STRENGTH.match(numbers[0]) else None
        named = re.sub(r"\s*\d+\s*%?\s*", " ", plain).strip()
        if not named or (strength is not None and strength > 100):
            continue
        known = _emotions_in(named, asked.lexicon)
        if named in asked.lexicon.emotions:
            found.append({"emotion": asked.lexicon.emotions[named], "strength": strength})
        elif len(known) == 1 and len(named.split()) <= 4 and not _negated(named, asked.lexicon):
            found.append({"emotion": known[0], "strength": strength})
        elif known:
            unsure += known
        elif len(named.split()) <= 3:
            own = re.sub(r"\s*\d+\s*%?\s*", " ", piece).strip()
            found.append({"words": own[:60], "strength": strength})
    if found and not unsure:
        return Reading(_unique(found)[: asked.step.at_most or 6])
    return Reading(candidates=tuple(dict.fromkeys(unsure))[:6])


def _emotions_in(plain: str, lexicon: Lexicon) -> list[str]:
    padded = f" {plain} "
    return list(dict.fromkeys(e for w, e in lexicon.emotions.items() if f" {w} " in padded))


def _negated(plain: str, lexicon: Lexicon) -> bool:
    return not lexicon.negations.isdisjoint(plain.split())


def _list(asked: Asked, text: str) -> Reading:
    pieces = re.split(r"[\n;؛]+|(?:^|\s)\d{1,2}[.)]\s", text)
    items = [p.strip(" -•\t")[:LONGEST] for p in pieces]
    return Reading([i for i in items if i] or None)


def _date(asked: Asked, text: str) -> Reading:
    days = calendar_words.dates_in(folded(text), asked.today, asked.lexicon)
    if days.certain is not None:
        return Reading({"date": days.certain.isoformat()})
    return Reading(candidates=tuple(d.isoformat() for d in days.possible))


def _time(asked: Asked, text: str) -> Reading:
    times = calendar_words.times_in(text, folded(text), asked.lexicon)
    if times.certain is not None:
        return Reading(_time_value(times.certain))
    return Reading(candidates=times.possible)


def _time_value(code: str) -> dict[str, str]:
    return {"time": code} if ":" in code else {"part": code}


_READERS: dict[str, Callable[[Asked, str], Reading]] = {
    "text": _text,
    "place": _text,
    "summary": _text,
    "number": _number,
    "choice": _choice,
    "several": _several,
    "emotions": _emotions,
    "list": _list,
    "date": _date,
    "time": _time,
}


def read_tap(step: Step, words: StepWords, common: Common, codes: Sequence[str]) -> Any:
    """The answer that tapped codes stand for, or None. No free text gets in by this way."""
    if not codes:
        return None
    first = codes[0]
    if step.answer == "choice":
        return first if len(codes) == 1 and first in words.replies else None
    if step.answer == "several":
        fitting = all(code in words.replies for code in codes)
        return _unique(codes)[: step.at_most or 20] if fitting else None
    if step.answer == "number":
        fits = first.isascii() and first.isdecimal() and len(first) < 5
        return int(first) if fits and step.low <= int(first) <= step.high else None
    if step.answer == "emotions":
        return _tapped_emotions(common, codes[: step.at_most or 6])
    value = {"date": {"date": first}, "time": _time_value(first)}.get(step.answer or "")
    return value if value is not None and fits_kind(step, words, value, common) else None


def _tapped_emotions(common: Common, codes: Sequence[str]) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = []
    for code in codes:
        name, _, strength = code.partition("=")
        if name not in common.emotions or (strength and not _STRENGTH.match(strength)):
            return None
        if strength and int(strength) > 100:
            return None
        found.append({"emotion": name, "strength": int(strength) if strength else None})
    return _unique(found)


def _unique(values: Sequence[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept


def fits_kind(step: Step, words: StepWords, value: Any, common: Common) -> bool:
    """Whether a stored answer is one this step could have taken; used when a flow has changed."""
    kind = step.answer
    if kind in {"text", "place", "summary"}:
        return isinstance(value, str)
    if kind == "number":
        return isinstance(value, int) and step.low <= value <= step.high
    if kind == "choice":
        return _is_reply(step, words, value)
    if kind in {"several", "list", "emotions"} and not isinstance(value, list):
        return False
    if kind == "several":
        return all(_is_reply(step, words, item) for item in value)
    if kind == "list":
        return all(isinstance(item, str) for item in value)
    if kind == "emotions":
        return all(_is_emotion(item, common) for item in value)
    if kind in {"date", "time"} and isinstance(value, Mapping) and len(value) == 1:
        (form, said), *_ = value.items()
        return isinstance(said, str) and _is_moment(form, said, common)
    return False


def _is_reply(step: Step, words: StepWords, value: Any) -> bool:
    if isinstance(value, str):
        return value in words.replies
    return step.own_words and isinstance(value, Mapping) and isinstance(value.get("words"), str)


def _is_emotion(item: Any, common: Common) -> bool:
    if not isinstance(item, Mapping):
        return False
    named = item.get("emotion") in common.emotions or isinstance(item.get("words"), str)
    return named and isinstance(item.get("strength"), int | None)


def _is_moment(form: str, said: str, common: Common) -> bool:
    if form == "date":
        return calendar_words.day(said) is not None
    if form == "time":
        return calendar_words.clock(said) is not None
    return form == "words" or (form == "part" and said in common.parts_of_day)


def told(step: Step, words: StepWords, value: Any, common: Common) -> str:
    """An answer in the person's language, in full."""
    if isinstance(value, str):
        return words.replies.get(value, value) if step.answer == "choice" else value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return _told_mapping(value, common)
    parts = [_told_item(step, words, item, common) for item in value]
    if step.answer == "list" or len(parts) < 2:
        return "; ".join(parts)
    return ", ".join(parts[:-1]) + common.joiner + parts[-1]


def _told_item(step: Step, words: StepWords, item: Any, common: Common) -> str:
    if isinstance(item, str):
        return words.replies.get(item, item) if step.answer == "several" else item
    name = common.emotions[item["emotion"]][0] if "emotion" in item else str(item["words"])
    strength = item.get("strength")
    return name if strength is None else f"{name} {strength}"


def _told_mapping(value: Mapping[str, Any], common: Common) -> str:
    if "date" in value:
        return calendar_words.told(str(value["date"]), common)
    if "part" in value:
        return common.parts_of_day[value["part"]][0]
    return str(value.get("time") or value.get("words"))


def told_code(asked: Asked, code: str) -> str:
    """The label of a candidate on a button."""
    kind = asked.step.answer
    if kind in {"choice", "several"}:
        return asked.words.replies[code]
    if kind == "emotions":
        return asked.common.emotions[code][0]
    if kind == "date":
        return calendar_words.told(code, asked.common)
    if kind == "time" and ":" not in code:
        return asked.common.parts_of_day[code][0]  # type: ignore[index]
    return code


def quoted(text: str) -> str:
    """An answer short enough to be quoted in a prompt, on one line."""
    line = " ".join(text.split())
    if len(line) <= QUOTED:
        return line
    return line[:QUOTED].rsplit(" ", 1)[0] + "…"


def local_day(now: datetime) -> date:
    """The person's day; `now` carries their zone."""
    return now.date()
