"""From a QuestionnaireResponse's items to an instrument's items and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.sense.measures.engine.catalogue import Catalogue
from holdfast.sense.measures.engine.instrument import Instrument, fold

Resource = dict[str, Any]

#: LOINC answer codes of the PHQ and GAD items: frequency (list LL358-3), the difficulty question
#: 69722-7 (not, somewhat, very, extremely), and PHQ-15 (not, a little, a lot). https://loinc.org
LOINC_ANSWERS = {
    "LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3,
    "LA6572-7": 0, "LA6573-5": 1, "LA6575-0": 2, "LA6574-3": 3,
    "LA18334-5": 0, "LA18335-2": 1, "LA18336-0": 2,
}  # fmt: skip
#: The difficulty question asked after PHQ and GAD; where the instrument lacks it, it is left alone.
DIFFICULTY = "69722-7"
#: Extensions that carry an option's number, by the end of their address.
WEIGHT_EXTENSIONS = ("/ordinalValue", "/itemWeight", "/questionnaire-ordinalValue")
#: A link that says only a place: PHQ.1, phq9-1, q1, /1. Used once the instrument is known.
_PLACE = re.compile(r"/?(?:[A-Za-z]+\d*[._\- /])?(?:q|Q|item|question)?(\d{1,2})")
#: 1.1 or 2-3: a place in a nested form, which must not be read as 11 or 23.
_NESTED = re.compile(r"/?\d{1,3}(?:[._\-/]\d{1,3})+")


class Unusable(Exception):
    """A response that cannot be used, with the reason."""


@dataclass
class Definition:
    """What a Questionnaire resource tells of its items."""

    names: list[str]
    codes: dict[str, list[str]] = field(default_factory=dict)
    weights: dict[tuple[str, str], float] = field(default_factory=dict)


def definition_of(resource: Resource) -> Definition:
    """The names, item codes and option weights of a Questionnaire."""
    names = [str(resource.get(key) or "") for key in ("name", "title", "id")]
    coded = [*(resource.get("code") or []), *(resource.get("identifier") or [])]
    names += [str(one.get("code") or one.get("value") or "") for one in coded]
    definition = Definition([name for name in names if name])
    for item in walk(resource.get("item") or []):
        link = str(item.get("linkId") or "")
        definition.codes[link] = [str(one.get("code") or "") for one in item.get("code") or []]
        for option in item.get("answerOption") or []:
            coding = option.get("valueCoding") or {}
            weight = _weight(coding)
            weight = _weight(option) if weight is None else weight
            if weight is not None:
                definition.weights[link, str(coding.get("code") or "")] = weight
    return definition


def walk(items: list[Resource]) -> Iterator[Resource]:
    """Items, those below them, and those below their answers."""
    for item in items:
        yield item
        yield from walk(item.get("item") or [])
        for answer in item.get("answer") or []:
            yield from walk(answer.get("item") or [])


def _weight(holder: Mapping[str, Any]) -> float | None:
    for extension in holder.get("extension") or []:
        if str(extension.get("url", "")).endswith(WEIGHT_EXTENSIONS):
            value = extension.get("valueDecimal", extension.get("valueInteger"))
            return None if value is None else float(value)
    return None


def labels(instrument: Instrument) -> dict[str, float]:
    """Option labels of every language to codes, left out where one label has two codes."""
    found: dict[str, set[float]] = {}
    for text in instrument.texts.values():
        for name, words in text.options.items():
            for code, label in zip(instrument.option_sets[name].codes, words, strict=False):
                found.setdefault(fold(label), set()).add(float(code))
    return {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1}


def _candidates(item: Resource, definition: Definition) -> list[str]:
    """The names an item may be known by: its codes, its link, the end of its definition."""
    link = str(item.get("linkId") or "")
    names = [*definition.codes.get(link, []), link, link.strip("/").rsplit("/", 1)[-1]]
    if item.get("definition"):
        names.append(str(item["definition"]).rsplit("/", 1)[-1].rsplit("#", 1)[-1])
    return [name for name in names if name and not _NESTED.fullmatch(name)]


def _ignored(instrument: Instrument) -> set[str]:
    """Folded names of what is no question: totals, computed by whoever sent them."""
    codes = {fold(scale.loinc) for scale in instrument.scales if scale.loinc}
    return codes | {fold(scale.id) for scale in instrument.scales} | {fold(DIFFICULTY)}


def instrument_by_items(
    resource: Resource, catalogue: Catalogue, definition: Definition
) -> Instrument | None:
    """The smallest instrument that knows every question by code or name; None for none or many."""
    asked = [
        {fold(name) for name in _candidates(item, definition) if not name.strip("/").isdigit()}
        for item in walk(resource.get("item") or [])
        if not item.get("item")
    ]
    fitting = [
        one
        for one in catalogue.latest
        if any(names & one.names.keys() for names in asked)
        and all(names & one.names.keys() or names & _ignored(one) for names in asked)
    ]
    sizes = sorted({len(one.items) for one in fitting})
    smallest = [one for one in fitting if len(one.items) == sizes[0]]
    return smallest[0] if len(smallest) == 1 else None


def codes(
    resource: Resource,
    instrument: Instrument,
    definition: Definition,
    words: Mapping[str, float],
) -> dict[str, float | None]:
    """Codes by item id. Raises Unusable for a question the instrument lacks, one answered twice,
    and an answer that gives no code.
    """
    ignored = _ignored(instrument)
    found: dict[str, float | None] = {}
    for item in walk(resource.get("item") or []):
        answers = item.get("answer") or []
        names = _candidates(item, definition)
        folded = {fold(name) for name in names}
        item_id = _item_id(instrument, names)
        if item_id is None:
            if answers and not folded & ignored:
                raise Unusable(f"item: {item.get('linkId')!r:.40} is not in {instrument.id}")
            continue
        if found.get(item_id) is not None or len(answers) > 1:
            raise Unusable(f"item: {item_id} is answered twice")
        found[item_id] = None
        if answers:
            scored = instrument.by_id[item_id].scored
            found[item_id] = _code(answers[0], item, definition, words, needed=scored)
    return found


def _item_id(instrument: Instrument, names: list[str]) -> str | None:
    known = (instrument.names.get(fold(name)) for name in names)
    found = next((one for one in known if one is not None), None)
    if found is not None:
        return found
    places = (_PLACE.fullmatch(name) for name in names)
    return next((instrument.names.get(place[1].lstrip("0")) for place in places if place), None)


def _code(
    answer: Resource,
    item: Resource,
    definition: Definition,
    words: Mapping[str, float],
    *,
    needed: bool,
) -> float | None:
    for key in ("valueInteger", "valueDecimal", "valueBoolean"):
        if key in answer:
            return float(answer[key])
    if "valueQuantity" in answer:
        return float(answer["valueQuantity"]["value"])
    coding: Resource = answer.get("valueCoding") or {}
    text = str(coding.get("code") or answer.get("valueString") or "")
    known = definition.weights.get((str(item.get("linkId") or ""), text))
    label = words.get(fold(str(coding.get("display") or text)))
    candidates = (_weight(coding), _weight(answer), known, LOINC_ANSWERS.get(text), _number(text))
    for number in (*candidates, label):
        if number is not None:
            return float(number)
    if needed:
        raise Unusable(f"item: {item.get('linkId')!r:.40} has an answer that gives no code")
    return None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", text.strip()) else None
