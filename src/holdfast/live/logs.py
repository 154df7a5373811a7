"""What the live process may write: the kind of a fault and its place, never a word of anybody's."""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

_PACKAGES = Path(__file__).parents[2]
#: The last calls of a chain say where it broke.
_CALLS = 6


class DiscreetFormatter(logging.Formatter):
    """One JSON object a line: time, level, who spoke, our own templates, types and places.

    Another package's message may hold values, and an exception's own words often do: neither is
    written, nor any line of source.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Times are UTC, ISO 8601."""
        ours = record.name.startswith("holdfast")
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg) if ours else "",
            "where": f"{_short(record.pathname)}:{record.lineno}",
        }
        if "fault" in vars(record):
            line["fault"] = str(vars(record)["fault"])
        if record.exc_info and record.exc_info[1] is not None:
            line |= fault_of(record.exc_info[1])
        return json.dumps(line)


def fault_of(error: BaseException) -> dict[str, str]:
    """`fault`, the type of an exception, and `at`, the calls that led to it."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    calls = traceback.extract_tb(error.__traceback__)[-_CALLS:]
    return {
        "fault": kind,
        "at": " > ".join(f"{_short(one.filename)}:{one.lineno}" for one in calls),
    }


def configure() -> None:
    """To standard error; also for what nobody catches, which Python would print with its words."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(DiscreetFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log = logging.getLogger("holdfast.live")

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("something nobody caught", exc_info=(kind, error, trace))

    sys.excepthook = uncaught
    threading.excepthook = lambda told: log.error(
        "a thread ended",
        exc_info=(told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback),
    )
    sys.unraisablehook = lambda told: log.error(
        "something could not be raised",
        exc_info=(told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback),
    )


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(_PACKAGES))
    except ValueError:
        return str(Path(*Path(path).parts[-3:]))
