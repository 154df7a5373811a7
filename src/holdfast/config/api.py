"""The one API: every capability's router is mounted here, and every error leaves as a problem."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

import holdfast
from holdfast.config.described import DescribedAPI
from holdfast.config.rendering import OrjsonRenderer
from holdfast.core.problems import BodyTooLarge, FieldError, Invalid, NotFound, Problem

_log = logging.getLogger(__name__)

api = DescribedAPI(
    title="Holdfast",
    version=holdfast.__version__,
    urls_namespace="api",
    renderer=OrjsonRenderer(),
    docs_url=None,
)


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    response = api.create_response(request, problem.as_dict(), status=problem.status)
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(Problem)
def _on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return _answer(request, problem)


@cache
def _field_names() -> frozenset[str]:
    """Every property that a schema of ours has."""
    schemas: dict[str, Any] = api.get_openapi_schema()["components"]["schemas"]
    return frozenset(name for schema in schemas.values() for name in schema.get("properties", ()))


def _field(location: tuple[Any, ...]) -> str:
    """Where the fault is, in our own words: a key that somebody made up is not repeated."""
    # ninja prefixes where it looked and the view's parameter name; callers know neither.
    parts = [part for part in location[2:] if part not in _FORMS] or location[-1:]
    known = [str(p) if isinstance(p, int) or p in _field_names() else "?" for p in parts]
    return ".".join(known)


#: Tags of the forms that a body may have: where pydantic looked, not what the caller wrote.
_FORMS = frozenset({"known", "newer"})


def _words(error: dict[str, Any]) -> str:
    """Pydantic's sentence, unless it is of a kind that quotes what came in."""
    quotes = error["type"].endswith("_parsing") or error["type"] in QUOTING
    return "This value cannot be used." if quotes else str(error["msg"])


QUOTING = frozenset({"value_error", "assertion_error", "union_tag_invalid", "json_invalid"})


@api.exception_handler(Http404)
def _on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, NotFound())


@api.exception_handler(ValidationError)
def _on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # The input itself is left out: it may be health data.
    errors = tuple(FieldError(_field(e["loc"]), e["type"], _words(e)) for e in error.errors)
    return _answer(request, Invalid(errors=errors))


@api.exception_handler(OverflowError)
@api.exception_handler(DataError)
def _on_unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A year 1 in a zone west of here, a NUL in a name: well-formed, and nothing can hold it."""
    _log.warning("A value could not be stored", extra={"fault": type(error).__name__})
    return _answer(request, Invalid())


@api.exception_handler(RequestDataTooBig)
def _on_too_much(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _answer(request, BodyTooLarge())


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, Invalid(str(error)))


ROUTERS: tuple[str, ...] = (
    "holdfast.core.identity.api.router",
    "holdfast.core.identity.sso_api.router",
    "holdfast.core.tenancy.api.router",
    "holdfast.core.audit.api.router",
    "holdfast.core.heartbeat.api.router",
    "holdfast.core.notify.api.router",
    "holdfast.core.links.api.router",
    "holdfast.core.consent.api.router",
    "holdfast.core.vault.api.router",
    "holdfast.core.vault.files_api.router",
    "holdfast.core.vault.sharing_api.router",
    "holdfast.core.leaving.api.router",
    "holdfast.core.fanout.api.router",
    "holdfast.core.vault.ways_in_api.router",
    "holdfast.safety.lines.api.router",
    "holdfast.safety.flags.api.router",
    "holdfast.safety.plans.api.router",
    "holdfast.safety.screening.api.router",
    "holdfast.sense.measures.api.router",
    "holdfast.sense.assessments.api.router",
    "holdfast.support.companion.api.router",
    "holdfast.meet.encounters.api.router",
    "holdfast.meet.scheduling.api.router",
    "holdfast.meet.scheduling.api_terms.router",
    "holdfast.meet.scheduling.api_waiting.router",
    "holdfast.meet.notes.api.router",
    "holdfast.meet.rooms.api.router",
    "holdfast.meet.rooms.api_phone.router",
    "holdfast.meet.rooms.api_groups.router",
    "holdfast.meet.reminders.api.router",
    "holdfast.meet.calendars.api.router",
    "holdfast.meet.matching.api.router",
    "holdfast.meet.peers.api.router",
    "holdfast.meet.matching.api_capacity.router",
    "holdfast.meet.scheduling.api_statistics.router",
    "holdfast.meet.billing.api.router",
    "holdfast.meet.billing.api_terms.router",
    "holdfast.meet.messages.api.router",
    "holdfast.meet.programmes.api.router",
    "holdfast.plan.overview.api.router",
)

for _path in ROUTERS:
    api.add_router("", _path)
