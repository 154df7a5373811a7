"""The router every capability uses: no endpoint exists without saying who may call it.

`Router.get(path, access=...)` puts a `Guard` before the operation. It runs before anything of the
body is read: checks the CSRF token of unsafe methods, finds the practice and the client named in
the path *within that practice*, works out the actor, and asks the authorisation table. Views then
read `request.actor`, `request.practice` and `request.client`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import ninja
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from ninja.utils import check_csrf

from holdfast.core import bulk
from holdfast.core.actor import Actor
from holdfast.core.audit.reading import note_reading
from holdfast.core.authz import relationships
from holdfast.core.authz.decide import permitting_role
from holdfast.core.identity.models import User
from holdfast.core.problems import (
    ConsentWithdrawn,
    CsrfFailed,
    NotFound,
    NotPermitted,
    NotSignedIn,
    SecondFactorRequired,
)
from holdfast.core.tenancy.models import STAFF_ROLES, Client, Membership, Practice

#: Finds the client that a path's other identifier belongs to, or raises `NotFound`; None where it
#: belongs to nobody, such as a group's thread.
Locator = Callable[[uuid.UUID, dict[str, Any]], uuid.UUID | None]
#: How an actor stands to the very thing that a path names, beside how they stand to its client.
Standing = Callable[[Actor, uuid.UUID, dict[str, Any]], frozenset[str]]


@dataclass(frozen=True)
class Access:
    """What an endpoint asks of the authorisation table.

    `locate` is for paths that name a thing of a client's without naming the client; `standing` for
    things that somebody may read who may read nothing else of that client. Not `noted` are readings
    that the view itself writes down, because it alone knows what was read.
    """

    resource: str
    action: str
    locate: Locator | None = None
    standing: Standing | None = None
    noted: bool = True


class Request(HttpRequest):
    """A request after its guard: what views may rely on."""

    actor: Actor
    practice: Practice
    client: Client


class _Open:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


PUBLIC = _Open("PUBLIC")
#: The body is sealed by this installation and says itself who sends it: it comes from another
#: process, or by the hand of a browser whose session may be over. The view opens it first.
SEALED = _Open("SEALED")
SIGNED_IN = _Open("SIGNED_IN")

AnyAccess = Access | _Open


def account_of(request: HttpRequest) -> User:
    """The account of a request that its guard let in as `SIGNED_IN`; raises `NotSignedIn`."""
    if not isinstance(request.user, User):
        raise NotSignedIn
    return request.user


def session_has_second_factor(request: HttpRequest) -> bool:
    """Whether this session has a second factor: ours, or a provider's that is trusted in it."""
    from allauth.account.authentication import get_authentication_records

    from holdfast.core.identity import sso

    return sso.vouched(request) or any(
        record.get("method") == "mfa"
        and record.get("type") in {"totp", "webauthn", "recovery_codes"}
        for record in get_authentication_records(request, request.user)
    )


def _actor_in(request: HttpRequest, practice_id: uuid.UUID) -> Actor:
    account = request.user.pk
    if account is None:
        raise NotSignedIn
    memberships = _memberships(practice_id, account)
    if not memberships:
        raise NotFound
    label = "+".join(role for role, _ in memberships)
    return Actor(account, practice_id, memberships, label)


def _memberships(practice_id: uuid.UUID, account: uuid.UUID) -> tuple[tuple[str, uuid.UUID], ...]:
    """Role and identifier of each active one, sorted. By hand: every request asks it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role, id FROM tenancy_membership"
            " WHERE practice_id = %s AND user_id = %s AND active",
            bulk.stored(Membership, practice_id=practice_id, user_id=account),
        )
        rows = cursor.fetchall()
    return tuple(sorted((role, uuid.UUID(str(pk))) for role, pk in rows))


def _find_client(
    access: Access, practice_id: uuid.UUID, parameters: dict[str, Any]
) -> Client | None:
    client_id = parameters.get("client_id")
    if access.locate is not None:
        client_id = access.locate(practice_id, parameters)
    if client_id is None:
        return None
    found = bulk.read(
        Client,
        "FROM tenancy_client WHERE practice_id = %s AND id = %s AND left_at IS NULL",
        bulk.stored(Client, practice_id=practice_id, id=client_id),
    )
    for client in found:
        return client
    raise NotFound


def _identifiers(request: HttpRequest) -> dict[str, Any]:
    """The path's parameters, with every `*_id` as a UUID; what is not one exists nowhere."""
    match = request.resolver_match
    parameters: dict[str, Any] = dict(match.kwargs) if match else {}
    for name, value in parameters.items():
        if name.endswith("_id") and name not in TEXT_IDENTIFIERS:
            try:
                parameters[name] = uuid.UUID(str(value))
            except ValueError:
                raise NotFound from None
    return parameters


