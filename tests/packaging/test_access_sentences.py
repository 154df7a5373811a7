"""Whatever is written down about a person has a sentence in their access log, in each language."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import holdfast
from holdfast.config.api import api
from holdfast.core.authz import table
from holdfast.core.notify import noting

PACKAGE = Path(holdfast.__file__).parent
WORDS = Path(__file__).parents[2] / "web/src/i18n"
#: Actions that reach `record` through a variable.
NAMED_ELSEWHERE = {
    ("flag", action) for action in ("acknowledge", "contact-attempt", "act", "close", "assign")
} | {("vault_item", action) for action in ("share", "stop-sharing", "begin-folder", "stop-folder")}
NAMED_ELSEWHERE |= {("notification_settings", action) for action in noting.ACTIONS}
NAMED_ELSEWHERE |= {("calendar_feed", action) for action in ("make", "change", "revoke")}


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                yield name, node


def _written() -> set[tuple[str, str]]:
    """(resource, action) of every entry about one person that the code names."""
    found = set(NAMED_ELSEWHERE)
    for name, call in _calls():
        words = [one.value for one in call.args if isinstance(one, ast.Constant)]
        keywords = {one.arg for one in call.keywords}
        if name in {"record", "note_reading"} and len(words) == 2 and "client_id" in keywords:
            found.add((str(words[1]), str(words[0])))
        if name == "note_list" and words:
            found.add((str(words[0]), "list"))
    return found


def _read() -> set[tuple[str, str]]:
    """What others than the person may look at, on a path that names the person or their things."""
    others = {
        one.resource
        for one in table.TABLE
        if table.READ in one.actions and one.relationships - {table.SELF, table.PRACTICE}
    }
    schema: Any = api.get_openapi_schema(path_prefix="/api/v1/")
    asked = {one["get"]["x-access"] for one in schema["paths"].values() if "get" in one}
    return {(one, "read") for one in others if f"{one}.read" in asked}


@pytest.mark.parametrize("language", ["en", "es", "de", "ar"])
def test_each_has_its_sentence(language: str) -> None:
    record = json.loads((WORDS / language / "record.json").read_text(encoding="utf-8"))
    said = record["access"]["said"]
    wanted = _written() | _read()
    assert len(wanted) > 50
    missing = sorted(pair for pair in wanted if not said.get(pair[0], {}).get(pair[1]))
    assert missing == []
