"""What the API's description allows, and what it forbids, is answered; never by a fault of ours.

schemathesis makes up parameters and bodies from the OpenAPI document; they come in the sessions of
those who may call the operation, about things that exist. A few of each in every test run, hundreds
in `make fuzz`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import django.test
import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from holdfast.config.api import api
from tests.integration.authz.examples import ONE_PER_ROLE, World, make_world
from tests.integration.authz.operations import PREFIX, Operation, matrix, operations

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

#: Of each operation.
EXAMPLES = int(
    os.environ.get("HOLDFAST_FUZZ_EXAMPLES")
    or (150 if os.environ.get("HYPOTHESIS_PROFILE") == "fuzz" else 2)
)
#: Deletes the account in whose session it comes, and with it what the other examples need.
LEFT_OUT = frozenset({"DELETE /me"})
ALL = [one for one in operations() if one.name not in LEFT_OUT]


@cache
def document() -> Any:
    described = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return schemathesis.openapi.from_dict(described)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world().prepare()
        transaction.set_rollback(True)


def callers(operation: Operation) -> list[str]:
    """Standings that get past the guard, so that what lies behind it is reached."""
    return sorted(matrix()[operation.access]) if operation.in_practice else list(ONE_PER_ROLE)


@dataclass(frozen=True)
class Request:
    """Whose session, which of the path's parameters are made up, and what else is sent."""

    standing: str
    made_up: dict[str, str]
    query: Any
    body: Any


@st.composite
def requests(draw: st.DrawFn, operation: Operation) -> Request:
    """One request; nine of ten are about things that exist."""
    described = document()[PREFIX + operation.path][operation.method]
    mode = draw(st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE]))
    case = draw(described.as_strategy(generation_mode=mode))
    made_up = {name: quote(str(one), safe="") for name, one in case.path_parameters.items()}
    if draw(st.integers(0, 9)):
        made_up = {}
    return Request(draw(st.sampled_from(callers(operation))), made_up, case.query, case.body)


def send(world: World, operation: Operation, request: Request) -> Any:
    """The answer; an exception that nothing of ours answered for is raised here."""
    standing = request.standing
    existing = {name: world.example_for(standing, name) for name in operation.parameters}
    browser: django.test.Client = world.browser(standing)
    # Bodies are sent as they came: also half a surrogate pair, which only ASCII can carry.
    sent = request.body
    content = b"" if sent is NOT_SET else json.dumps(sent, default=str).encode()
    query = f"?{_query(request.query)}" if request.query else ""
    with transaction.atomic():
        answer = browser.generic(
            operation.method,
            operation.url(existing | request.made_up) + query,
            content,
            content_type="application/json",
        )
        transaction.set_rollback(True)
    return answer


def _query(query: Any) -> str:
    pairs = query.items() if hasattr(query, "items") else query
    text = [(name, str(one).encode("utf-8", "surrogatepass")) for name, one in pairs]
    return urlencode(text)


@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.name)
def test_it_is_answered_and_never_with_a_fault(world: World, operation: Operation) -> None:
    @given(requests(operation))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def answered(request: Request) -> None:
        assert send(world, operation, request).status_code < 500

    answered()


def test_a_time_of_day_takes_no_offset(world: World) -> None:
    answer = world.browser("client/self").patch(
        f"{PREFIX}/me/notifications", {"quiet_from": "21:00:00Z"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "quiet_from")
