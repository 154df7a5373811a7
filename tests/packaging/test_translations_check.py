"""tools/check_i18n.py finds what would show a person a key, or the wrong language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.check_i18n import PLURALS, check

ENGLISH = {
    "title": "Today",
    "greeting": "Good morning, {{name}}, how are you",
    "visits_one": "{{count}} visit",
    "visits_other": "{{count}} visits",
    "bands": {"severe": "Severe"},
}


def translated(language: str) -> dict[str, object]:
    texts: dict[str, object] = {
        "title": f"{language} title",
        "greeting": f"{language} {{{{name}}}}",
        "bands": {"severe": f"{language} severe"},
    }
    return texts | {f"visits_{form}": f"{language} {{{{count}}}}" for form in PLURALS[language]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A client whose translations are complete."""
    write(tmp_path, "en", ENGLISH)
    for language in ("es", "de", "ar"):
        write(tmp_path, language, translated(language))
    (tmp_path / "page.tsx").write_text(
        'const { t } = useTranslation("person");\nt("title"); t("visits", { count });\n'
        't(`bands.${band}`); i18n.t("person:greeting", { name });\n'
    )
    return tmp_path


def write(source: Path, language: str, texts: object) -> None:
    path = source / "i18n" / language / "person.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(texts), encoding="utf-8")


def test_complete_translations_pass(source: Path) -> None:
    assert check(source) == []


@pytest.mark.parametrize(
    ("key", "text", "fault"),
    [
        ("title", None, "i18n/ar/person.json: missing: title"),
        ("visits_few", None, "i18n/ar/person.json: missing: visits_few"),
        ("title", "  ", "i18n/ar/person.json: empty: title"),
        ("old", "قديم", "i18n/ar/person.json: English has no such key: old"),
        ("greeting", "{{nmae}}", "greeting has other variables or tags than English"),
        ("title", "<1>اليوم</1>", "title has other variables or tags than English"),
        ("greeting", ENGLISH["greeting"], "still English: greeting"),
    ],
)
def test_a_damaged_translation_is_found(
    source: Path, key: str, text: str | None, fault: str
) -> None:
    texts = translated("ar")
    texts.pop(key, None)
    if text is not None:
        texts[key] = text
    write(source, "ar", texts)
    assert [fault in found for found in check(source)] == [True]


def test_a_missing_language_file_is_found(source: Path) -> None:
    (source / "i18n/es/person.json").unlink()
    assert check(source) == ["i18n/es/person.json is missing"]


def test_a_key_written_twice_is_found(source: Path) -> None:
    text = json.dumps(translated("de"))
    (source / "i18n/de/person.json").write_text(text[:-1] + ', "title": "doppelt"}')
    assert [found.endswith("key written twice: title") for found in check(source)] == [True]


@pytest.mark.parametrize("call", ['t("tilte")', "t('bands.mild')", "t(`levels.${level}`)"])
def test_a_key_that_only_the_code_has_is_found(source: Path, call: str) -> None:
    with (source / "page.tsx").open("a") as page:
        page.write(call)
    assert [found.startswith(f"{source.name}/page.tsx:4: no text") for found in check(source)] == [
        True
    ]
