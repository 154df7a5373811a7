"""Checks the client's translations (web/src/i18n/LANGUAGE/NAMESPACE.json).

    python tools/check_i18n.py

English is the reference. Fails on: a key missing or left over in a language; a plural form that
the language needs (CLDR) and lacks; other {{variables}} or <tags> than English; an empty text; a
text of several words left in English; a key written twice; and `t("key")` in the code that no file
has.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "web/src"
REFERENCE = "en"
# CLDR cardinal categories, as Intl.PluralRules gives them.
PLURALS = {
    "en": ("one", "other"),
    "de": ("one", "other"),
    "es": ("one", "many", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}
CATEGORIES = "zero|one|two|few|many|other"
PLURAL_KEY = re.compile(rf"(.+)_({CATEGORIES})")
VARIABLE = re.compile(r"\{\{\s*-?\s*([\w.]+)")
TAG = re.compile(r"</?(\w+)\s*/?>")
NAMESPACES = re.compile(r"useTranslation\(\s*(?:\[\s*)?([\"'])(\w+)\1")
CALL = re.compile(r"(?<![\w.])(?:i18n(?:ext)?\.)?t\(\s*(?:([\"'])([^\"'\\\n]+)\1|`([^`$]*)(\$\{)?)")
COMPONENT = re.compile(r"i18nKey=(?:\{\s*)?([\"'])([^\"'\\\n]+)\1")

Texts = dict[str, str]


def read(path: Path) -> tuple[Texts, list[str]]:
    """One file as {dotted key: text}, and what is wrong with the file itself."""
    faults: list[str] = []

    def pairs(entries: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in entries]
        faults.extend(f"{path}: key written twice: {n}" for n in set(names) if names.count(n) > 1)
        return dict(entries)

    def flat(value: object, prefix: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from flat(inner, f"{prefix}.{name}" if prefix else name)
        elif isinstance(value, str):
            yield prefix, value
        else:
            faults.append(f"{path}: {prefix} is {type(value).__name__}; a text is expected")

    content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=pairs)
    return dict(flat(content, "")), faults


def plural_base(key: str, texts: Texts) -> str | None:
    """`visits` for `visits_one`, where the file has that key as a plural."""
    found = PLURAL_KEY.fullmatch(key)
    return found[1] if found and f"{found[1]}_other" in texts else None


def expected_keys(english: Texts, language: str) -> set[str]:
    keys: set[str] = set()
    for key in english:
        base = plural_base(key, english)
        keys.update([key] if base is None else (f"{base}_{form}" for form in PLURALS[language]))
    return keys


def markers(text: str) -> tuple[set[str], set[str]]:
    """The variables and the tags of a text."""
    return set(VARIABLE.findall(text)), set(TAG.findall(text))


def compare(english: Texts, other: Texts, language: str, where: str) -> Iterator[str]:
    """What a language's file lacks, has too much of, or says with other variables."""
    expected = expected_keys(english, language)
    yield from (f"{where}: missing: {key}" for key in sorted(expected - other.keys()))
    yield from (
        f"{where}: English has no such key: {key}" for key in sorted(other.keys() - expected)
    )
    for key in sorted(expected & other.keys()):
        text = other[key]
        base = plural_base(key, other)
        source = english.get(key) or english.get(f"{base}_other", "")
        variables, tags = markers(text)
        known_variables, known_tags = markers(source)
        # "No answers" and "one answer" name fewer things than "{{count}} answers, the last {{at}}".
        small = base is not None and key.endswith(("_zero", "_one", "_two"))
        optional = known_variables if small else {"count"} if base else set()
        if not text.strip():
            yield f"{where}: empty: {key}"
        if variables - optional != known_variables - optional or tags != known_tags:
            yield f"{where}: {key} has other variables or tags than English: {text!r} | {source!r}"
        if language != REFERENCE and text == source and len(re.findall(r"[A-Za-z]{2,}", text)) > 3:
            yield f"{where}: still English: {key}: {text!r}"


def used_keys(files: Iterable[Path]) -> Iterator[tuple[Path, int, list[str], str, bool]]:
    """(file, line, namespaces of the file, key or its fixed beginning, whether it is whole)."""
    for path in files:
        code = path.read_text(encoding="utf-8")
        namespaces = sorted({name for _, name in NAMESPACES.findall(code)})
        for found in (*CALL.finditer(code), *COMPONENT.finditer(code)):
            whole = found[2] is not None
            key = found[2] if whole else found[3]
            whole = whole or (found.re is CALL and found[4] is None)
            if key:
                yield path, code.count("\n", 0, found.start()) + 1, namespaces, key, whole


def is_known(key: str, whole: bool, texts: Texts) -> bool:
    if whole:
        return key in texts or f"{key}_other" in texts
    return any(known.startswith(key) for known in texts)


def check_code(catalogue: dict[str, Texts], source: Path) -> Iterator[str]:
    files = (p for p in sorted(source.rglob("*.ts*")) if not re.search(r"\.test\.tsx?$", p.name))
    for path, line, namespaces, written, whole in used_keys(files):
        where = f"{path.relative_to(source.parent)}:{line}"
        namespace, colon, key = written.rpartition(":")
        # A function that is handed `t` does not say which namespace it reads: any will do.
        searched = [namespace] if colon else namespaces or list(catalogue)
        if not any(is_known(key, whole, catalogue.get(name, {})) for name in searched):
            yield f"{where}: no text for {written!r} in {', '.join(searched)}"


def check(source: Path = SOURCE) -> list[str]:
    """Every fault, one sentence each."""
    folder = source / "i18n"
    faults: list[str] = []
    catalogue: dict[str, Texts] = {}
    names = sorted(
        {path.name for language in PLURALS for path in (folder / language).glob("*.json")}
    )
    for name in names:
        english_path = folder / REFERENCE / name
        if not english_path.is_file():
            faults.append(f"i18n/{REFERENCE}/{name} is missing; other languages have it")
            continue
        catalogue[Path(name).stem] = english = read(english_path)[0]
        for language in PLURALS:
            where = f"i18n/{language}/{name}"
            if not (folder / language / name).is_file():
                faults.append(f"{where} is missing")
                continue
            texts, own = read(folder / language / name)
            faults += own
            faults += compare(english, texts, language, where)
    if not catalogue:
        faults.append(f"{folder} holds no translations")
    return faults + list(check_code(catalogue, source))


def main() -> None:
    faults = check()
    print("\n".join(faults) or f"translations: {len(PLURALS)} languages, complete")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
