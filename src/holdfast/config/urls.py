"""Every path the server answers: the API, the accounts API, health, and the client for the rest."""

from __future__ import annotations

from allauth.headless.constants import Client
from django.urls import include, path, re_path

from holdfast.config import views
from holdfast.config.api import api
from holdfast.core.identity.provider import callback
from holdfast.core.identity.signup import ProviderSignUpView, SignUpView

#: allauth's own ways to set a password know nothing of its salt, and phones are no log-in here.
#: Ours: /api/v1/auth/recover and /api/v1/me/password. Its way to a provider is a form that the
#: page's policy (form-action) rightly stops; ours: /api/v1/auth/provider and /api/v1/me/providers.
_CLOSED = (
    "_allauth/browser/v1/account/password/change",
    "_allauth/browser/v1/auth/password/request",
    "_allauth/browser/v1/auth/password/reset",
    "_allauth/browser/v1/account/phone",
    "_allauth/browser/v1/auth/phone/verify",
    "_allauth/browser/v1/auth/phone/verify/resend",
    "_allauth/browser/v1/auth/code/confirm",
    "_allauth/browser/v1/auth/provider/redirect",
    "_allauth/browser/v1/auth/provider/token",
    "_allauth/browser/v1/account/providers",
)

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/v1/", api.urls),
    *(path(closed, views.missing) for closed in _CLOSED),
    path("_allauth/browser/v1/auth/signup", SignUpView.as_api_view(client=Client.BROWSER)),
    path(
        "_allauth/browser/v1/auth/provider/signup",
        ProviderSignUpView.as_api_view(client=Client.BROWSER),
    ),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        callback,
        name="openid_connect_callback",
    ),
    path("_allauth/", include("allauth.headless.urls")),
    re_path(r"^(?!api/|_allauth/|accounts/|assets/|static/).*$", views.client),
]

handler404 = "holdfast.config.views.missing"
handler500 = "holdfast.config.views.failed"
