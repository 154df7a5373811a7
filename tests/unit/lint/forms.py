"""A small invented questionnaire, sound in two languages, and writers for the four formats.

Tests change one thing of it and expect exactly the findings of that fault.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ITEMS = {
    "q1": {
        "en": "I slept well in my tent",
        "de": "Ich habe gut in meinem Zelt geschlafen",
    },
    "q2": {
        "en": "The garden felt far too noisy",
        "de": "Der Garten war mir viel zu laut",
    },
    "q3": {
        "en": "My boots were wet in the morning",
        "de": "Meine Stiefel waren am Morgen nass",
    },
    "q4": {
        "en": "The kettle took a long time to boil",
        "de": "Der Kessel brauchte lange, bis er kochte",
    },
}
STEM = {
    "en": "Over the last 2 weeks, how often did this happen?",
    "de": "Wie oft kam das in den letzten zwei Wochen vor?",
}
LABELS = {
    "en": ["Never", "Sometimes", "Often", "Always"],
    "de": ["Nie", "Manchmal", "Oft", "Immer"],
}


@dataclass
class Form:
    """`options[language][item]` are (code, label) pairs; `shown_if[item]` is (item, code)."""

    name: str = "tent_comfort"
    stem: dict[str, str] = field(default_factory=lambda: dict(STEM))
    items: dict[str, dict[str, str]] = field(default_factory=lambda: deepcopy(ITEMS))
    options: dict[str, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    shown_if: dict[str, tuple[str, str]] = field(default_factory=dict)
    total: list[str] = field(default_factory=lambda: ["q1", "q2", "q3", "q4"])
    highest: int = 12
    licensed: bool = True
    order: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.options = self.options or {
            language: {
                item: [(str(code), label) for code, label in enumerate(labels)]
                for item in self.items
            }
            for language, labels in LABELS.items()
        }
        self.order = self.order or list(self.items)

    @property
    def languages(self) -> list[str]:
        return list(self.stem)


def _total(form: Form, language: str) -> list[str]:
    """What a file of one language adds up: not the items this language lacks."""
    return [i for i in form.total if i not in form.items or language in form.items[i]]


def write_radar(form: Form, folder: Path) -> None:
    folder = folder / form.name
    folder.mkdir(parents=True, exist_ok=True)
    for language in form.languages:
        rows = [
            _radar_row(form, item, language) for item in form.order if language in form.items[item]
        ]
        rows[0]["section_header"] = form.stem[language]
        calculation = _radar_blank(form, "total", "calc")
        calculation["select_choices_or_calculations"] = "+".join(
            f"[{i}]" for i in _total(form, language)
        )
        suffix = "" if language == "en" else f"_{language}"
        _dump(folder / f"{form.name}_armt{suffix}.json", [*rows, calculation])


def _radar_row(form: Form, item: str, language: str) -> dict[str, Any]:
    row = _radar_blank(form, item, "radio")
    row["field_label"] = form.items[item][language]
    row["select_choices_or_calculations"] = [
        {"code": code, "label": label} for code, label in form.options[language][item]
    ]
    if item in form.shown_if:
        other, code = form.shown_if[item]
        row["branching_logic"] = f"[{other}]='{code}'"
        row["evaluated_logic"] = f"responses['{other}'] == '{code}'"
    return row


def _radar_blank(form: Form, name: str, kind: str) -> dict[str, Any]:
    return {
        "field_name": name,
        "form_name": form.name,
        "section_header": "",
        "field_type": kind,
        "field_label": "",
        "select_choices_or_calculations": [],
        "field_annotation": "Licence: CC0, tests" if form.licensed else "",
        "branching_logic": "",
        "evaluated_logic": "",
    }


def write_fhir(form: Form, folder: Path) -> None:
    """One resource per language, equal `url`."""
    for language in form.languages:
        items = [_fhir_item(form, i, language) for i in form.order if language in form.items[i]]
        steps = [
            f"%resource.item.where(linkId='{i}').answer.value.ordinal()"
            for i in _total(form, language)
        ]
        score = {
            "linkId": "total",
            "type": "decimal",
            "text": "Total",
            "extension": [
                {
                    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
                    "sdc-questionnaire-calculatedExpression",
                    "valueExpression": {
                        "language": "text/fhirpath",
                        "expression": " + ".join(steps),
                    },
                },
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/maxValue",
                    "valueInteger": form.highest,
                },
            ],
        }
        resource = {
            "resourceType": "Questionnaire",
            "url": f"http://example.org/Questionnaire/{form.name}",
            "language": language,
            "status": "active",
            "item": [
                {"linkId": "intro", "type": "display", "text": form.stem[language]},
                *items,
                score,
            ],
        }
        if form.licensed:
            resource["copyright"] = "CC0"
        _dump(folder / f"{form.name}-{language}.json", resource)


def _fhir_item(form: Form, item: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "linkId": item,
        "type": "choice",
        "text": form.items[item][language],
        "answerOption": [
            {
                "valueCoding": {"code": f"a{code}", "display": label},
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                        "valueDecimal": float(code),
                    }
                ],
            }
            for code, label in form.options[language][item]
        ],
    }
    if item in form.shown_if:
        other, code = form.shown_if[item]
        coding = {"code": f"a{code}"}
        found["enableWhen"] = [{"question": other, "operator": "=", "answerCoding": coding}]
    return found


def write_reproschema(form: Form, folder: Path) -> None:
    """Codes are one per answer for all languages, so only labels can differ between them."""
    base = folder / form.name
    (base / "items").mkdir(parents=True, exist_ok=True)
    properties = []
    for item in form.order:
        visible: Any = True
        if item in form.shown_if:
            other, code = form.shown_if[item]
            visible = f"{other} == {code}"
        properties.append({"variableName": item, "isAbout": f"items/{item}", "isVis": visible})
        codes = [code for code, _ in form.options[form.languages[0]][item]]
        choices = [
            {
                "value": int(code) if code.isdigit() else code,
                "name": {
                    language: dict(form.options[language][item])[code]
                    for language in form.languages
                    if code in dict(form.options[language].get(item, []))
                },
            }
            for code in codes
        ]
        _dump(
            base / "items" / item,
            {
                "category": "Item",
                "id": item,
                "question": form.items[item],
                "ui": {"inputType": "radio"},
                "responseOptions": {"choices": choices, "multipleChoice": False},
            },
        )
    _dump(
        base / "items" / "total",
        {
            "category": "Item",
            "id": "total",
            "ui": {"inputType": "number", "readonlyValue": True},
            "responseOptions": {"minValue": 0, "maxValue": form.highest},
        },
    )
    properties.append({"variableName": "total", "isAbout": "items/total", "isVis": False})
    activity = {
        "category": "Activity",
        "id": f"{form.name}_schema",
        "preamble": form.stem,
        "ui": {
            "addProperties": properties,
            "order": [f"items/{i}" for i in dict.fromkeys(form.order)],
        },
        "compute": [{"variableName": "total", "jsExpression": " + ".join(form.total)}],
    }
    if form.licensed:
        activity["citation"] = {"en": "https://example.org"}
    _dump(base / f"{form.name}_schema", activity)


def write_pack(form: Form, folder: Path) -> None:
    first = form.languages[0]
    data: dict[str, Any] = {
        "id": form.name,
        "version": "1.0.0",
        "title": form.name,
        "recall": "P2W",
        "option_sets": {
            f"set_{item}": [_code(code) for code, _ in form.options[first][item]]
            for item in form.items
        },
        "items": [
            {"id": item, "options": f"set_{item}"}
            | (
                {
                    "show_if": {
                        "item": form.shown_if[item][0],
                        "at_least": int(form.shown_if[item][1]),
                    }
                }
                if item in form.shown_if
                else {}
            )
            for item in form.order
        ],
        "scales": [
            {"id": "total", "items": form.total, "method": "sum", "range": [0, form.highest]}
        ],
        "texts": {
            language: {
                "stem": form.stem[language],
                "items": {i: t[language] for i, t in form.items.items() if language in t},
                "options": {
                    f"set_{item}": [label for _, label in form.options[language].get(item, [])]
                    for item in form.items
                },
            }
            for language in form.languages
        },
    }
    if form.licensed:
        data["licence"] = {"name": "CC0"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{form.name}-1.0.0.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def _code(code: str) -> int | str:
    return int(code) if code.strip().isdigit() and code == code.strip() else code


def _dump(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")


WRITERS = {
    "radar": write_radar,
    "fhir": write_fhir,
    "reproschema": write_reproschema,
    "pack": write_pack,
}
