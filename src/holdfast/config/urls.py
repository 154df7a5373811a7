"""Every path the server answers: the API, the accounts API, health, and the client for the rest."""

from __future__ import annotations

from allauth.headless.constants import Client
from django.urls import include, path, re_path

from holdfast.config import views
from holdfast.config.api import api
from holdfast.core.identity.signup import SignUpView

#: allauth's own ways to set a password know nothing of its salt, and phones are no log-in here.
#: Ours: /api/v1/auth/recover and /api/v1/me/password.
_CLOSED = (
    "_allauth/browser/v1/account/password/change",
    "_allauth/browser/v1/auth/password/request",
    "_allauth/browser/v1/auth/password/reset",
    "_allauth/browser/v1/account/phone",
    "_allauth/browser/v1/auth/phone/verify",
    "_allauth/browser/v1/auth/phone/verify/resend",
    "_allauth/browser/v1/auth/code/confirm",
)

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/v1/", api.urls),
    *(path(closed, views.missing) for closed in _CLOSED),
    path("_allauth/browser/v1/auth/signup", SignUpView.as_api_view(client=Client.BROWSER)),
    path("_allauth/", include("allauth.headless.urls")),
    re_path(r"^(?!api/|_allauth/|accounts/|assets/|static/).*$", views.client),
]

handler404 = "holdfast.config.views.missing"
handler500 = "holdfast.config.views.failed"
