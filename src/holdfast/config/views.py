"""The views that are not API: is it alive, is it fit to serve, and the client's page."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import sys
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from holdfast.config import readiness
from holdfast.core import clock
from holdfast.core.faults import fault_of

_log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
NONCE_PLACE = "__CSP_NONCE__"
#: Where the page says what was built: the hash of the list of all built files' hashes.
BUILD_PLACE = "__BUILD__"
_IMPORT_MAP = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


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


@dataclass(frozen=True)
class Page:
    """The client's page as it was built, and the hash (CSP's form) of the one script inside it."""

    text: str
    import_map: str | None


@lru_cache(maxsize=1)
def _page() -> Page:
    text = (settings.WEB_DIST / "index.html").read_text(encoding="utf-8")
    sums = settings.WEB_DIST / "SHA256SUMS"
    build = hashlib.sha256(sums.read_bytes()).hexdigest() if sums.exists() else ""
    found = _IMPORT_MAP.search(text)
    if found is None:
        return Page(text.replace(BUILD_PLACE, build), None)
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return Page(text.replace(BUILD_PLACE, build), f"'sha256-{digest}'")


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
        page = _page()
    except FileNotFoundError:
        return HttpResponse(
            "The client has not been built. Run: make setup", status=503, content_type="text/plain"
        )
    nonce = str(getattr(request, "csp_nonce", ""))
    answer = HttpResponse(page.text.replace(NONCE_PLACE, nonce))
    if page.import_map is not None:
        answer._csp_update = {"script-src": [page.import_map]}  # type: ignore[attr-defined]
        answer["Integrity-Policy"] = "blocked-destinations=(script)"
    return answer
