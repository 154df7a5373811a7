"""What one attempt on one channel came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holdfast.core.notify.models import DeliveryAttempt

_Outcome = DeliveryAttempt.Outcome


@dataclass(frozen=True)
class Result:
    """`reason` is a code for people to look up; `retry_after` is what a busy server asked for."""

    outcome: str
    reason: str = ""
    again: bool = True
    retry_after: timedelta = timedelta()


SENT = Result(_Outcome.SENT)


def failed(reason: str, *, retry_after: timedelta = timedelta()) -> Result:
    """To be tried again."""
    return Result(_Outcome.FAILED, reason, retry_after=retry_after)


def failed_for_good(reason: str) -> Result:
    """Trying again would change nothing."""
    return Result(_Outcome.FAILED, reason, again=False)


def skipped(reason: str) -> Result:
    """There was no reason to send, or nowhere to send to."""
    return Result(_Outcome.SKIPPED, reason)
