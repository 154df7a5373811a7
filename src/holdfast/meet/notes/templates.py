"""The forms a note may have, as files: `content/templates/CODE.yaml`. Pure; reads the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

CONTENT = Path(__file__).with_name("content") / "templates"
#: What a section may begin with (`plan.overview.facts`).
FACTS = frozenset({"visit", "scores", "answers", "events", "medication", "plan"})
#: Characters in one section.
MAX_LENGTH = 20_000


@dataclass(frozen=True)
class Template:
    """A form: the codes of its sections, in their order, and the facts that each begins with."""

    code: str
    sections: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]


@cache
def templates() -> dict[str, Template]:
    """By code."""
    found = {}
    for path in sorted(CONTENT.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        sections = tuple(section["code"] for section in content["sections"])
        facts = tuple(tuple(section.get("facts", ())) for section in content["sections"])
        if not {one for each in facts for one in each} <= FACTS:
            raise ValueError(f"{path.name} asks for a fact that is not known")
        found[path.stem] = Template(path.stem, sections, facts)
    return found


def tidy(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """The template's sections in their order, without blank space around them.

    Raises KeyError for a section that the template does not have.
    """
    for code in given:
        if code not in template.sections:
            raise KeyError(code)
    return {code: given.get(code, "").strip() for code in template.sections}


def is_empty(content: Mapping[str, str]) -> bool:
    """Whether nobody wrote anything."""
    return not any(text.strip() for text in content.values())
