"""The two views that are not API: is it alive, and the client's page."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_safe

NONCE_PLACE = "__CSP_NONCE__"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answers when the process serves; says nothing of the database (that is readiness)."""
    return JsonResponse({"status": "ok"})


def _problem(code: str, status: int, title: str) -> JsonResponse:
    body = {"type": f"about:blank#{code}", "title": title, "status": status, "code": code}
    return JsonResponse(
        body | {"detail": title}, status=status, content_type="application/problem+json"
    )


@csrf_exempt
def missing(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """A path that nothing answers. Says nothing of what was asked for."""
    return _problem("not-found", 404, "There is no such thing here.")


def failed(request: HttpRequest) -> JsonResponse:
    """A fault of ours; what it was is in the server's log."""
    return _problem("server-error", 500, "Something went wrong here. Try again in a while.")


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
