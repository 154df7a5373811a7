"""Recognising a published instrument, and what is known of it.

A reference is built from our own packs (codes, recall, verified wordings), from
`knowledge/instruments.yaml` (structure of other instruments, no wording) and from
`knowledge/variants.yaml` (regional wordings in circulation).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from holdfast.sense.measures.engine.lint.knowledge import load
from holdfast.sense.measures.engine.lint.model import Item, Questionnaire
from holdfast.sense.measures.engine.lint.polarity import primary_language
from holdfast.sense.measures.engine.lint.readers import packs

SAME_ITEM = 0.72
SAME_INSTRUMENT = 0.6  # share of its items that must be found
_FILLERS = frozenset(
    {"armt", "redcap", "schema", "assessment", "questionnaire", "scale", "screener", "screening"}
    | {"self", "report", "reported", "json", "test", "survey", "form", "instrument", "the", "en"}
    | {"version", "item", "items", "index", "total", "score"}
)


@dataclass(frozen=True)
class Wording:
    """An instrument's words in one regional form."""

    language: str
    stem: str
    items: tuple[str, ...]
    options: tuple[str, ...]


@dataclass
class Reference:
    """What is known of one instrument. `codes[i]` holds every coding item i may have."""

    id: str
    names: frozenset[str]
    size: int
    extra: int = 0
    codes: tuple[tuple[frozenset[float], ...], ...] = ()
    recall_days: float | None = None
    item_ids: tuple[frozenset[str], ...] = ()
    wordings: list[Wording] = field(default_factory=list)
    pack: Questionnaire | None = None


@dataclass(frozen=True)
class Recognised:
    """The reference of a group, and which of its items each item is (0-based).

    `whole` is true where the questionnaire is the instrument, false where it merely holds it.
    """

    reference: Reference
    places: dict[str, int]
    whole: bool

    def wordings(self, language: str | None) -> list[Wording]:
        """Known wordings a text in this language can be compared with.

        A tag with a region is compared with that region only; where we hold none of it,
        nothing can be said.
        """
        primary = primary_language(language)
        known = [w for w in self.reference.wordings if primary_language(w.language) == primary]
        region = _region(language)
        if region is None:
            return known
        return [w for w in known if _region(w.language) in {region, None}]


def _region(language: str | None) -> str | None:
    subtags = re.split(r"[-_]", (language or "").casefold())[1:]
    return next((s for s in subtags if len(s) == 2 or s.isdigit()), None)


def similarity(a: str, b: str) -> float:
    """0 to 1: shared letter trigrams, blind to case, accents, punctuation and numbering."""
    left, right = _trigrams(a), _trigrams(b)
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


@cache
def _trigrams(text: str) -> frozenset[str]:
    words = plain(text)
    dense = words.replace(" ", "")
    if any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in dense):
        return frozenset(dense) | {dense[i : i + 2] for i in range(len(dense) - 1)}
    padded = f" {words} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2)) if words else frozenset()


@cache
def plain(text: str) -> str:
    """Lower-case words without accents, punctuation or a leading number."""
    text = re.sub(r"^\s*\(?\d+\s*[.):-]+\s*", "", text)
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


