"""FHIR R4 QuestionnaireResponses: in a Bundle, alone, in a list, or one a line (bulk export).

Patients and Questionnaires in the same file are read first and used to name people and to turn
links and codes into items and numbers; other resources are left alone.
https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ijson

from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.importing.readers import fhir_items
from holdfast.sense.measures.importing.readers.fhir_items import Definition, Resource, Unusable
from holdfast.sense.measures.importing.records import (
    Answers,
    Entry,
    ImportFault,
    Person,
    opened,
    refused,
)
from holdfast.sense.measures.importing.scratch import Scratch

FINISHED = {"completed", "amended"}
_BOM = b"\xef\xbb\xbf"


def read(path: Path, catalogue: Catalogue, time_zone: str) -> Iterator[Entry]:
    """Entries of the QuestionnaireResponses, in file order.

    A date without a time is noon in `time_zone`. Raises ImportFault for a file that is no JSON or
    holds nothing of FHIR.
    """
    with Scratch() as people:
        definitions, found = _collect(path, people)
        if not found:
            raise ImportFault(f"{path}: there is no FHIR resource in it")
        reader = _Reader(catalogue, people, definitions, ZoneInfo(time_zone))
        for number, _, resource in resources(path):
            kind = resource.get("resourceType")
            if kind == "QuestionnaireResponse":
                yield reader.entry(number, resource)
            elif not isinstance(kind, str) or not kind:
                yield refused(number, str(resource.get("reason", "not a FHIR resource")))


def resources(path: Path) -> Iterator[tuple[int, str, Resource]]:
    """(line or 1-based place, full address, resource) of all in the file, one at a time."""
    try:
        if {".ndjson", ".jsonl"} & set(path.suffixes):
            yield from _lines(path)
        else:
            yield from _document(path)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ImportFault(f"{path}: not readable as JSON: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, str, Resource]]:
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                resource = json.loads(line.removeprefix(_BOM))
            except ValueError:
                resource = {"reason": "not JSON"}
            yield number, "", resource if isinstance(resource, dict) else {}


def _document(path: Path) -> Iterator[tuple[int, str, Resource]]:
    prefix = _where(path)
    with opened(path) as file:
        if file.read(len(_BOM)) != _BOM:
            file.seek(0)
        found = ijson.items(file, prefix, use_float=True, multiple_values=True)
        for number, one in enumerate(found, start=1):
            if prefix != "entry.item":
                yield number, "", one if isinstance(one, dict) else {}
            elif isinstance(one, dict) and isinstance(one.get("resource"), dict):
                yield number, str(one.get("fullUrl") or ""), one["resource"]


def _where(path: Path) -> str:
    """Where the resources stand: a bundle's entries, a list's elements, or the document itself."""
    with opened(path) as file:
        if file.read(len(_BOM)) != _BOM:
            file.seek(0)
        for prefix, event, value in ijson.parse(file, multiple_values=True):
            if prefix == "" and event == "start_array":
                return "item"
            if prefix == "entry" and event == "start_array":
                return "entry.item"
            if prefix == "resourceType" and value != "Bundle":
                return ""
    return "entry.item"


def _collect(path: Path, people: Scratch) -> tuple[dict[str, Definition], bool]:
    """Keep the file's Patients, return its Questionnaires and whether it holds any resource."""
    definitions: dict[str, Definition] = {}
    found = False
    for number, address, resource in resources(path):
        kind = resource.get("resourceType")
        found = found or (isinstance(kind, str) and kind != "")
        try:
            if kind == "Patient":
                person = json.dumps(asdict(_patient(resource, address)))
                for name in {str(resource.get("id") or ""), address} - {""}:
                    people.put("patient", name, person)
            elif kind == "Questionnaire":
                definition = fhir_items.definition_of(resource)
                for key in (resource.get("url"), resource.get("id"), address):
                    if key:
                        definitions[str(key)] = definition
        except (AttributeError, TypeError, ValueError):
            where = f"{path}: resource {number}"
            raise ImportFault(f"{where}: the {kind} does not have the shape of FHIR") from None
    return definitions, found


def _patient(resource: Resource, address: str = "") -> Person:
    name: Resource = next(iter(resource.get("name") or []), {})
    spoken = name.get("text") or " ".join([*(name.get("given") or []), name.get("family") or ""])
    sex = resource.get("gender")
    home: Resource = next(iter(resource.get("address") or []), {})
    country = str(home.get("country") or "")
    return Person(
        external_id=f"fhir:{resource.get('id') or address.removeprefix('urn:uuid:')}",
        name=spoken.strip(),
        sex=sex if sex in {"female", "male", "other"} else "",
        country=country if len(country) == 2 and country.isupper() else "",
    )


