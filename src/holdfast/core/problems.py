"""Errors that a caller can act on, rendered as RFC 9457 problem documents.

Each capability subclasses `Problem`; `code` is stable and is what a client turns into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field of the input that was refused, and why."""

    field: str
    code: str
    detail: str


class Problem(Exception):
    """What the caller asked cannot be done. `detail` never holds health text or personal data."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request could not be carried out."

    def __init__(
        self, detail: str = "", *, errors: tuple[FieldError, ...] = (), **extra: Any
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.extra = extra

    def as_dict(self) -> dict[str, Any]:
        """The body of an `application/problem+json` answer."""
        body: dict[str, Any] = {
            "type": f"about:blank#{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [
                {"field": e.field, "code": e.code, "detail": e.detail} for e in self.errors
            ]
        return body | self.extra


class NotSignedIn(Problem):
    code = "not-signed-in"
    status = 401
    title = "Sign in first."


class BodyTooLarge(Problem):
    code = "body-too-large"
    status = 413
    title = "This is more than the server takes at once."


class NotPermitted(Problem):
    code = "not-permitted"
    status = 403
    title = "Your role does not allow this."


class ConsentWithdrawn(Problem):
    """To somebody of the care team, who would otherwise be permitted."""

    code = "consent-withdrawn"
    status = 403
    title = "This person no longer agrees that their care team reads this."


class SecondFactorRequired(Problem):
    code = "second-factor-required"
    status = 403
    title = "Sign in with your second factor first."


class NotFound(Problem):
    """Also the answer for everything of another practice: its existence is not told."""

    code = "not-found"
    status = 404
    title = "There is no such thing here."


class Conflict(Problem):
    code = "conflict"
    status = 409
    title = "This does not fit with what is already recorded."


class Invalid(Problem):
    code = "invalid"
    status = 422
    title = "Some of the input cannot be used."


class CsrfFailed(Problem):
    code = "csrf-failed"
    status = 403
    title = "The request did not carry this site's token. Reload the page."
