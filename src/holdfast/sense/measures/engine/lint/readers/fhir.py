"""FHIR R4 Questionnaire resources, alone or in a Bundle.

The base text is in `language`; other languages stand in the `translation` extension of each
text, or in a second resource with the same `url`. A number for an answer comes from the
`ordinalValue` (or `itemWeight`) extension, an integer answer, or a numeric code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.sense.measures.engine.lint.conditions import Combine, Compare, Condition, number
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
    repeated_key_findings,
)

KINDS = {
    "choice": "choice",
    "open-choice": "choice",
    "coding": "choice",
    "boolean": "yesno",
    "integer": "number",
    "decimal": "number",
    "quantity": "number",
    "group": "info",
    "display": "info",
}
_WEIGHTS = ("ordinalValue", "itemWeight", "questionnaire-ordinalValue")


def questionnaires_in(data: Any) -> list[dict[str, Any]]:
    """The Questionnaire resources in a resource or Bundle; empty for anything else."""
    if not isinstance(data, dict):
        return []
    if data.get("resourceType") == "Questionnaire":
        return [data]
    if data.get("resourceType") == "Bundle":
        resources = [e.get("resource") for e in _dicts(data.get("entry"))]
        return [q for r in resources for q in questionnaires_in(r)]
    return []


def read(
    source: Source, resources: list[dict[str, Any]], repeats: Repeats, root: Path
) -> tuple[list[Questionnaire], list[Finding]]:
    first = str(resources[0].get("language") or "") or None
    findings = encoding_findings(source, first)
    findings += repeated_key_findings(source, repeats, first)
    found: list[Questionnaire] = []
    for resource in resources:
        found += _languages_of(resource, source, root)
    return found, findings


@dataclass(frozen=True)
class _Placed:
    data: dict[str, Any]
    parent: str


def _languages_of(resource: dict[str, Any], source: Source, root: Path) -> list[Questionnaire]:
    base = str(resource.get("language") or "") or None
    placed = list(_flatten(resource, ""))
    translated = sorted(_translation_languages(resource))
    value_sets = _contained_value_sets(resource)
    sets = [(base, base), *((tag, tag) for tag in translated if tag != base)]
    return [
        Questionnaire(
            file=source.name,
            group=_group(resource, source),
            names=_names(resource, source),
            language=language,
            stem=_stem(resource, tag, base),
            items=tuple(_item(p, tag, base, value_sets) for p in placed),
            formulas=tuple(_formulas(resource, placed)),
            licensed=_licensed(resource) or has_licence_file(source.path.parent, root),
            version=str(resource.get("version") or "") or None,
        )
        for language, tag in sets
    ]


def _flatten(parent: dict[str, Any], name: str) -> Iterator[_Placed]:
    for item in _dicts(parent.get("item")):
        yield _Placed(item, name)
        yield from _flatten(item, str(item.get("linkId") or ""))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _extensions(element: Any, ending: str) -> list[dict[str, Any]]:
    if not isinstance(element, dict):
        return []
    found = _dicts(element.get("extension")) + _dicts(element.get("modifierExtension"))
    return [e for e in found if str(e.get("url") or "").rsplit("/", 1)[-1] == ending]


def _translations(element: Any) -> dict[str, str]:
    words: dict[str, str] = {}
    for extension in _extensions(element, "translation"):
        parts = {str(p.get("url")): p for p in _dicts(extension.get("extension"))}
        tag = _value(parts.get("lang"))
        content = _value(parts.get("content"))
        if isinstance(tag, str) and isinstance(content, str):
            words[tag] = content
    return words


def _value(element: Any) -> Any:
    if not isinstance(element, dict):
        return None
    return next((v for k, v in element.items() if str(k).startswith("value")), None)


def _words(element: dict[str, Any], key: str, tag: str | None, base: str | None) -> str:
    if tag != base and tag is not None:
        return _translations(element.get(f"_{key}")).get(tag, "")
    value = element.get(key)
    return value if isinstance(value, str) else ""


def _translation_languages(node: Any) -> set[str]:
    if isinstance(node, dict):
        here = set(_translations(node))
        return here.union(*map(_translation_languages, node.values())) if node else here
    if isinstance(node, list):
        return set().union(*map(_translation_languages, node)) if node else set()
    return set()


def _group(resource: dict[str, Any], source: Source) -> str:
    identity = resource.get("url") or resource.get("name") or resource.get("id") or source.name
    language = str(resource.get("language") or "")
    bare = str(identity).split("|", 1)[0]
    if language:
        bare = re.sub(rf"[-_./]{re.escape(language)}$", "", bare, flags=re.IGNORECASE)
    return f"fhir:{bare.casefold()}"


def _names(resource: dict[str, Any], source: Source) -> tuple[str, ...]:
    keys = ("name", "id", "title")
    names = [str(resource[k]) for k in keys if isinstance(resource.get(k), str)]
    url = str(resource.get("url") or "").rstrip("/").rsplit("/", 1)[-1]
    codings = [
        str(c.get(k) or "") for c in _dicts(resource.get("code")) for k in ("code", "display")
    ]
    return tuple(dict.fromkeys(n for n in (*names, url, *codings, source.path.stem) if n))


def _stem(resource: dict[str, Any], tag: str | None, base: str | None) -> str:
    for placed in _flatten(resource, ""):
        kind = placed.data.get("type")
        if kind in {"group", "display"} and (text := _words(placed.data, "text", tag, base)):
            return text
        if KINDS.get(str(kind)) == "choice":
            break
    return _words(resource, "description", tag, base)


def _licensed(resource: dict[str, Any]) -> bool:
    return bool(
        resource.get("copyright")
        or resource.get("copyrightLabel")
        or _extensions(resource, "license")
        or _extensions(resource, "cqf-license")
        or any(item.get("copyright") for item in _dicts(resource.get("item")))
    )


def _contained_value_sets(resource: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for contained in _dicts(resource.get("contained")):
        if contained.get("resourceType") != "ValueSet":
            continue
        include = _dicts((contained.get("compose") or {}).get("include"))
        codings = [c for i in include for c in _dicts(i.get("concept"))]
        codings += _dicts((contained.get("expansion") or {}).get("contains"))
        found[f"#{contained.get('id')}"] = codings
        if contained.get("url"):
            found[str(contained["url"])] = codings
    return found


def _item(
    placed: _Placed,
    tag: str | None,
    base: str | None,
    value_sets: dict[str, list[dict[str, Any]]],
) -> Item:
    data = placed.data
    kind = KINDS.get(str(data.get("type") or ""), "text")
    if kind == "choice" and data.get("repeats") is True:
        kind = "multiple"
    if _expression(data) is not None:
        kind = "computed"
    elif data.get("readOnly") is True and kind != "info":
        kind = "info"
    value_set = data.get("answerValueSet")
    codings = value_sets.get(str(value_set)) if value_set else None
    options = tuple(_options(data, codings, tag, base))
    if kind == "number" and len(options) > 1:
        kind = "choice"
    return Item(
        id=str(data.get("linkId") or ""),
        text=_words(data, "text", tag, base),
        kind=kind,
        options=options,
        condition=_condition(data),
        context=f"{placed.parent}|{data.get('enableWhen')}",
        outside_options=bool(value_set) and codings is None,
    )


def _options(
    data: dict[str, Any],
    codings: list[dict[str, Any]] | None,
    tag: str | None,
    base: str | None,
) -> Iterator[Option]:
    for listed in codings or []:
        yield _coding_option(listed, listed, tag, base)
    for option in _dicts(data.get("answerOption")):
        coding = option.get("valueCoding")
        if isinstance(coding, dict):
            yield _coding_option(coding, option, tag, base)
        elif "valueInteger" in option:
            value = option["valueInteger"]
            label = _words(option, "valueInteger", tag, base) or str(value)
            yield Option(str(value), label, number(str(value)))
        else:
            label = _words(option, "valueString", tag, base)
            yield Option(str(option.get("valueString") or ""), label, _weight(option))


def _coding_option(
    coding: dict[str, Any], holder: dict[str, Any], tag: str | None, base: str | None
) -> Option:
    code = str(coding.get("code") or "")
    weight = _weight(holder)
    if weight is None:
        weight = _weight(coding)
    return Option(
        code=code,
        label=_words(coding, "display", tag, base),
        value=weight if weight is not None else number(code),
    )


def _weight(element: dict[str, Any]) -> float | None:
    for ending in _WEIGHTS:
        for extension in _extensions(element, ending):
            if isinstance(value := _value(extension), int | float):
                return float(value)
    return None


def _condition(data: dict[str, Any]) -> Condition | None:
    parts = tuple(_enable_when(w) for w in _dicts(data.get("enableWhen")))
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return Combine("and" if data.get("enableBehavior") == "all" else "or", parts)


def _enable_when(when: dict[str, Any]) -> Compare:
    question = str(when.get("question") or "")
    operator = str(when.get("operator") or "=")
    answer: Any = next((when[k] for k in when if k.startswith("answer")), "")
    if isinstance(answer, dict):
        given = answer.get("code") or answer.get("value") or ""
        return Compare(question, "==" if operator == "=" else operator, str(given))
    if operator == "exists":
        return Compare(question, "answered", answer is not False)
    value = answer if isinstance(answer, bool | str) else float(answer)
    return Compare(question, "==" if operator == "=" else operator, value)


def _expression(data: dict[str, Any]) -> str | None:
    for extension in _extensions(data, "sdc-questionnaire-calculatedExpression"):
        value = _value(extension)
        if isinstance(value, dict):
            return str(value.get("expression") or "")
    return None


def _formulas(resource: dict[str, Any], placed: list[_Placed]) -> Iterator[Formula]:
    variables = _variables([resource, *(p.data for p in placed)])
    links = [str(p.data.get("linkId") or "") for p in placed]
    choices = [
        str(p.data.get("linkId") or "")
        for p in placed
        if KINDS.get(str(p.data.get("type"))) == "choice"
    ]
    for p in placed:
        expression = _expression(p.data)
        if expression is None:
            continue
        text = _with_variables(expression, variables)
        uses = tuple(_items_used(text, links, choices))
        if uses:
            top = next((_value(e) for e in _extensions(p.data, "maxValue")), None)
            yield Formula(
                name=str(p.data.get("linkId") or ""),
                uses=uses,
                text=expression,
                highest=float(top) if isinstance(top, int | float) else None,
                is_sum=_is_sum(text),
            )


def _items_used(text: str, links: list[str], choices: list[str]) -> list[str]:
    """linkIds a FHIRPath expression reads: named, by pattern, or all of them summed."""
    quoted = re.findall(r"'((?:[^'\\]|\\.)*)'", text)
    uses = [q for q in quoted if q in links]
    uses += [q for q in re.findall(r"linkId\s*=\s*'([^']*)'", text) if q not in links]
    for prefix in re.findall(r"linkId\.startsWith\('([^']*)'\)", text):
        uses += [link for link in choices if link.startswith(prefix)]
    for pattern in re.findall(r"linkId\.matches\('((?:[^'\\]|\\.)*)'\)", text):
        uses += [link for link in choices if _matches(pattern.replace("\\\\", "\\"), link)]
    if not uses and re.search(r"\bitem\b", text) and re.search(r"\b(sum|aggregate)\(", text):
        uses = choices
    if re.search(r"\b(iif|exists|empty|count|hasValue)\b", text):
        uses = list(dict.fromkeys(uses))  # a test for an answer is no second use of it
    return uses


def _matches(pattern: str, link: str) -> bool:
    try:
        return re.search(pattern, link) is not None
    except re.error:
        return False


def _is_sum(text: str) -> bool:
    """Whether the expression only adds: nothing is divided, weighted or reversed."""
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "", text)
    return re.search(r"[*/]|\s-\s|\bavg\(|\bdiv\b", bare) is None


def _variables(elements: list[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in elements:
        for extension in _extensions(element, "variable"):
            value = _value(extension)
            if isinstance(value, dict) and value.get("name"):
                found[str(value["name"])] = str(value.get("expression") or "")
    return found


def _with_variables(expression: str, variables: dict[str, str]) -> str:
    """The expression with FHIRPath variables written out (three levels are plenty)."""
    for _ in range(3):
        expression = re.sub(
            r"%([A-Za-z_]\w*)",
            lambda m: f"({variables[m[1]]})" if m[1] in variables else m[0],
            expression,
        )
    return expression
