"""Every code that the server sends has words in the client, in each of its languages.

A code without words would reach a person as itself, or as nothing.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import holdfast
from holdfast.core.notify import kinds
from holdfast.core.problems import Problem
from holdfast.safety.flags import engine
from holdfast.sense.measures.engine.catalogue import Catalogue, builtin
from tools.check_i18n import SOURCE

LANGUAGES = ("en", "es", "de", "ar")
DEMO_PACKS = Path(holdfast.__file__).parent / "cli/demo/content/packs"


@cache
def words(language: str) -> dict[str, str]:
    """`namespace:dotted.key` -> text, plural endings taken off."""

    def flat(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield prefix, value
            return
        for name, inner in value.items():
            yield from flat(inner, f"{prefix}.{name}")

    found: dict[str, str] = {}
    for path in sorted((SOURCE / "i18n" / language).glob("*.json")):
        for key, text in flat(json.loads(path.read_text(encoding="utf-8")), ""):
            found[f"{path.stem}:{key.removeprefix('.')}"] = text
    return found


def _subclasses(of: type[Problem]) -> Iterator[type[Problem]]:
    for one in of.__subclasses__():
        yield one
        yield from _subclasses(one)


@cache
def problem_codes() -> tuple[str, ...]:
    """The codes of every problem that an endpoint can answer with."""
    for module in pkgutil.walk_packages(holdfast.__path__, "holdfast."):
        if ".migrations" not in module.name and ".cli" not in module.name:
            importlib.import_module(module.name)
    # Of the live process the client goes by the status: web/src/companion/transport.ts.
    elsewhere = ("holdfast.cli", "holdfast.live")
    served = [one for one in _subclasses(Problem) if not one.__module__.startswith(elsewhere)]
    return tuple(sorted({one.code for one in served if one.__module__.startswith("holdfast.")}))


@cache
def reasons() -> tuple[str, ...]:
    """The reasons of every alert rule that ships or is in the demo, and of every other flag."""
    found: set[str] = set(engine.policy().reasons) | set(engine.policy().known_once)
    for instrument in [*builtin(), *Catalogue.load([DEMO_PACKS])]:
        pack = yaml.safe_load(Path(instrument.origin).read_text(encoding="utf-8"))
        found |= set(_values_of(pack, "reason"))
    return tuple(sorted(found))


def _values_of(value: Any, key: str) -> Iterator[str]:
    """Every text under a key, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from _values_of(one, key)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            else:
                yield from _values_of(inner, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_sentence(language: str) -> None:
    known = words(language)
    assert len(problem_codes()) > 30
    without = [
        code
        for code in problem_codes()
        if not any(
            key.endswith((f":errors.{code}", f":problem.{code}")) and text.strip()
            for key, text in known.items()
        )
    ]
    assert without == []


def test_the_client_knows_every_code_that_has_a_sentence_of_its_own() -> None:
    """`errors.<code>` is shown only for codes that the client lists."""
    client = (SOURCE / "api" / "problems.ts").read_text(encoding="utf-8")
    generic = {"title", "offline", "server", "unknown"}
    told = {
        key.removeprefix("common:errors.")
        for key in words("en")
        if key.startswith("common:errors.")
    }
    unlisted = [code for code in sorted(told - generic) if f'"{code}"' not in client]
    assert unlisted == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_flag_has_words(language: str) -> None:
    assert {"thoughts-of-death", "missed-follow-up", "reliable-deterioration"} <= set(reasons())
    without = [one for one in reasons() if f"clinician:reason.{one}" not in words(language)]
    assert without == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_staff_or_persons_are_told_has_a_sentence(language: str) -> None:
    staff = [f"clinician:news.kind.{kind}" for kind in get_args(kinds.StaffKind)]
    person = [
        f"person:news.{kind}" for kind in (*get_args(kinds.PersonKind), *get_args(kinds.TryKind))
    ]
    assert [key for key in staff + person if key not in words(language)] == []


def test_the_screens_list_every_kind_they_have_a_sentence_for() -> None:
    staff = (SOURCE / "clinician" / "News.tsx").read_text(encoding="utf-8")
    person = (SOURCE / "person" / "Notifications.tsx").read_text(encoding="utf-8")
    listed = [
        *[(staff, kind) for kind in get_args(kinds.StaffKind)],
        *[(person, kind) for kind in get_args(kinds.PersonKind)],
        # Shown as cards of their own, and left out of the news by name.
        *[(person, kind) for kind in get_args(kinds.CardKind)],
    ]
    assert [kind for source, kind in listed if f'"{kind}"' not in source] == []
