"""The least that django-ninja does to take in a check-in: a session, CSRF, one row.

The same schema of the same body and the same middleware as ours; nobody is authorised, nothing is
scored, screened, noted or found again when it comes twice.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, models
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI, Schema, Status
from ninja.security import django_auth

from holdfast.sense.measures.schemas import ResponseIn


class BareAnswer(models.Model):
    """What is kept: who, when, and the answers as JSON."""

    id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    answered_at = models.DateTimeField()
    answers = models.JSONField()

    class Meta:
        app_label = "bench_peers"


class Kept(Schema):
    id: uuid.UUID


api = NinjaAPI(title="Bare", urls_namespace="bare", docs_url=None, auth=django_auth)


@api.post("answers", response={201: Kept})
def keep(request: HttpRequest, data: ResponseIn) -> Any:
    row = BareAnswer._default_manager.create(
        id=data.id, user_id=request.user.pk, answered_at=data.answered_at, answers=data.answers
    )
    return Status(201, {"id": row.pk})


def make_table() -> None:
    """The peer's table, which no migration makes."""
    if BareAnswer._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(BareAnswer)


urls: list[URLPattern | URLResolver] = [path("bare/", api.urls)]
