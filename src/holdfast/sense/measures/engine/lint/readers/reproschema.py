"""ReproSchema activities: a folder with an activity file, one file per item, shared choices.

Texts are maps of language to words, so one activity gives one questionnaire per language.
Both the 1.0.0 form (`id`, `category`) and the older one (`@id`, `@type`) are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.sense.measures.engine.lint import conditions
from holdfast.sense.measures.engine.lint.conditions import Constant, Unread, number
from holdfast.sense.measures.engine.lint.model import (
    Finding,
    Formula,
    Item,
    Option,
    Questionnaire,
)
from holdfast.sense.measures.engine.lint.readers.files import (
    Repeats,
    Source,
    encoding_findings,
    has_licence_file,
    parse_json,
    read_source,
    repeated_key_findings,
)

CHOICE_INPUTS = {"radio": "choice", "select": "choice", "dropdown": "choice"}
LICENCE_KEYS = ("license", "licence", "citation", "rights", "copyright", "about")
_NUMBER_INPUTS = {"slider", "number", "integer", "float", "xsd:int"}


def is_activity(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    kind = str(data.get("category") or data.get("@type") or "")
    return kind.rsplit(":", 1)[-1] == "Activity" and isinstance(data.get("ui"), dict)


@dataclass
class _Folder:
    """Files of one activity, read once; remembers which it has consumed and what it lacks."""

    base: Path
    root: Path
    findings: list[Finding] = field(default_factory=list)
    consumed: dict[Path, Any] = field(default_factory=dict)
    names: dict[Path, str] = field(default_factory=dict)

    def load(self, path: Path) -> Any:
        path = path.resolve()
        if path not in self.consumed:
            self.consumed[path] = self._read(path)
        return self.consumed[path]

    def _read(self, path: Path) -> Any:
        found = next((p for p in (path, path.with_name(path.name + ".json")) if p.is_file()), None)
        if found is None or self.root not in found.parents:
            return None
        source = read_source(found, self.root)
        self.names[path] = source.name
        self.findings += encoding_findings(source, None)
        try:
            data, repeats = parse_json(source.text)
        except json.JSONDecodeError:
            return None
        self.findings += repeated_key_findings(source, repeats, None)
        return data if isinstance(data, dict) else None


@dataclass(frozen=True)
class _RawItem:
    name: str
    file: str
    data: dict[str, Any]
    choices: tuple[dict[str, Any], ...]
    response: dict[str, Any] | None
    visible: Any


def read(
    source: Source, data: dict[str, Any], repeats: Repeats, root: Path
) -> tuple[list[Questionnaire], list[Finding]]:
    """Questionnaires (one per language) and faults of bytes, of the activity and its items."""
    folder = _Folder(source.path.parent, root.resolve())
    folder.findings += encoding_findings(source, None)
    folder.findings += repeated_key_findings(source, repeats, None)
    properties = [p for p in data["ui"].get("addProperties") or [] if isinstance(p, dict)]
    raw = list(_raw_items(folder, source, properties, data))
    folder.findings += _order_faults(source, data, properties, raw)
    preamble = _texts(data.get("preamble"))
    languages = _languages(raw, preamble)
    licensed = any(data.get(k) for k in LICENCE_KEYS)
    licensed = licensed or has_licence_file(source.path.parent, root)
    questionnaires = [
        Questionnaire(
            file=source.name,
            group=f"reproschema:{source.path.resolve().as_posix()}",
            names=_names(data, source.path),
            language=language,
            stem=preamble.get(language, ""),
            items=tuple(_item(item, language, data) for item in raw),
            formulas=tuple(_formulas(data, raw)),
            licensed=licensed,
            version=str(data.get("version") or "") or None,
            sources={item.name: item.file for item in raw},
        )
        for language in languages
    ]
    return questionnaires, folder.findings


def _raw_items(
    folder: _Folder, source: Source, properties: list[dict[str, Any]], data: dict[str, Any]
) -> Iterator[_RawItem]:
    seen: dict[str, int] = {}
    for prop in properties:
        about = str(prop.get("isAbout") or "")
        name = str(prop.get("variableName") or about.rsplit("/", 1)[-1])
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 2:
            folder.findings.append(
                Finding(
                    source.name,
                    "duplicate-field",
                    name,
                    None,
                    f"the variable {name!r} stands more than once; answers overwrite each other",
                )
            )
        if seen[name] > 1:
            continue
        if ":" in about:  # an address, or a name in another vocabulary ("demo:age")
            yield _RawItem(name, source.name, {}, (), None, True)
            continue
        path = source.path.parent / about
        content = folder.load(path)
        if content is None:
            computed = any(c.get("variableName") == name for c in _compute(data))
            if not computed:
                folder.findings.append(
                    Finding(
                        source.name,
                        "item-count",
                        name,
                        None,
                        f"the activity lists the item {about!r}, but it cannot be read",
                    )
                )
            yield _RawItem(name, source.name, {}, (), None, True)
            continue
        response = _response(folder, content, path.parent)
        yield _RawItem(
            name=name,
            file=folder.names.get(path.resolve(), source.name),
            data=content,
            choices=_choices(response),
            response=response,
            visible=prop.get("isVis", True),
        )


def _order_faults(
    source: Source,
    data: dict[str, Any],
    properties: list[dict[str, Any]],
    raw: list[_RawItem],
) -> Iterator[Finding]:
    """Only what `ui.order` lists is shown: questions left out of it are never asked."""
    order = data["ui"].get("order")
    if not isinstance(order, list) or not order or not all(isinstance(o, str) for o in order):
        return  # items embedded in the order are read by nothing here
    names = {str(p.get("isAbout") or ""): str(p.get("variableName") or "") for p in properties}
    for entry in dict.fromkeys(order):
        if entry not in names:
            message = f"the order lists {entry!r}, which is no item of the activity"
            yield Finding(source.name, "item-count", None, None, message)
        if order.count(entry) > 1:
            message = f"the order lists {entry!r} more than once"
            yield Finding(source.name, "duplicate-field", names.get(entry), None, message)
    shown = {names.get(entry) for entry in order}
    for item in raw:
        if item.name not in shown and _kind(item, data) not in {"computed", "info"}:
            message = "is not in the activity's order, so it is never asked"
            yield Finding(item.file, "unreachable", item.name, None, message)


def _response(folder: _Folder, item: dict[str, Any], at: Path) -> dict[str, Any] | None:
    options = item.get("responseOptions")
    if isinstance(options, str):
        if options.startswith(("http:", "https:")):
            return None
        options = folder.load(at / options)
    return options if isinstance(options, dict) else {}


def _choices(response: dict[str, Any] | None) -> tuple[dict[str, Any], ...]:
    choices = (response or {}).get("choices")
    return tuple(c for c in choices if isinstance(c, dict)) if isinstance(choices, list) else ()


def _texts(value: Any) -> dict[str, str]:
    """Language to text; words without a language are English, as in ReproSchema's context."""
    if isinstance(value, str):
        return {"en": value}
    if isinstance(value, dict):
        return {str(k): v for k, v in value.items() if isinstance(v, str) and v.strip()}
    return {}


def _label(choice: dict[str, Any]) -> dict[str, str]:
    return _texts(choice.get("name", choice.get("schema:name")))


def _languages(raw: list[_RawItem], preamble: dict[str, str]) -> list[str]:
    found = dict.fromkeys(preamble)
    for item in raw:
        if _readonly(item.data):
            continue
        found.update(dict.fromkeys(_texts(item.data.get("question"))))
        for choice in item.choices:
            found.update(dict.fromkeys(_label(choice)))
    return list(found)


def _readonly(data: dict[str, Any]) -> bool:
    ui = data.get("ui")
    return isinstance(ui, dict) and bool(ui.get("readonlyValue"))


def _names(data: dict[str, Any], path: Path) -> tuple[str, ...]:
    identifier = str(data.get("id") or data.get("@id") or "")
    titles = _texts(data.get("prefLabel")).values()
    return tuple(dict.fromkeys(n for n in (identifier, path.parent.name, path.name, *titles) if n))


def _compute(data: dict[str, Any]) -> list[dict[str, Any]]:
    compute = data.get("compute") or data.get("scoringLogic") or []
    return [c for c in compute if isinstance(c, dict)] if isinstance(compute, list) else []


def _formulas(data: dict[str, Any], raw: list[_RawItem]) -> Iterator[Formula]:
    limits = {item.name: item.response or {} for item in raw}
    for entry in _compute(data):
        expression = str(entry.get("jsExpression") or "")
        name = str(entry.get("variableName") or "")
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", " ", expression)
        uses = tuple(u for u in re.findall(r"(?<![\w.])[A-Za-z_]\w*", bare) if u not in _JS_WORDS)
        if uses:
            declared = limits.get(name, {})
            yield Formula(
                name=name,
                uses=uses,
                text=expression,
                highest=_number(declared.get("maxValue")),
                lowest=_number(declared.get("minValue")),
                is_sum=set(re.sub(r"[\w\s().]", "", bare)) <= {"+"},
            )


_JS_WORDS = frozenset(
    {"if", "else", "return", "true", "false", "null", "undefined", "let", "var", "const"}
    | {"Math", "Number", "parseInt", "parseFloat"}
)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else number(str(value or ""))


def _item(raw: _RawItem, language: str, data: dict[str, Any]) -> Item:
    response = raw.response or {}
    options = tuple(
        Option(
            code=str(value := choice.get("value", choice.get("schema:value", ""))),
            label=_label(choice).get(language, ""),
            value=_number(value) if not isinstance(value, bool) else float(value),
        )
        for choice in raw.choices
    )
    return Item(
        id=raw.name,
        text=_texts(raw.data.get("question")).get(language, ""),
        kind=_kind(raw, data),
        options=options,
        condition=_visibility(raw, data),
        context=str(raw.visible),
        outside_options=raw.response is None,
        highest=_number(response.get("maxValue")),
    )


def _kind(raw: _RawItem, data: dict[str, Any]) -> str:
    ui = raw.data.get("ui")
    entry = str(ui.get("inputType") or "") if isinstance(ui, dict) else ""
    if _readonly(raw.data) or any(c.get("variableName") == raw.name for c in _compute(data)):
        return "computed"
    if not _texts(raw.data.get("question")):
        return "info"
    if entry in CHOICE_INPUTS:
        several = raw.response is not None and raw.response.get("multipleChoice") is True
        return "multiple" if several else "choice"
    return "number" if entry in _NUMBER_INPUTS else "text"


def _visibility(raw: _RawItem, data: dict[str, Any]) -> conditions.Condition | None:
    if isinstance(raw.visible, bool):
        if raw.visible or _kind(raw, data) in {"computed", "info"}:
            return None
        return Constant(False)
    condition = conditions.parse(str(raw.visible), bare_names=True)
    if isinstance(condition, Unread) and not condition.broken:
        return None
    return condition
