"""Headers of every answer that Django's own middleware does not set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

#: What no page of ours uses, whatever script may run in it. Passkeys are used.
UNUSED = (
    "accelerometer", "browsing-topics", "geolocation", "gyroscope", "hid", "magnetometer", "midi",
    "payment", "serial", "usb",
)  # fmt: skip
#: Visits; the microphone for dictation too, by the browser's own function.
USED = ("camera", "display-capture", "microphone")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in UNUSED), *(f"{name}=(self)" for name in USED)])
_PERSONAL = ("/api/", "/_allauth/", "/accounts/")


class HeadersMiddleware:
    """Switches off what is not used; keeps other origins out and what is personal uncached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer.headers.setdefault("Permissions-Policy", PERMISSIONS)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if request.path.startswith(_PERSONAL):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer
