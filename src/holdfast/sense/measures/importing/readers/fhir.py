"""FHIR R4 QuestionnaireResponses: in a Bundle, alone, in a list, or one a line (bulk export).

Patients and Questionnaires in the same file are read first and used to name people and to turn
links and codes into items and numbers; other resources are left alone.
https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import ijson

from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument, fold
from holdfast.sense.measures.importing.readers.csv import open_text
from holdfast.sense.measures.importing.records import Answers, Entry, ImportFault, Person, refused

Resource = dict[str, Any]

#: LOINC's answer list LL358-3, used by PHQ and GAD items (https://loinc.org/LL358-3).
LOINC_FREQUENCY = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
#: Extensions that carry an option's number, by the end of their address.
WEIGHT_EXTENSIONS = ("/ordinalValue", "/itemWeight", "/questionnaire-ordinalValue")
FINISHED = {"completed", "amended"}


class _Unusable(Exception):
    """A response that cannot be used, with the reason."""


def resources(path: Path) -> Iterator[tuple[int, Resource]]:
    """(line or 1-based place, resource) of everything in the file, one at a time."""
    try:
        if {".ndjson", ".jsonl"} & set(path.suffixes):
            yield from _lines(path)
        else:
            yield from _document(path)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ImportFault(f"{path}: not readable as JSON: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, Resource]]:
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                resource = json.loads(line)
            except ValueError:
                yield number, {"resourceType": "", "reason": "not JSON"}
                continue
            yield number, resource if isinstance(resource, dict) else {"resourceType": ""}


def _document(path: Path) -> Iterator[tuple[int, Resource]]:
    prefix = _where(path)
    with open_text(path) as file:
        for number, resource in enumerate(ijson.items(file, prefix, use_float=True), start=1):
            if isinstance(resource, dict):
                yield number, resource


def _where(path: Path) -> str:
    """Where the resources stand: a bundle's entries, a list's elements, or the document itself."""
    with open_text(path) as file:
        for prefix, event, value in ijson.parse(file):
            if prefix == "" and event == "start_array":
                return "item"
            if prefix == "entry" and event == "start_array":
                return "entry.item.resource"
            if prefix == "resourceType" and value != "Bundle":
                return ""
    return "entry.item.resource"


@dataclass
class _Definition:
    """What a Questionnaire resource tells of its items."""

    names: list[str]
    codes: dict[str, list[str]] = field(default_factory=dict)
    weights: dict[tuple[str, str], float] = field(default_factory=dict)


def read(path: Path, catalogue: Catalogue) -> Iterator[Entry]:
    """Entries of the QuestionnaireResponses, in file order. Raises ImportFault for no JSON."""
    patients: dict[str, Person] = {}
    definitions: dict[str, _Definition] = {}
    for _, resource in resources(path):
        if resource.get("resourceType") == "Patient":
            patients[str(resource.get("id", ""))] = _patient(resource)
        elif resource.get("resourceType") == "Questionnaire":
            definition = _definition(resource)
            for key in (resource.get("url"), resource.get("id")):
                if key:
                    definitions[str(key)] = definition
    reader = _Reader(catalogue, patients, definitions)
    for number, resource in resources(path):
        if resource.get("resourceType") == "QuestionnaireResponse":
            yield reader.entry(number, resource)
        elif not resource.get("resourceType"):
            yield refused(number, str(resource.get("reason", "not a FHIR resource")))


def _patient(resource: Resource) -> Person:
    name: Resource = next(iter(resource.get("name") or []), {})
    spoken = name.get("text") or " ".join([*(name.get("given") or []), name.get("family") or ""])
    sex = resource.get("gender")
    address: Resource = next(iter(resource.get("address") or []), {})
    country = str(address.get("country", ""))
    return Person(
        external_id=f"fhir:{resource.get('id', '')}",
        name=spoken.strip(),
        sex=sex if sex in {"female", "male"} else "",
        country=country if len(country) == 2 else "",
    )


def _definition(resource: Resource) -> _Definition:
    names = [str(resource.get(key, "")) for key in ("name", "title", "id")]
    names += [str(code.get("code", "")) for code in resource.get("code") or []]
    definition = _Definition([name for name in names if name])
    for item in _walk(resource.get("item") or []):
        link = str(item.get("linkId", ""))
        definition.codes[link] = [str(code.get("code", "")) for code in item.get("code") or []]
        for option in item.get("answerOption") or []:
            coding = option.get("valueCoding") or {}
            weight = _weight(coding) if _weight(coding) is not None else _weight(option)
            if weight is not None:
                definition.weights[link, str(coding.get("code", ""))] = weight
    return definition


def _walk(items: list[Resource]) -> Iterator[Resource]:
    for item in items:
        yield item
        yield from _walk(item.get("item") or [])
        for answer in item.get("answer") or []:
            yield from _walk(answer.get("item") or [])


def _weight(holder: Mapping[str, Any]) -> float | None:
    for extension in holder.get("extension") or []:
        if str(extension.get("url", "")).endswith(WEIGHT_EXTENSIONS):
            value = extension.get("valueDecimal", extension.get("valueInteger"))
            return None if value is None else float(value)
    return None


class _Reader:
    def __init__(
        self,
        catalogue: Catalogue,
        patients: Mapping[str, Person],
        definitions: Mapping[str, _Definition],
    ) -> None:
        self.catalogue = catalogue
        self.patients = patients
        self.definitions = definitions
        self.panels = {one.loinc.panel: one for one in catalogue.latest if one.loinc}
        self.labels = {one.id: _labels(one) for one in catalogue.latest}

    def entry(self, number: int, resource: Resource) -> Entry:
        try:
            return self._entry(number, resource)
        except _Unusable as error:
            return refused(number, str(error))
        except (AttributeError, TypeError):
            return refused(number, "the resource does not have the shape FHIR gives it")

    def _entry(self, number: int, resource: Resource) -> Entry:
        status = resource.get("status")
        if status not in FINISHED:
            raise _Unusable(f"status: {status!r:.20}, expected completed or amended")
        person = self._person(resource)
        definition = self._definition_of(resource)
        instrument = self._instrument(resource, definition)
        items = dict(self._items(resource, instrument, definition))
        if all(value is None for value in items.values()):
            raise _Unusable("item: no answer")
        answers = Answers(
            instrument=instrument.id,
            at=_instant(resource.get("authored")),
            language=str(resource.get("language", "en")),
            items=items,
            key=str(resource.get("id", "")),
        )
        return Entry(number, person, (answers,))

    def _person(self, resource: Resource) -> Person:
        reference = str((resource.get("subject") or {}).get("reference", ""))
        identifier = reference.rsplit("/", 1)[-1].removeprefix("urn:uuid:")
        if not identifier:
            raise _Unusable("subject: no reference to a person")
        return self.patients.get(identifier) or Person(external_id=f"fhir:{identifier}")

    def _definition_of(self, resource: Resource) -> _Definition:
        address = str(resource.get("questionnaire", "")).split("|")[0]
        found = self.definitions.get(address) or self.definitions.get(address.rsplit("/", 1)[-1])
        return found or _Definition([])

    def _instrument(self, resource: Resource, definition: _Definition) -> Instrument:
        address = str(resource.get("questionnaire", "")).split("|")[0]
        for name in (address.rstrip("/").rsplit("/", 1)[-1], *definition.names):
            if name in self.panels:
                return self.panels[name]
            try:
                return self.catalogue.get(name)
            except UnknownInstrument:
                continue
        by_items = self._by_items(resource, definition)
        if by_items is None:
            raise _Unusable(f"questionnaire: {address!r:.80} is no instrument at hand")
        return by_items

    def _by_items(self, resource: Resource, definition: _Definition) -> Instrument | None:
        """The one instrument that knows every answered item by its code or link."""
        links = [
            _candidates(item, definition)
            for item in _walk(resource.get("item") or [])
            if item.get("answer")
        ]
        fitting = [
            one
            for one in self.catalogue.latest
            if links
            and all(
                any(fold(name) in one.names for name in names if "-" in name) for names in links
            )
        ]
        exact = [one for one in fitting if len(one.items) - len(links) in (0, 1)]
        chosen = exact or fitting
        return chosen[0] if len(chosen) == 1 else None

    def _items(
        self, resource: Resource, instrument: Instrument, definition: _Definition
    ) -> Iterator[tuple[str, float | None]]:
        totals = {fold(scale.loinc) for scale in instrument.scales if scale.loinc}
        seen: set[str] = set()
        for item in _walk(resource.get("item") or []):
            answers = item.get("answer") or []
            names = [fold(name) for name in _candidates(item, definition)]
            item_id = next((instrument.names[n] for n in names if n in instrument.names), None)
            if item_id is None:
                if answers and not totals & set(names):
                    raise _Unusable(f"item: {item.get('linkId')!r:.40} is not in {instrument.id}")
                continue
            if item_id in seen or len(answers) > 1:
                raise _Unusable(f"item: {item_id} is answered twice")
            seen.add(item_id)
            yield item_id, self._code(answers[0], item, instrument, definition) if answers else None

    def _code(
        self,
        answer: Resource,
        item: Resource,
        instrument: Instrument,
        definition: _Definition,
    ) -> float:
        for key in ("valueInteger", "valueDecimal", "valueBoolean"):
            if key in answer:
                return float(answer[key])
        coding = answer.get("valueCoding") or {}
        text = str(coding.get("code", answer.get("valueString", "")))
        weight = _weight(coding) if _weight(coding) is not None else _weight(answer)
        known = definition.weights.get((str(item.get("linkId", "")), text))
        for number in (weight, known, LOINC_FREQUENCY.get(text), _number(text)):
            if number is not None:
                return float(number)
        label = fold(str(coding.get("display", text)))
        if label in self.labels.get(instrument.id, {}):
            return self.labels[instrument.id][label]
        raise _Unusable(f"item: {item.get('linkId')!r:.40} has an answer that gives no code")


def _labels(instrument: Instrument) -> dict[str, float]:
    """Option labels of every language to codes, left out where one label has two codes."""
    found: dict[str, set[float]] = {}
    for text in instrument.texts.values():
        for name, labels in text.options.items():
            for code, label in zip(instrument.option_sets[name].codes, labels, strict=False):
                found.setdefault(fold(label), set()).add(float(code))
    return {label: next(iter(codes)) for label, codes in found.items() if len(codes) == 1}


def _candidates(item: Resource, definition: _Definition) -> list[str]:
    """The names an item may be known by: its codes, its link, the end of its definition."""
    link = str(item.get("linkId", ""))
    names = [*definition.codes.get(link, []), link, link.strip("/").rsplit("/", 1)[-1]]
    if item.get("definition"):
        names.append(str(item["definition"]).rsplit("/", 1)[-1].rsplit("#", 1)[-1])
    return [name for name in names if name]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _instant(value: object) -> datetime:
    if not value:
        raise _Unusable("authored: no time")
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise _Unusable(f"authored: {str(value)!r:.40} is no instant or date") from None
    if len(str(value)) == len("2020-01-31"):
        at = datetime.combine(at, time(12), tzinfo=UTC)
    if at.tzinfo is None:
        raise _Unusable("authored: a time without its offset")
    return at
