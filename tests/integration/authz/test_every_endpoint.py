"""Every endpoint x every standing, over HTTP, against a matrix written by hand.

Nothing here lists endpoints: they are read from the API itself, so that a new one is tested from
its first day (see `examples` for what it may need).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import django.test
import orjson
import pytest
from django.db import transaction

from holdfast.core import clock
from holdfast.core.authz import table
from holdfast.safety.flags.models import Flag, Level
from tests import factories
from tests.integration.authz.examples import (
    BODIES,
    CONTENT_PARAMETERS,
    ONE_PER_ROLE,
    OWN_PARAMETERS,
    QUERIES,
    STANDINGS,
    World,
    make_world,
)
from tests.integration.authz.operations import Operation, matrix, operations

# Who may do what is decided in Python; what the guard asks the database, every endpoint's own
# tests ask on both.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ALL = operations()
IN_PRACTICE = [operation for operation in ALL if operation.in_practice]
SIGNED_IN = [operation for operation in ALL if operation.access == "SIGNED_IN"]
PUBLIC = [operation for operation in ALL if operation.access == "PUBLIC"]

#: What may be asked without a session. A new name here is a decision, not a detail.
PUBLIC_NAMES = {
    "GET /config",
    "GET /consent-texts",
    "GET /help",
    "GET /protocol",
    "GET /demo/accounts",
    "POST /auth/kdf",
    "POST /auth/provider",
    "POST /auth/recover",
    "POST /deletions/look-up",
    "POST /invitations/look-up",
    "POST /links/look",
    "POST /links/use",
}

#: What shows by a seal of this installation who sends it, and needs neither session nor token.
SEALED_NAMES = {"POST /live/reports"}


def _named(operation: Operation) -> str:
    return operation.name


every = pytest.mark.parametrize("operation", IN_PRACTICE, ids=_named)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _send(
    browser: django.test.Client,
    operation: Operation,
    values: dict[str, str],
    body: dict[str, Any] | None,
) -> Any:
    with undone():
        return browser.generic(
            operation.method,
            operation.url(values) + QUERIES.get(operation.name, ""),
            orjson.dumps(body) if body is not None else b"",
            content_type="application/json",
        )


def _values(world: World, operation: Operation) -> dict[str, str]:
    return {name: world.example(name) for name in operation.parameters}


def _body(world: World, operation: Operation) -> dict[str, Any] | None:
    if not operation.takes_body:
        return None
    maker = BODIES.get(operation.name)
    return maker(world) if maker else {}


@dataclass(frozen=True)
class Worlds:
    """Two practices, and a neighbour: another person in care in the first."""

    here: World
    other: World
    neighbour: World


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Worlds]:
    """Made once; every test undoes what it did, and the module what it made."""
    with django_db_blocker.unblock(), undone():
        here, other = make_world(), make_world()
        neighbour = World(
            here.practice, factories.make_client(here.practice), here.accounts, here.members
        )
        factories.join_care_team(neighbour.person, here.members["clinician/none"])
        Flag.objects.create(
            practice=here.practice,
            client=neighbour.person,
            level=Level.CONCERN,
            reason="severe-band",
            raised_at=clock.now(),
            answered_at=clock.now(),
        )
        yield Worlds(here.prepare(), other.prepare(), neighbour.prepare())


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds.here


def test_every_operation_states_its_access_and_only_these_are_open() -> None:
    unstated = [operation.name for operation in ALL if operation.access == "not stated"]
    assert not unstated, f"These do not use core.api.Router: {unstated}"
    assert {operation.name for operation in PUBLIC} == PUBLIC_NAMES
    assert {operation.name for operation in ALL if operation.access == "SEALED"} == SEALED_NAMES


@every
def test_the_access_stated_fits_the_method_and_the_path(operation: Operation) -> None:
    action = operation.access.partition(".")[2]
    # A search is a read whose words stand in the body, so that no name ends in an address.
    reads = operation.method == "GET" or operation.path.endswith("/search")
    assert action == ("read" if reads else "write")
    assert operation.path.startswith("/practices/{practice_id}")


@every
def test_each_standing_may_what_the_matrix_says(world: World, operation: Operation) -> None:
    allowed = matrix()[operation.access]
    body = _body(world, operation)
    wrong = []
    for standing in STANDINGS:
        values = {name: world.example_for(standing, name) for name in operation.parameters}
        answer = _send(world.browser(standing), operation, values, body)
        refused = answer.status_code == 403 and answer.json()["code"] == "not-permitted"
        # Beyond the guard a body may be refused and one's own things may be missing; nothing more.
        if (standing in allowed) == refused or answer.status_code in {401, 405, 500}:
            wrong.append(f"{standing}: {answer.status_code} {answer.content[:200]!r}")
    assert not wrong, "\n".join(wrong)


@every
def test_without_a_session_it_is_401(world: World, operation: Operation) -> None:
    answer = _send(django.test.Client(), operation, _values(world, operation), {})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@every
def test_staff_without_a_second_factor_in_the_session_get_nothing(
    world: World, operation: Operation
) -> None:
    values = _values(world, operation)
    for standing in ONE_PER_ROLE[1:]:
        browser = world.browser(standing, second_factor=False)
        answer = _send(browser, operation, values, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-required")


@every
def test_nobody_of_another_practice_finds_anything(worlds: Worlds, operation: Operation) -> None:
    world, other = worlds.here, worlds.other
    values, body = _values(world, operation), _body(world, operation)
    for standing in ONE_PER_ROLE:
        answer = _send(other.browser(standing), operation, values, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), standing


@every
def test_an_inactive_member_is_nobody(world: World, operation: Operation) -> None:
    member = world.members["administrator/none"]
    type(member).objects.filter(pk=member.pk).update(active=False)
    browser = world.browser("administrator/none")
    answer = _send(browser, operation, _values(world, operation), {})
    assert answer.status_code == 404


@every
def test_an_identifier_of_another_practice_does_not_exist_here(
    worlds: Worlds, operation: Operation
) -> None:
    """One by one, each identifier in the path is replaced by another practice's."""
    world, other = worlds.here, worlds.other
    values, body = _values(world, operation), _body(world, operation)
    for name in operation.parameters:
        if name in CONTENT_PARAMETERS:
            continue
        beside = name not in {"practice_id", "client_id"}
        assert not (beside and operation.takes_body and operation.name not in BODIES), (
            f"{operation.name} names an object and takes a body:"
            " add a valid body to BODIES in tests/integration/authz/examples.py"
        )
        foreign = values | {name: other.example(name)}
        for standing in sorted(matrix()[operation.access]):
            answer = _send(world.browser(standing), operation, foreign, body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (
                f"{standing} with another practice's {name}: {answer.status_code}"
            )


@every
def test_an_identifier_of_another_person_does_not_exist_under_ones_own(
    worlds: Worlds, operation: Operation
) -> None:
    """A client's path with a neighbour's object in it; one's own list holds one's own only."""
    world, neighbour = worlds.here, worlds.neighbour
    if "client_id" not in operation.parameters:
        return
    values, body = _values(world, operation), _body(world, operation)
    for name in operation.parameters:
        if name in CONTENT_PARAMETERS | OWN_PARAMETERS | {"practice_id", "client_id"}:
            continue
        swapped = values | {name: neighbour.example(name)}
        for standing in sorted(matrix()[operation.access]):
            answer = _send(world.browser(standing), operation, swapped, body)
            assert answer.status_code == 404, f"{standing} with a neighbour's {name}"


@every
def test_what_is_no_identifier_is_404_and_is_not_repeated(
    world: World, operation: Operation
) -> None:
    browser = world.browser("administrator/none")
    for name in operation.parameters:
        if name in CONTENT_PARAMETERS:
            continue
        values = _values(world, operation) | {name: "hunter2"}
        answer = _send(browser, operation, values, _body(world, operation))
        assert answer.status_code == 404
        assert b"hunter2" not in answer.content


@pytest.mark.parametrize(
    "operation",
    [one for one in ALL if one.method != "GET" and one.access != "SEALED"],
    ids=_named,
)
def test_every_change_needs_the_sites_token(world: World, operation: Operation) -> None:
    browser = django.test.Client(enforce_csrf_checks=True)
    factories.sign_in(browser, world.accounts["client/self"], second_factor=False)
    answer = _send(browser, operation, _values(world, operation), {})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf-failed")


@pytest.mark.parametrize("operation", SIGNED_IN, ids=_named)
def test_ones_own_account_needs_a_session_and_no_second_factor(
    world: World, operation: Operation
) -> None:
    values = _values(world, operation)
    assert _send(django.test.Client(), operation, values, {}).status_code == 401
    browser = world.browser("clinician/none", second_factor=False)
    assert _send(browser, operation, values, {}).status_code in {200, 204, 422}


@pytest.mark.parametrize("operation", [one for one in ALL if one.takes_body], ids=_named)
def test_a_refused_body_is_not_repeated(world: World, operation: Operation) -> None:
    canary = "canary-of-the-coal-mine"
    fields = ("login", "token", "name", "display_name", "answers", "kind", "purpose", "role")
    body = {name: {canary: [canary]} for name in fields} | {canary: canary}
    for standing in ("client/self", "clinician/care_team", "administrator/none"):
        browser = world.browser(standing)
        answer = _send(browser, operation, _values(world, operation), body)
        assert canary.encode() not in answer.content
        assert answer.status_code < 500


def test_the_matrix_and_the_table_name_the_same_things() -> None:
    """So that neither holds a resource or an action that the other has forgotten."""
    in_table = {f"{g.resource}.{action}" for g in table.TABLE for action in g.actions}
    unused_letters_of_own = {"today.write", "progress.write", "instrument_terms.read"}
    assert in_table - matrix().keys() <= unused_letters_of_own
    assert matrix().keys() <= in_table


@pytest.mark.parametrize("access", sorted(matrix()))
def test_the_table_alone_says_the_same_as_the_matrix(access: str) -> None:
    assert {one for one in STANDINGS if _allowed(one, access)} == set(matrix()[access])


def _allowed(standing: str, access: str) -> bool:
    role, _, relationship = standing.partition("/")
    resource, _, action = access.partition(".")
    standing_as = {table.PRACTICE} | ({relationship} & set(table.RELATIONSHIPS))
    return any(table.allows(role, resource, action, one) for one in standing_as)
