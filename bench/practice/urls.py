"""Our addresses, and the peers'."""

from __future__ import annotations

from django.urls import path

from bench.peers.caseload_django import caseload
from bench.peers.submission_ninja import urls as bare
from holdfast.config.urls import urlpatterns as ours

urlpatterns = [path("peer/<uuid:practice_id>/caseload", caseload), *bare, *ours]
