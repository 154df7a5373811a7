"""A person's record as a FHIR R4 bundle (hl7.org/fhir/R4), written piece by piece.

Questionnaires with their wording and codes, responses, scores as Observations (LOINC where the
pack has a code), medications, life events, flags, and what other capabilities register in
`core.leaving.copies`. References are `urn:uuid:` within the bundle.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from holdfast.core.leaving import copies
from holdfast.core.leaving.copies import instant as _instant
from holdfast.core.leaving.copies import subject as _subject
from holdfast.core.tenancy.models import Client
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import packs, queries
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument, Item, Text
from holdfast.sense.measures.models import Response, Score

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SURVEY = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "survey",
        }
    ]
}
CHUNK = 500


def bundle(client: Client, now: datetime) -> Iterator[bytes]:
    """The bundle's JSON in pieces; memory stays flat over long records."""
    head = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(now),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{client.pk}"},
    }
    yield orjson.dumps(head)[:-1] + b',"entry":['
    first = True
    for resource in _resources(client):
        entry = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
        yield (b"" if first else b",") + orjson.dumps(entry)
        first = False
    yield b"]}"


def _resources(client: Client) -> Iterator[dict[str, Any]]:
    yield {
        "resourceType": "Patient",
        "id": str(client.pk),
        **({"name": [{"text": client.display_name}]} if client.display_name else {}),
        **({"gender": client.sex} if client.sex in {"female", "male", "other"} else {}),
    }
    used = Response.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    releases = used.values_list("instrument", "version").distinct().order_by("instrument")
    known: dict[tuple[str, str], Instrument] = {}
    for name, version in releases:
        try:
            instrument = packs.catalogue().get(name, version)
        except UnknownInstrument:
            continue
        known[name, version] = instrument
        for language, text in instrument.texts.items():
            yield _questionnaire(instrument, language, text)
    yield from _responses(client, known)
    for medication in queries.medications(client.practice_id, client.pk):
        yield _medication(client, queries.medication_view(medication))
    for event in queries.life_events(client.practice_id, client.pk):
        yield _event(client, queries.event_view(event))
    for flag in flags.statuses(client.practice_id, client.pk):
        yield _flag(client, flag)
    yield from copies.resources(client)


def questionnaire_url(instrument: Instrument, language: str) -> str:
    """The canonical address of one version in one language."""
    return f"urn:holdfast:instrument:{instrument.id}:{language}|{instrument.version}"


def _questionnaire(instrument: Instrument, language: str, text: Text) -> dict[str, Any]:
    url, _, version = questionnaire_url(instrument, language).partition("|")
    return {
        "resourceType": "Questionnaire",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{url}|{version}")),
        "url": url,
        "version": version,
        "status": "active",
        "language": language,
        "title": text.title or instrument.title,
        "copyright": instrument.credit,
        **({"description": text.stem} if text.stem else {}),
        **({"code": [_loinc(instrument.loinc.panel)]} if instrument.loinc else {}),
        "item": [
            _item(instrument, item, text) for item in instrument.items if item.id in text.items
        ],
    }


def _loinc(code: str) -> dict[str, str]:
    return {"system": LOINC, "code": code}


def _item(instrument: Instrument, item: Item, text: Text) -> dict[str, Any]:
    options = instrument.option_sets[item.options]
    made: dict[str, Any] = {
        "linkId": item.id,
        "text": text.items[item.id],
        "type": "decimal" if options.is_slider else "choice",
        **({"code": [_loinc(item.loinc)]} if item.loinc else {}),
    }
    if not options.is_slider:
        labels = text.options.get(item.options, ())
        made["answerOption"] = [
            {"valueCoding": {"code": str(code), "display": label}}
            for code, label in zip(options.codes, labels, strict=False)
        ]
    return made


def _responses(
    client: Client, known: dict[tuple[str, str], Instrument]
) -> Iterator[dict[str, Any]]:
    rows = Response.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    for response in rows.order_by("answered_at", "id").iterator(chunk_size=CHUNK):
        instrument = known.get((response.instrument, response.version))
        yield _questionnaire_response(client, response, instrument)
    scores = Score.objects.filter(practice_id=client.practice_id, client_id=client.pk)
    for score in (
        scores.select_related("response").order_by("answered_at", "id").iterator(chunk_size=CHUNK)
    ):
        instrument = known.get((score.instrument, score.response.version))
        yield _observation(client, score, instrument)


