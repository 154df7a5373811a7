"""What the linter knows of languages and published instruments, as data beside this file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> dict[str, Any]:
    """The parsed file `<name>.yaml` of this folder."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data
