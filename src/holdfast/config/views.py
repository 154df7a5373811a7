"""The two views that are not API: is it alive, and the client's page."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

NONCE_PLACE = "__CSP_NONCE__"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answers when the process serves; says nothing of the database (that is readiness)."""
    return JsonResponse({"status": "ok"})


@lru_cache(maxsize=1)
def _page() -> str:
    return (settings.WEB_DIST / "index.html").read_text(encoding="utf-8")


@require_safe
@never_cache
@ensure_csrf_cookie
def client(request: HttpRequest) -> HttpResponse:
    """The client's single page, with this response's nonce for its style element."""
    try:
        page = _page()
    except FileNotFoundError:
        return HttpResponse(
            "The client has not been built. Run: make setup", status=503, content_type="text/plain"
        )
    nonce = str(getattr(request, "csp_nonce", ""))
    return HttpResponse(page.replace(NONCE_PLACE, nonce))
