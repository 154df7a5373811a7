"""Plain functions that make what tests need: practices, people, sessions, care teams.

Every function takes what matters to the test and fills in the rest; none reads the clock of the
machine other than through `core.clock`.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import time
from datetime import date, datetime
from datetime import time as wall_time
from typing import Any

import django.test
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.identity.models import User
from holdfast.core.tenancy.models import (
    CareTeamMember,
    Client,
    Closure,
    Membership,
    MonitoredHours,
    OnCall,
    Practice,
    Role,
    Supervision,
)

_counter = itertools.count(1)

KDF_PARAMS = {"algorithm": "argon2id", "memory_kib": 65536, "passes": 3, "parallelism": 1}


def auth_secret(login: str) -> str:
    """The authentication secret that `make_user` gives an account: 32 bytes, base64url."""
    digest = hashlib.sha256(f"auth|{login}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def make_practice(name: str = "", **fields: Any) -> Practice:
    """A live practice open to registration (`status="preparing"` for one that is not yet live)."""
    number = next(_counter)
    values: dict[str, Any] = {
        "name": name or f"Practice {number}",
        "slug": f"practice-{number}",
        "time_zone": "Europe/Berlin",
        "countries": ["DE"],
        "self_registration": True,
        "status": "preparing" if fields.get("kind") == Practice.Kind.DEMO else "live",
        "created_at": clock.now(),
    }
    return Practice.objects.create(**(values | fields))


def make_user(login: str = "", *, email: str = "", verified: bool = True, **fields: Any) -> User:
    """An account whose authentication secret is `auth_secret(login)`."""
    login = login or f"person{next(_counter)}"
    salt = hashlib.sha256(f"salt|{login}".encode()).digest()[:16]
    values: dict[str, Any] = {
        "email": email,
        "kdf_salt": base64.urlsafe_b64encode(salt).rstrip(b"=").decode(),
        "kdf_params": dict(KDF_PARAMS),
        "date_joined": clock.now(),
    }
    user = User.objects.create_user(login, auth_secret(login), **(values | fields))
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def make_member(
    practice: Practice,
    role: str,
    *,
    user: User | None = None,
    display_name: str = "",
    active: bool = True,
    **user_fields: Any,
) -> Membership:
    """Someone with one role in the practice; with an account of their own without `user`."""
    account = user or make_user(**user_fields)
    return Membership.objects.create(
        practice=practice,
        user=account,
        role=role,
        display_name=display_name or f"{role.title()} {next(_counter)}",
        active=active,
        joined_at=clock.now(),
    )


def make_client(
    practice: Practice,
    *,
    user: User | None = None,
    account: bool = True,
    display_name: str = "",
    contact: dict[str, Any] | None = None,
    **fields: Any,
) -> Client:
    """A client's record, with an account and the client role unless `account=False`."""
    if user is None and account:
        user = make_user()
    if user is not None:
        Membership.objects.get_or_create(
            practice=practice,
            user=user,
            role=Role.CLIENT,
            defaults={"joined_at": clock.now()},
        )
    values: dict[str, Any] = {
        "country": "DE",
        "time_zone": practice.time_zone,
        "adult_confirmed_at": clock.now(),
        "reachable": True,
        "joined_at": clock.now(),
    }
    client = Client(practice=practice, user=user, **(values | fields))
    client.display_name = display_name or f"Person {next(_counter)}"
    client.contact = contact or {"phone": "", "email": "", "emergency_contact": None}
    client.save()
    return client


def join_care_team(
    client: Client,
    member: Membership,
    *,
    purpose: str = CareTeamMember.Purpose.TREATMENT,
    primary: bool = True,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> CareTeamMember:
    """Put someone of the practice on a client's care team, from today unless told otherwise."""
    return CareTeamMember.objects.create(
        practice=client.practice,
        client=client,
        membership=member,
        purpose=purpose,
        primary=primary,
        starts_on=starts_on or clock.now().date(),
        ends_on=ends_on,
    )


def supervise(supervisor: Membership, supervisee: Membership) -> Supervision:
    return Supervision.objects.create(
        practice=supervisor.practice, supervisor=supervisor, supervisee=supervisee
    )


def set_monitored_hours(
    practice: Practice, opens: str = "09:00", closes: str = "17:00", weekdays: str = "12345"
) -> None:
    """The same hours on every named ISO weekday."""
    for weekday in weekdays:
        MonitoredHours.objects.create(
            practice=practice,
            weekday=int(weekday),
            opens=wall_time.fromisoformat(opens),
            closes=wall_time.fromisoformat(closes),
        )


def close_on(practice: Practice, on: date, reason: str = "") -> Closure:
    return Closure.objects.create(practice=practice, on=on, reason=reason)


def set_on_call(practice: Practice, *members: Membership) -> None:
    """The order in which flags go from person to person."""
    OnCall.objects.filter(practice=practice).delete()
    for position, member in enumerate(members, start=1):
        OnCall.objects.create(practice=practice, position=position, membership=member)


def give_totp(user: User) -> str:
    """Enrol an authenticator app; returns its secret (see `totp_code`)."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def totp_code(secret: str) -> str:
    """What the authenticator app shows now, by the machine's clock as the check that follows."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def has_authenticator(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


def sign_in(
    client: django.test.Client, user: User, second_factor: bool = True
) -> django.test.Client:
    """Give the test client a real session of `user`, with allauth's authentication records."""
    if second_factor and not has_authenticator(user):
        give_totp(user)
    client.force_login(user)
    at = time.time()
    records: list[dict[str, Any]] = [{"method": "password", "at": at, "username": user.login}]
    if second_factor:
        records.append({"method": "mfa", "type": "totp", "at": at})
    session = client.session
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def browser(user: User | None = None, second_factor: bool = True) -> django.test.Client:
    """A new test client, signed in when a user is given."""
    client = django.test.Client()
    return sign_in(client, user, second_factor) if user else client


def actor_for(*memberships: Membership) -> Actor:
    """The actor that the guard would make for these memberships of one account."""
    first = memberships[0]
    pairs = tuple(sorted((m.role, m.pk) for m in memberships))
    return Actor(first.user_id, first.practice_id, pairs, "+".join(role for role, _ in pairs))


def instant(text: str) -> datetime:
    """An aware instant from ISO 8601 text."""
    return datetime.fromisoformat(text)
