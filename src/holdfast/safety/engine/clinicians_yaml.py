"""YAML as somebody who is no programmer means it: one reader for all that a clinician can review.

`yes`, `no` and `2026-11-24` are words (a form that wants a truth value or a date reads them as
such), and a key that stands twice is refused: YAML itself would silently drop the first, and with
it a rule.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

_AS_WORDS: Final = frozenset({"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"})


class _Loader(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # no key at all: refused below
            if key.value in keys:
                raise yaml.MarkedYAMLError(
                    problem=f"“{key.value}” stands here a second time", problem_mark=key.start_mark
                )
            keys.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _AS_WORDS]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    """The document in a text. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe one)


def fault_of(error: yaml.YAMLError) -> str:
    """Where and what, as somebody with the file before them reads it: “line 3: …”."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        return f"{line}{error.problem}"
    return f"not YAML: {error}"
