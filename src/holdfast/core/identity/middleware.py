"""Keeps the session list's "last seen" roughly right without a write per request."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from holdfast.core.faults import dispensable

SECONDS_BETWEEN_WRITES = 300


class SessionActivityMiddleware:
    """Notes address, device and time of a signed-in session at most every five minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The client's page, its health and Help now need no database: neither may this.
        with dispensable():
            _note(request)
        return self.get_response(request)


def _note(request: HttpRequest) -> None:
    seen = request.session.get("seen_at", 0)
    if seen < time.time() - SECONDS_BETWEEN_WRITES and request.user.is_authenticated:
        UserSession.objects.create_from_request(request)
        request.session["seen_at"] = time.time()
