"""A copy of everything measured about one person, to take away."""

from __future__ import annotations

from datetime import datetime

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.export import fhir, tables


def response(client: Client, wanted: str, now: datetime) -> HttpResponseBase:
    """The download: `fhir` streams a bundle; `csv` is a zip, kept on disk when it is large."""
    name = f"record-{now:%Y-%m-%d}"
    if wanted == "csv":
        return FileResponse(
            tables.archive(client), as_attachment=True, filename=f"{name}.zip",
            content_type="application/zip",
        )  # fmt: skip
    return StreamingHttpResponse(
        fhir.bundle(client, now),
        content_type="application/fhir+json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )
