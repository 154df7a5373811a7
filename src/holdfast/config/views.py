"""The views that are not API: is it alive, is it fit to serve, and the client's page."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from holdfast.config import readiness
from holdfast.config.page import INTEGRITY_POLICY, read_page
from holdfast.core import clock
from holdfast.core.faults import fault_of

_log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answers when the process serves; says nothing of the database (that is readiness)."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether database, migrations, worker, disk and clock are as they must be: 200, else 503.

    For whoever watches the installation. A proxy that chooses a replica asks /healthz: with the
    worker gone or the disk full, people still read and find Help now.
    """
    found = readiness.look(clock.now())
    ready = all(one == readiness.OK for one in found.values())
    body = {"status": "ready" if ready else "not-ready", "checks": found}
    return JsonResponse(body, status=200 if ready else 503)


def _problem(code: str, status: int, title: str) -> JsonResponse:
    body = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code}
    return JsonResponse(
        body | {"detail": title}, status=status, content_type="application/problem+json"
    )


@csrf_exempt
def missing(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """A path that nothing answers. Says nothing of what was asked for."""
    return _problem("not-found", 404, "There is no such thing here.")


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours; what it was is in the server's log.

    Storage that is full or away is no bug: whatever part of the request met it, the answer says
    which, and that the same request may come again.
    """
    fault = fault_of(sys.exc_info()[1])
    if fault is None:
        return _problem("server-error", 500, "Something went wrong here. Try again in a while.")
    _log.error("storage cannot serve a request", extra={"fault": fault.code})
    answer = _problem(fault.code, fault.status, fault.title)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django: no traceback beside it
    return answer


@require_safe
@never_cache
# It holds no secret and nothing that was asked for, so its size tells nothing (BREACH).
@gzip_page
@ensure_csrf_cookie
def client(request: HttpRequest) -> HttpResponse:
    """The client's single page, with this response's nonce for its style elements.

    Its import map names the hash of every script, and scripts without one are not run.
    """
    try:
        page = read_page(settings.WEB_DIST)
    except FileNotFoundError:
        return HttpResponse(
            "The client has not been built. Run: make setup", status=503, content_type="text/plain"
        )
    nonce = str(getattr(request, "csp_nonce", ""))
    answer = HttpResponse(page.with_nonce(nonce))
    if page.import_map is not None:
        answer._csp_update = {"script-src": [page.import_map]}  # type: ignore[attr-defined]
        answer["Integrity-Policy"] = INTEGRITY_POLICY
    return answer
