"""Our own instrument packs (YAML), read leniently: a pack with a fault must still be read.

The strict loader refuses a broken pack at its first fault; here every fault is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from holdfast.sense.measures.engine.lint.conditions import Combine, Compare, Condition
from holdfast.sense.measures.engine.lint.model import (
    Finding,
    Formula,
    Item,
    Option,
    Questionnaire,
)
from holdfast.sense.measures.engine.lint.readers.files import Source, encoding_findings

_DURATION = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T.*)?$")
_SHOW_IF = {"equals": "==", "at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}


class _RepeatKeys(yaml.SafeLoader):
    """Keeps the keys that stand twice in one mapping, which YAML silently overwrites."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(getattr(key, "value", key))
            if name in seen:
                self.repeated.append(name)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> tuple[Any, list[str]]:
    """The document and its repeated keys. Raises yaml.YAMLError."""
    loader = _RepeatKeys(text)
    try:
        return loader.get_single_data(), loader.repeated
    finally:
        loader.dispose()


def is_pack(data: Any) -> bool:
    return isinstance(data, dict) and "id" in data and isinstance(data.get("items"), list)


def read(
    source: Source, data: dict[str, Any], repeated: list[str]
) -> tuple[list[Questionnaire], list[Finding]]:
    findings = encoding_findings(source, None)
    findings += [
        Finding(
            source.name,
            "duplicate-field",
            None,
            None,
            f"the key {key!r} stands twice in one mapping; the first one is silently lost",
        )
        for key in dict.fromkeys(repeated)
    ]
    return questionnaires(data, source.name), findings + list(_extra_labels(source, data))


def _extra_labels(source: Source, data: dict[str, Any]) -> Iterator[Finding]:
    """Option sets with more labels in a language than codes."""
    sets = _mapping(data.get("option_sets"))
    for language, words in _mapping(data.get("texts")).items():
        for name, labels in _mapping(_mapping(words).get("options")).items():
            codes = sets.get(name)
            if isinstance(codes, list) and isinstance(labels, list) and len(labels) > len(codes):
                message = f"{name}: {len(labels)} labels for {len(codes)} codes"
                yield Finding(source.name, "code-set", None, str(language), message)


def questionnaires(data: dict[str, Any], file: str) -> list[Questionnaire]:
    """One questionnaire per language of the pack."""
    texts = data.get("texts")
    languages = texts if isinstance(texts, dict) and texts else {None: {}}
    return [
        Questionnaire(
            file=file,
            group=f"pack:{str(data['id']).casefold()}",
            names=(str(data["id"]), str(data.get("title") or "")),
            language=str(language) if language is not None else None,
            stem=_text(_mapping(words).get("stem")),
            items=tuple(_items(data, _mapping(words))),
            formulas=tuple(_formulas(data)),
            licensed=_licensed(data.get("licence")),
            version=str(data.get("version") or "") or None,
            recall_days=duration_days(data.get("recall")),
        )
        for language, words in languages.items()
    ]


def duration_days(value: Any) -> float | None:
    """Days of an ISO 8601 duration; None where there is none or it is "right now"."""
    match = _DURATION.match(str(value or ""))
    if match is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    total = years * 365 + months * 30 + weeks * 7 + days
    return float(total) or None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


def _licensed(licence: Any) -> bool:
    if isinstance(licence, dict):
        return bool(_text(licence.get("name")) or _text(licence.get("notice")))
    return bool(_text(licence))


def _items(data: dict[str, Any], words: dict[str, Any]) -> Iterator[Item]:
    sets = _mapping(data.get("option_sets"))
    texts = _mapping(words.get("items"))
    labels = _mapping(words.get("options"))
    for raw in data["items"]:
        if not isinstance(raw, dict):
            continue
        name = str(raw.get("id"))
        key = raw.get("options")
        codes: Any = sets.get(str(key))
        slider = isinstance(codes, dict)
        yield Item(
            id=name,
            text=_text(texts.get(name)),
            kind="number" if slider else "choice",
            options=() if slider else tuple(_options(codes, labels.get(str(key)))),
            condition=_show_if(raw.get("show_if")),
            context=str(raw.get("show_if") or ""),
            never_scored=raw.get("scored") is False,
            highest=float(codes["max"]) if slider and "max" in codes else None,
        )


def _options(codes: Any, labels: Any) -> Iterator[Option]:
    words = labels if isinstance(labels, list) else []
    for index, code in enumerate(codes if isinstance(codes, list) else []):
        label = _text(words[index]) if index < len(words) else ""
        value = float(code) if isinstance(code, int | float) else None
        yield Option(str(code), label, value)


def _show_if(raw: Any) -> Condition | None:
    if not isinstance(raw, dict):
        return None
    groups: list[Condition] = []
    for key, kind in (("all_of", "and"), ("any_of", "or"), ("none_of", "or")):
        inner = tuple(c for r in raw.get(key) or [] if (c := _show_if(r)) is not None)
        if inner:
            combined = Combine("and" if kind == "and" else "or", inner)
            groups.append(Combine("not", (combined,)) if key == "none_of" else combined)
    if "item" in raw and (own := _compared(raw)) is not None:
        groups.append(own)
    if len(groups) > 1:
        return Combine("and", tuple(groups))
    return groups[0] if groups else None


def _compared(raw: dict[str, Any]) -> Condition | None:
    if "declined" in raw:
        return None
    parts = tuple(
        Compare(str(raw["item"]), operator, float(v) if isinstance(v, int) else v)
        for key, operator in _SHOW_IF.items()
        if (v := raw.get(key)) is not None
    )
    if not parts:
        return Compare(str(raw["item"]), "answered", True)
    return parts[0] if len(parts) == 1 else Combine("and", parts)


def _formulas(data: dict[str, Any]) -> Iterator[Formula]:
    for scale in data.get("scales") or []:
        if not isinstance(scale, dict):
            continue
        limits: Any = scale.get("range")
        closed = isinstance(limits, list) and len(limits) == 2
        yield Formula(
            name=str(scale.get("id")),
            uses=tuple(str(i) for i in scale.get("items") or []),
            text=str(scale.get("method") or "sum"),
            lowest=float(limits[0]) if closed else None,
            highest=float(limits[1]) if closed else None,
            is_sum=scale.get("method", "sum") == "sum"
            and not any(scale.get(k) for k in ("transform", "factor", "weights")),
        )
