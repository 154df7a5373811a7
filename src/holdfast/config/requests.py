"""Every request has an id, one line in the log, and a place in the latency histogram."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from holdfast.config import metrics
from holdfast.config.logs import request_id
from holdfast.core.ids import uuid7

_log = logging.getLogger(__name__)

#: An id of somebody else's (a proxy's) is taken over when it can hold no words.
_FOREIGN_ID = re.compile(r"[0-9a-fA-F-]{16,64}")
#: Asked every few seconds by machines: they would be all that the log holds.
_PROBES = frozenset({"/healthz", "/readyz"})


class RequestLogMiddleware:
    """Answers `X-Request-ID` and logs method, route, status and duration; no path, no address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        own = given if _FOREIGN_ID.fullmatch(given) else str(uuid7())
        token = request_id.set(own)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = own
            if request.path not in _PROBES:
                _note(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(token)


def route_of(request: HttpRequest) -> str:
    """The route's template, such as `api/v1/practices/{practice_id}`; empty when none matched."""
    match = request.resolver_match
    return "" if match is None else match.route


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    route, method = route_of(request), str(request.method)
    metrics.observe(method, route, status, seconds)
    actor = getattr(request, "actor", None)
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    if actor is not None and actor.practice_id is not None:
        fields["practice"] = str(actor.practice_id)
    _log.info("request", extra=fields)
