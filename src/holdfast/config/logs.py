"""The log: one JSON object a line, of fields on a list. What is not on the list is not written.

A line says what kind of thing happened and where, never to whom or with which values:
a message is written as its template, a traceback without the exceptions' own words.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

#: The request that the present thread works on; empty outside one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: What a log call may add by `extra=`. Codes, templates, numbers and opaque identifiers only;
#: docs/reference/operations.md says what each means.
EXTRA_FIELDS = (
    "method", "route", "status", "duration_ms", "practice",
    "fault", "task", "child", "resource", "resource_id", "by",
)  # fmt: skip
FIELDS = (
    "time", "level", "logger", "event", "where", "request_id", *EXTRA_FIELDS, "traceback",
)  # fmt: skip

#: Loggers whose words are about processes and sockets: the HTTP server sees no person's data.
_PLAIN_SPOKEN = "_granian"
_PACKAGES = Path(__file__).parents[2]


class DiscreetFormatter(logging.Formatter):
    """Writes tracebacks without the exceptions' own words.

    A database's complaint quotes the row it refused, a parser's the text it met: in a log either
    would be somebody's name or answer. Types, files, lines and our own source are enough to mend.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The chain of exceptions, oldest first, each with its frames and its type alone."""
        error: BaseException | None = ei[1]
        parts: list[str] = []
        while error is not None:
            parts.append(self._one(type(error), error.__traceback__))
            suppressed = error.__suppress_context__
            error = error.__cause__ or (None if suppressed else error.__context__)
        return "\n\nled to\n\n".join(reversed(parts))

    @staticmethod
    def _one(kind: type[BaseException], trace: TracebackType | None) -> str:
        frames = "".join(traceback.format_tb(trace))
        return f"Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}"


class JsonFormatter(DiscreetFormatter):
    """One record as one line of JSON, with the fields of `FIELDS` that it has."""

    def format(self, record: logging.LogRecord) -> str:
        """Times are UTC, ISO 8601 with microseconds."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event_of(record),
            "where": _where(record),
        }
        if current := request_id.get():
            line["request_id"] = current
        line |= {name: vars(record)[name] for name in EXTRA_FIELDS if name in vars(record)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def event_of(record: logging.LogRecord) -> str:
    """The message's template; empty where a foreign message may have values in it already.

    `where` then still names the line that spoke. Our own messages are templates: a test looks.
    """
    if record.name.startswith(_PLAIN_SPOKEN):
        return record.getMessage()
    ours = record.name.startswith("holdfast")
    return str(record.msg) if ours or record.args else ""


def _where(record: logging.LogRecord) -> str:
    path = Path(record.pathname)
    try:
        path = path.relative_to(_PACKAGES)
    except ValueError:
        path = Path(*path.parts[-3:])
    return f"{path}:{record.lineno}"
