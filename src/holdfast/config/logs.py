"""What goes into the log: where something went wrong and what kind of fault it was, no values."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any


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
