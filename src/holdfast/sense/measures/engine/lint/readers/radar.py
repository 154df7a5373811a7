"""RADAR-base aRMT definitions: a JSON list of REDCap fields, one file per language.

`<name>_armt.json` is the English form, `<name>_armt_<language>.json` another; all files of one
form are one instrument. The format has no place for a licence, so a definition counts as
licensed when a field says so in words or a licence file lies beside it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from holdfast.sense.measures.engine.lint import conditions
from holdfast.sense.measures.engine.lint.conditions import Combine, Condition, number
from holdfast.sense.measures.engine.lint.languages import is_valid
from holdfast.sense.measures.engine.lint.model import (
    Finding,
    Formula,
    Item,
    Option,
    Questionnaire,
)
from holdfast.sense.measures.engine.lint.readers.files import (
    Source,
    encoding_findings,
    has_licence_file,
    parse_json,
    repeated_key_findings,
)

KINDS = {
    "radio": "choice",
    "matrix-radio": "choice",
    "dropdown": "choice",
    "checkbox": "multiple",
    "range": "number",
    "slider": "number",
    "text": "text",
    "notes": "text",
    "yesno": "yesno",
    "truefalse": "yesno",
    "calc": "computed",
}
LICENCE_WORDS = re.compile(r"licen[cs]|copyright|©|public domain|permission|lizenz", re.IGNORECASE)
_LANGUAGE_SUFFIX = re.compile(
    r"^(?P<form>.+?)_(?:armt|redcap)"
    r"(?:_(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})*))?$"
)


def is_radar(data: Any) -> bool:
    return (
        isinstance(data, list)
        and len(data) > 0
        and all(isinstance(row, dict) for row in data)
        and all("field_name" in row and "field_type" in row for row in data)
    )


def read(source: Source, root: Path) -> tuple[list[Questionnaire], list[Finding]]:
    data, repeats = parse_json(source.text)
    form, language = _form_and_language(source.path)
    findings = encoding_findings(source, language)
    findings += repeated_key_findings(source, repeats, language)
    items = [_item(row) for row in data]
    names = [form, *(str(row.get("form_name") or "") for row in data[:1])]
    words = " ".join(_words(row) for row in data)
    formulas = tuple(f for item in items if (f := item.formula) is not None)
    questionnaire = Questionnaire(
        file=source.name,
        group=f"radar:{source.path.parent.as_posix()}:{form.casefold()}",
        names=tuple(dict.fromkeys(n for n in names if n)),
        language=language,
        items=tuple(_with_headers(items)),
        stem=next((i.header for i in items if i.header), ""),
        formulas=formulas,
        licensed=bool(LICENCE_WORDS.search(words)) or has_licence_file(source.path.parent, root),
    )
    return [questionnaire], findings


def _form_and_language(path: Path) -> tuple[str, str]:
    match = _LANGUAGE_SUFFIX.match(path.stem)
    if match is not None:
        return match["form"], match["language"] or "en"
    form, _, language = path.stem.rpartition("_")
    if form and len(language) == 2 and is_valid(language):
        return form, language
    return path.stem, "en"


def _words(row: dict[str, Any]) -> str:
    keys = ("field_annotation", "field_note", "field_label", "section_header")
    return " ".join(str(row.get(key) or "") for key in keys)


def _item(row: dict[str, Any]) -> Item:
    raw_kind = str(row.get("field_type") or "")
    choices = row.get("select_choices_or_calculations")
    name = str(row.get("field_name") or "")
    kind = KINDS.get(raw_kind, "info")
    if kind == "number" and isinstance(choices, list) and len(choices) > 1:
        kind = "choice"  # a range drawn as labelled steps
    formula = None
    if kind == "computed" and isinstance(choices, str):
        formula = _formula(name, choices)
    return Item(
        id=name,
        text=_text(row.get("field_label")),
        kind=kind,
        options=_options(choices) if kind != "info" else (),
        condition=_condition(row),
        header=_text(row.get("section_header")),
        context=f"{row.get('branching_logic') or ''}|{row.get('evaluated_logic') or ''}",
        formula=formula,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _formula(name: str, expression: str) -> Formula | None:
    uses = tuple(re.findall(r"\[([A-Za-z_]\w*)\]", expression))
    return Formula(name=name, uses=uses, text=expression) if uses else None


def _options(choices: Any) -> tuple[Option, ...]:
    if isinstance(choices, str):  # REDCap's own form: "0, Never | 1, Sometimes"
        pairs = [part.partition(",") for part in choices.split("|") if part.strip()]
        return tuple(
            Option(code.strip(" "), label.strip(), number(code)) for code, _, label in pairs
        )
    if not isinstance(choices, list):
        return ()
    rows = [c for c in choices if isinstance(c, dict)]
    return tuple(
        Option(code := str(c.get("code", "")), str(c.get("label") or ""), number(code))
        for c in rows
    )


def _condition(row: dict[str, Any]) -> Condition | None:
    parts = [
        condition
        for key in ("branching_logic", "evaluated_logic")
        if (condition := conditions.parse(_text(row.get(key)))) is not None
    ]
    if len(parts) > 1:
        broken = [p for p in parts if isinstance(p, conditions.Unread) and p.broken]
        return broken[0] if broken else Combine("and", tuple(parts))
    return parts[0] if parts else None


def _with_headers(items: list[Item]) -> list[Item]:
    """A header holds until the next one: it sets equal texts of two blocks apart."""
    header = ""
    placed = []
    for item in items:
        header = item.header or header
        placed.append(replace(item, context=f"{header}|{item.context}"))
    return placed
