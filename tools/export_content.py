"""Writes what the client takes from the Python side to web/src/generated/.

    python tools/export_content.py

openapi.json (its types are made from it), instruments/ID-VERSION.json (the packs, so that a
questionnaire can be answered, scored and alarmed on without network), assessments/ (what is asked
when), crisis-lines.json, note-templates.json and words-en.json (the words by which two people
compare their keys).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/holdfast"
TARGET = ROOT / "web/src/generated"


def openapi() -> Any:
    """The API's description, as served."""
    with tempfile.TemporaryDirectory() as folder:
        # The settings want a place for a practice's data; describing the API needs none of it.
        os.environ["HOLDFAST_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
        import django

        django.setup()
        from holdfast.config.api import api

        return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))


def write(name: str, content: object) -> None:
    """One JSON file, the same bytes for the same content."""
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    description = openapi()
    shutil.rmtree(TARGET / "instruments", ignore_errors=True)
    packs = sorted((PACKAGE / "sense/measures/content/instruments").glob("*.yaml"))
    for path in packs:
        write(f"instruments/{path.stem}.json", yaml.safe_load(path.read_text(encoding="utf-8")))
    for path in sorted((PACKAGE / "sense/assessments/content/plans").glob("*.yaml")):
        write(f"assessments/{path.stem}.json", yaml.safe_load(path.read_text(encoding="utf-8")))
    countries = sorted((PACKAGE / "safety/lines/content/lines").glob("*.yaml"))
    write(
        "crisis-lines.json",
        [yaml.safe_load(path.read_text(encoding="utf-8")) for path in countries],
    )
    forms = sorted((PACKAGE / "meet/notes/content/templates").glob("*.yaml"))
    write("note-templates.json", [yaml.safe_load(path.read_text("utf-8")) for path in forms])
    words = (PACKAGE / "core/vault/engine/words-en.txt").read_text(encoding="utf-8")
    write("words-en.json", words.split())
    write("openapi.json", description)
    print(f"exported {len(packs)} instruments and {len(description['paths'])} API paths")


if __name__ == "__main__":
    main()