def _questionnaire_response(
    client: Client, response: Response, instrument: Instrument | None
) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for name, code in response.answers.items():
        item: dict[str, Any] = {"linkId": name}
        if code is not None:
            item["answer"] = [_answer(instrument, name, code)]
        items.append(item)
    url = (
        questionnaire_url(instrument, response.language)
        if instrument
        else f"urn:holdfast:instrument:{response.instrument}|{response.version}"
    )
    return {
        "resourceType": "QuestionnaireResponse",
        "id": str(response.pk),
        "questionnaire": url,
        "status": "completed",
        "subject": _subject(client),
        "authored": _instant(response.answered_at),
        "item": items,
    }


def _answer(instrument: Instrument | None, name: str, code: float) -> dict[str, Any]:
    known = instrument is not None and name in instrument.by_id
    if known and instrument is not None and not instrument.options_of(name).is_slider:
        return {"valueCoding": {"code": f"{code:g}"}}
    return {"valueDecimal": code}


def _observation(client: Client, score: Score, instrument: Instrument | None) -> dict[str, Any]:
    scale = None
    if instrument is not None:
        scale = next((one for one in instrument.scales if one.id == score.scale), None)
    coding = [_loinc(scale.loinc)] if scale and scale.loinc else []
    coding.append({"system": "urn:holdfast:scale", "code": f"{score.instrument}:{score.scale}"})
    return {
        "resourceType": "Observation",
        "id": str(score.pk),
        "status": "final",
        "category": [SURVEY],
        "code": {"coding": coding},
        "subject": _subject(client),
        "effectiveDateTime": _instant(score.answered_at),
        "valueQuantity": {"value": score.value, "system": UCUM, "code": "{score}"},
        "derivedFrom": [{"reference": f"urn:uuid:{score.response_id}"}],
        **({"interpretation": [{"text": score.band}]} if score.band else {}),
    }


def _medication(client: Client, medication: queries.MedicationView) -> dict[str, Any]:
    period = {
        name: day.isoformat()
        for name, day in (("start", medication.started_on), ("end", medication.ended_on))
        if day is not None
    }
    dosage: dict[str, Any] = {}
    if medication.dose is not None:
        quantity: dict[str, Any] = {"value": medication.dose}
        if medication.unit:
            quantity["unit"] = medication.unit
        dosage["doseAndRate"] = [{"doseQuantity": quantity}]
    if medication.frequency:
        dosage["text"] = medication.frequency
    return {
        "resourceType": "MedicationStatement",
        "id": str(medication.id),
        "status": "completed" if medication.ended_on else "active",
        "medicationCodeableConcept": {"text": medication.name},
        "subject": _subject(client),
        **({"effectivePeriod": period} if period else {}),
        **({"dosage": [dosage]} if dosage else {}),
    }


def _event(client: Client, event: queries.EventView) -> dict[str, Any]:
    """A life event as an observation: R4 has no resource of its own for one."""
    period = {"start": _instant(event.at)}
    if event.end is not None:
        period["end"] = _instant(event.end)
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": str(event.id),
        "status": "final",
        "code": {
            "coding": [{"system": "urn:holdfast:event", "code": event.kind}],
            "text": event.label,
        },
        "subject": _subject(client),
        "effectivePeriod": period,
    }
    if event.dose is not None:
        made["valueQuantity"] = {"value": event.dose, "unit": event.unit or "1"}
    return made


def _flag(client: Client, flag: flags.FlagStatus) -> dict[str, Any]:
    period = {"start": _instant(flag.answered_at)}
    if flag.closed_at is not None:
        period["end"] = _instant(max(flag.closed_at, flag.answered_at))
    return {
        "resourceType": "Flag",
        "id": str(flag.id),
        "status": "inactive" if flag.state == "closed" else "active",
        "code": {
            "coding": [{"system": "urn:holdfast:flag-reason", "code": flag.reason}],
            "text": flag.level,
        },
        "subject": _subject(client),
        "period": period,
    }
