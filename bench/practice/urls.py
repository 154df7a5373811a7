"""Our addresses, and the peer's."""

from __future__ import annotations

from django.urls import path

from bench.peers.caseload_django import caseload
from holdfast.config.urls import urlpatterns as ours

urlpatterns = [path("peer/<uuid:practice_id>/caseload", caseload), *ours]
