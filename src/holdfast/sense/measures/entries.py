"""What devices hand in, in every form that was ever released.

An entry says its form in `schema`. A device may have kept it for months without network: so every
released form is accepted for good, each turned into the next by one function below. A form that is
not known here is newer than this server; `unread` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: The form that `schemas.ResponseIn` describes.
NEWEST = 1
#: From a released form to the one after it. A new form adds one line, and no line ever goes.
CONVERTERS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def is_newer(entry: object) -> bool:
    """Whether an entry says it has a form that this server does not know yet."""
    form = entry.get("schema") if isinstance(entry, dict) else None
    return isinstance(form, int) and form > NEWEST


def converted(entry: object) -> object:
    """The entry in the newest form; unchanged where its form is not a released one."""
    while isinstance(entry, dict) and isinstance(form := entry.get("schema"), int):
        if form not in CONVERTERS:
            break
        entry = {**CONVERTERS[form](entry), "schema": form + 1}
    return entry
