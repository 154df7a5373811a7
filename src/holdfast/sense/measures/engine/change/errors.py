"""The one exception family of the change engine."""

from __future__ import annotations


class ChangeError(ValueError):
    """Figures, scores or options from which no honest statement about change can be made.

    `code` is stable and meant for machines; the message is for people.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