class _Reader:
    def __init__(
        self,
        catalogue: Catalogue,
        people: Scratch,
        definitions: Mapping[str, Definition],
        zone: ZoneInfo,
    ) -> None:
        self.catalogue = catalogue
        self.people = people
        self.definitions = definitions
        self.zone = zone
        self.panels = {one.loinc.panel: one for one in catalogue.latest if one.loinc}
        self.labels = {one.id: fhir_items.labels(one) for one in catalogue.latest}

    def entry(self, number: int, resource: Resource) -> Entry:
        try:
            return self._entry(number, resource)
        except Unusable as error:
            return refused(number, str(error))
        except (AttributeError, TypeError, ValueError):
            return refused(number, "the resource does not have the shape FHIR gives it")

    def _entry(self, number: int, resource: Resource) -> Entry:
        status = resource.get("status")
        if status not in FINISHED:
            raise Unusable(f"status: {status!r:.20}, expected completed or amended")
        person = self._person(resource)
        definition = self._definition_of(resource)
        instrument = self._instrument(resource, definition)
        items = fhir_items.codes(resource, instrument, definition, self.labels[instrument.id])
        if all(value is None for value in items.values()):
            raise Unusable("item: no answer")
        answers = Answers(
            instrument=instrument.id,
            version=instrument.version,
            at=_instant(resource.get("authored"), self.zone),
            language=str(resource.get("language") or "en"),
            items=items,
            key=str(resource.get("id") or ""),
        )
        return Entry(number, person, (answers,))

    def _person(self, resource: Resource) -> Person:
        subject: Resource = resource.get("subject") or {}
        reference = str(subject.get("reference") or "")
        if reference.startswith("#"):
            inside = _contained(resource, "Patient", reference[1:])
            identifier = (inside.get("identifier") or [{}])[0].get("value") if inside else None
            if inside is None or not identifier:
                raise Unusable("subject: a contained person without an identifier")
            return _patient(inside | {"id": identifier})
        named = str((subject.get("identifier") or {}).get("value") or "")
        identifier = reference.split("/_history/")[0].rsplit("/", 1)[-1] or named
        if not identifier:
            raise Unusable("subject: no reference to a person")
        kept = self.people.get("patient", reference) or self.people.get("patient", identifier)
        if kept is not None:
            return Person(**json.loads(kept))
        return Person(external_id=f"fhir:{identifier.removeprefix('urn:uuid:')}")

    def _definition_of(self, resource: Resource) -> Definition:
        address = str(resource.get("questionnaire") or "").split("|")[0]
        if address.startswith("#"):
            inside = _contained(resource, "Questionnaire", address[1:])
            return fhir_items.definition_of(inside) if inside else Definition([])
        found = self.definitions.get(address) or self.definitions.get(address.rsplit("/", 1)[-1])
        return found or Definition([])

    def _instrument(self, resource: Resource, definition: Definition) -> Instrument:
        address, _, version = str(resource.get("questionnaire") or "").partition("|")
        for name in (address.strip("/#").rsplit("/", 1)[-1], *definition.names):
            found = self.panels.get(name) or self._by_name(name)
            if found is not None:
                return self._by_name(found.id, version) or found
        by_items = fhir_items.instrument_by_items(resource, self.catalogue, definition)
        if by_items is None:
            raise Unusable(f"questionnaire: {address!r:.80} is no instrument at hand")
        return by_items

    def _by_name(self, name: str, version: str = "") -> Instrument | None:
        try:
            return self.catalogue.get(name, version or None)
        except UnknownInstrument:
            return None


def _contained(resource: Resource, kind: str, name: str) -> Resource | None:
    for one in resource.get("contained") or []:
        if one.get("resourceType") == kind and str(one.get("id", "")).lstrip("#") == name:
            found: Resource = one
            return found
    return None


def _instant(value: Any, zone: ZoneInfo) -> datetime:
    if not value:
        raise Unusable("authored: no time")
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise Unusable(f"authored: {str(value)!r:.40} is no instant or date") from None
    if len(str(value)) == len("2020-01-31"):
        return datetime.combine(at, time(12), tzinfo=zone)
    if at.tzinfo is None:
        raise Unusable("authored: a time without its offset")
    return at