#: Identifiers that content files give, which are words and not UUIDs.
TEXT_IDENTIFIERS = frozenset({"line_id", "instrument_id"})


def _note_reading(
    request: HttpRequest, access: Access, actor: Actor, client: Client | None
) -> None:
    """Reads count: whoever looks at another person's data leaves one audit event per request.

    A list of several people's is noted by its view, which knows whom it shows (`note_list`).
    Changes leave theirs in the action that makes them, in the same transaction.
    """
    if request.method not in {"GET", "HEAD"}:
        return
    if client is None or client.user_id == actor.user_id:
        return
    note_reading("read", access.resource, by=actor, client_id=client.pk)


class Guard:
    """Decides before an operation runs; ninja calls it as the operation's `auth`."""

    def __init__(self, access: AnyAccess) -> None:
        self.access = access

    def __call__(self, request: Any) -> bool:
        if self.access is SEALED:
            return True
        if request.method not in {"GET", "HEAD", "OPTIONS"} and check_csrf(request):
            raise CsrfFailed
        if self.access is PUBLIC:
            return True
        if not request.user.is_authenticated:
            raise NotSignedIn
        if isinstance(self.access, Access):
            self._authorise(request, self.access)
        else:
            request.actor = Actor(request.user.pk, None, (), "account")
        return True

    def _authorise(self, request: Any, access: Access) -> None:
        parameters = _identifiers(request)
        practice_id = parameters["practice_id"]
        actor = _actor_in(request, practice_id)
        if actor.roles & STAFF_ROLES and not session_has_second_factor(request):
            raise SecondFactorRequired
        client = _find_client(access, practice_id, parameters)
        to_thing: frozenset[str] = frozenset()
        if access.standing is not None:
            to_thing = access.standing(actor, practice_id, parameters)
        if permitting_role(actor, access.resource, access.action, client, to_thing) is None:
            if client is not None and relationships.refused_by_consent(actor, client):
                raise ConsentWithdrawn
            raise NotPermitted
        if access.noted:
            _note_reading(request, access, actor, client)
        request.actor = actor
        # Most views need no more of it than its key, which the path gives.
        request.practice = SimpleLazyObject(lambda: Practice.objects.get(pk=practice_id))
        if client is not None:
            request.client = client


V = TypeVar("V", bound=Callable[..., Any])


class Decorator(Protocol):
    """What a route does to a view: registers it and gives it back."""

    def __call__(self, view: V, /) -> V: ...


def stated_access(access: AnyAccess) -> str:
    """How the OpenAPI document tells it: `resource.action`, PUBLIC or SIGNED_IN."""
    return f"{access.resource}.{access.action}" if isinstance(access, Access) else repr(access)


class Router(ninja.Router):
    """A ninja router whose every operation states its access; see the module's docstring."""

    def _route(
        self, method: str, path: str, access: AnyAccess, options: dict[str, Any]
    ) -> Decorator:
        stated = {"x-access": stated_access(access)} | options.pop("openapi_extra", {})
        return super().api_operation(
            [method], path, auth=Guard(access), openapi_extra=stated, **options
        )

    def get(  # type: ignore[override]
        self, path: str, *, access: AnyAccess, **options: Any
    ) -> Decorator:
        return self._route("GET", path, access, options)

    def post(  # type: ignore[override]
        self, path: str, *, access: AnyAccess, **options: Any
    ) -> Decorator:
        return self._route("POST", path, access, options)

    def put(  # type: ignore[override]
        self, path: str, *, access: AnyAccess, **options: Any
    ) -> Decorator:
        return self._route("PUT", path, access, options)

    def patch(  # type: ignore[override]
        self, path: str, *, access: AnyAccess, **options: Any
    ) -> Decorator:
        return self._route("PATCH", path, access, options)

    def delete(  # type: ignore[override]
        self, path: str, *, access: AnyAccess, **options: Any
    ) -> Decorator:
        return self._route("DELETE", path, access, options)
