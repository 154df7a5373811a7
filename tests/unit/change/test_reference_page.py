"""The examples of docs/reference/change.md run, and say what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "change.md"


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)


def test_every_example_runs_and_gives_the_value_in_its_comment() -> None:
    names: dict[str, Any] = {}
    checked = 0
    for example in examples():
        exec(example, names)
        for line in example.splitlines():
            shown = re.fullmatch(r"(found\.primary\.at.*|\[VERDICTS.*|judged\..*?)  # (.*)", line)
            if shown:
                expected = shown[2].split(":")[0]
                value = eval(shown[1], names)
                assert value == eval(expected, names), line
                checked += 1
    assert checked == 3