@cache
def references() -> tuple[Reference, ...]:
    """Every instrument known, built once."""
    found = {key: _from_facts(key, entry) for key, entry in load("instruments").items()}
    content = files("holdfast.sense.measures").joinpath("content", "instruments")
    for entry in sorted(content.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            _add_pack(found, entry.read_text("utf-8"))
    for variant in load("variants")["variants"]:
        wording = Wording(
            variant["language"],
            variant["stem"],
            tuple(variant["items"]),
            tuple(variant["options"]),
        )
        found[variant["instrument"]].wordings.append(wording)
        if variant["instrument"] == "phq-9":
            shorter = Wording(wording.language, wording.stem, wording.items[:8], wording.options)
            found["phq-8"].wordings.append(shorter)
    return tuple(found.values())


def _from_facts(key: str, entry: dict[str, Any]) -> Reference:
    size = int(entry["items"])
    return Reference(
        id=key,
        names=frozenset(entry["names"]),
        size=size,
        extra=int(entry.get("extra", 0)),
        codes=tuple(_codings(entry["codes"], place) for place in range(size)),
        recall_days=packs.duration_days(entry.get("recall")),
    )


def _codings(codes: Any, place: int) -> tuple[frozenset[float], ...]:
    if isinstance(codes, dict):
        for span, sets in codes.items():
            first, _, last = str(span).partition("-")
            if int(first) <= place + 1 <= int(last or first):
                return tuple(frozenset(map(float, s)) for s in sets)
        return ()
    return tuple(frozenset(map(float, s)) for s in codes)


def _add_pack(found: dict[str, Reference], text: str) -> None:
    data, _ = packs.parse_yaml(text)
    if not packs.is_pack(data):
        return
    key = str(data["id"])
    languages = packs.questionnaires(data, key)
    first = languages[0]
    scored = [i for i in first.items if not i.never_scored]
    loinc = {
        str(r.get("id")): str(r["loinc"])
        for r in data["items"]
        if isinstance(r, dict) and r.get("loinc")
    }
    known = found.get(key)
    panel = data.get("loinc")
    names = {compact(key), compact(str(data.get("title") or ""))}
    if isinstance(panel, dict) and panel.get("panel"):
        names.add(compact(str(panel["panel"])))
    found[key] = Reference(
        id=key,
        names=frozenset(names) | (known.names if known else frozenset()),
        size=len(scored),
        extra=max(len(first.items) - len(scored), known.extra if known else 0),
        codes=tuple((i.values,) if i.values else () for i in scored),
        recall_days=first.recall_days,
        item_ids=tuple(
            frozenset({compact(i.id), compact(loinc.get(i.id, ""))} - {""}) for i in scored
        ),
        wordings=[_wording(q, scored) for q in languages if q.language],
        pack=next((q for q in languages if q.language == "en"), first),
    )


def _wording(questionnaire: Questionnaire, scored: Sequence[Item]) -> Wording:
    ids = [i.id for i in scored]
    items = [i for i in questionnaire.items if i.id in ids]
    return Wording(
        questionnaire.language or "",
        questionnaire.stem,
        tuple(i.text for i in items),
        tuple(o.label for o in items[0].options) if items else (),
    )


def compact(name: str) -> str:
    """`PHQ-9 Assessment`, `phq_9_schema` and `PHQ9` as "phq9"."""
    return "".join(_name_tokens(name))


def _name_tokens(name: str) -> list[str]:
    return [t for t in re.findall(r"[a-z]+|\d+", name.casefold()) if t not in _FILLERS]


def recognise(group: Sequence[Questionnaire]) -> Recognised | None:
    """The instrument a group of language versions is, by its words or else by its name."""
    by_text = _by_text(group)
    named = _by_name(group)
    if named is None:
        return by_text
    if by_text is not None and by_text.whole and named.id != by_text.reference.id:
        as_named = len(set(_text_places(named, group).values()))
        if as_named < SAME_INSTRUMENT * named.size:
            return by_text
    return _placed(named, group)


def _by_name(group: Sequence[Questionnaire]) -> Reference | None:
    size = max((len(q.asked) for q in group), default=0)
    fitting = [r for r in references() if r.names and r.size * 0.6 <= size <= r.size + r.extra + 3]
    names = dict.fromkeys(n for q in group for n in q.names)
    for name in names:
        tokens = _name_tokens(name)
        for reference in fitting:
            if "".join(tokens) in reference.names:
                return reference
        for reference in fitting:
            if any(_holds_name(name, known) for known in reference.names):
                return reference
    return None


def _holds_name(name: str, known: str) -> bool:
    """A numbered name inside a longer one ("adhd_phq8", but not "phq9a").

    Plain words ("audit") must stand alone.
    """
    if not re.search(r"[a-z]\d", known):
        return False
    spaced = r"[-_ .]?".join(map(re.escape, re.findall(r"[a-z]+|\d+", known)))
    return re.search(rf"(?<![a-z0-9]){spaced}(?![a-z0-9])", name.casefold()) is not None


def _by_text(group: Sequence[Questionnaire]) -> Recognised | None:
    best: tuple[float, Recognised] | None = None
    for reference in references():
        if reference.size < 3:
            continue
        places = _text_places(reference, group)
        matched = len(set(places.values()))
        size = max((len(q.asked) for q in group), default=0)
        share = matched / reference.size
        if matched < 3 or share < SAME_INSTRUMENT:
            continue
        whole = size <= reference.size + reference.extra + 2
        rank = share * 0.5 + matched / max(size, reference.size)
        if best is None or rank > best[0]:
            best = (rank, Recognised(reference, places, whole))
    return best[1] if best else None


def _text_places(reference: Reference, group: Sequence[Questionnaire]) -> dict[str, int]:
    """Which reference item each item is, by its words in the language that matches most."""
    best: dict[str, int] = {}
    for questionnaire in group:
        primary = primary_language(questionnaire.language)
        for wording in reference.wordings:
            if primary_language(wording.language) != primary:
                continue
            places = _match(questionnaire.asked, wording.items)
            if len(places) > len(best):
                best = places
    return best


def _match(items: Iterable[Item], texts: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for item in items:
        scores = [(similarity(item.text, text), place) for place, text in enumerate(texts)]
        score, place = max(scores, default=(0.0, -1), key=lambda s: (s[0], -s[1]))
        if score >= SAME_ITEM:
            places.setdefault(item.id, place)
    return places


def _placed(reference: Reference, group: Sequence[Questionnaire]) -> Recognised:
    longest = max(group, key=lambda q: len(q.asked))
    places = _text_places(reference, group)
    ids = {name: place for place, names in enumerate(reference.item_ids) for name in names}
    size = len(longest.asked)
    in_order = reference.size <= size <= reference.size + reference.extra
    for position, item in enumerate(longest.asked):
        if item.id in places:
            continue
        taken = set(places.values())
        if (place := ids.get(compact(item.id))) is not None and place not in taken:
            places[item.id] = place
        elif in_order and position < reference.size and position not in taken:
            places[item.id] = position
    return Recognised(reference, places, whole=True)
