"""Rate limits of our own endpoints, counted by allauth in the cache that all processes share."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest

from holdfast.core.identity import names
from holdfast.core.problems import Problem


class TooMany(Problem):
    code = "rate-limited"
    status = 429
    title = "Too many attempts. Wait a few minutes."


def consume(request: HttpRequest, action: str, name: str) -> None:
    """Count one attempt for the caller's address and for the account name; `TooMany` when spent.

    `action` is one of `ACCOUNT_RATE_LIMITS`, without its `holdfast_`.
    """
    if not ratelimit.consume(request, action=f"holdfast_{action}", key=names.normalise(name)):
        raise TooMany
