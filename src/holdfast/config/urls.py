"""Every path the server answers: the API, the accounts API, health, and the client for the rest."""

from __future__ import annotations

from django.urls import include, path, re_path

from holdfast.config import views
from holdfast.config.api import api

urlpatterns = [
    path("healthz", views.healthz),
    path("api/v1/", api.urls),
    path("_allauth/", include("allauth.headless.urls")),
    # allauth builds links by these names; headless mode answers them with the client's own pages.
    path("accounts/", include("allauth.urls")),
    re_path(r"^(?!api/|_allauth/|accounts/|assets/).*$", views.client),
]
