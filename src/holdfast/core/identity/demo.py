"""The accounts of the demo practice, for the log-in screen and the command line.

They exist only where every practice of the installation is a demo practice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt

from holdfast.core.tenancy.models import Membership, Practice

#: RFC 6238's default, which authenticator apps use.
TOTP_PERIOD_SECONDS = 30
#: Published on purpose: these accounts hold no real person's secrets.
PASSWORD = "harbour-lantern-42"  # noqa: S105
#: The accounts that the demo makes. Whoever registers in it beside them has secrets of their own.
LOGINS = frozenset({"ada", "dana", "amir", "priya", "sol", "ren", "robin"})


@dataclass(frozen=True)
class DemoAccount:
    """One way in. `totp_code` is the present code, None for accounts without a second factor."""

    role: str
    login: str
    password: str
    totp_code: str | None
    display_name: str


def only_demo() -> bool:
    """Whether there is a demo practice and no other."""
    kinds = set(Practice.objects.values_list("kind", flat=True))
    return kinds == {Practice.Kind.DEMO}


def _code(authenticator: Authenticator | None) -> str | None:
    if authenticator is None:
        return None
    secret = decrypt(authenticator.data["secret"])
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_PERIOD_SECONDS)))


def accounts() -> list[DemoAccount]:
    """The demo's accounts by role; empty where any other practice exists."""
    if not only_demo():
        return []
    members = Membership.objects.filter(
        practice__kind=Practice.Kind.DEMO, active=True, user__login__in=LOGINS
    )
    totp = {one.user_id: one for one in Authenticator.objects.filter(type=Authenticator.Type.TOTP)}
    return [
        DemoAccount(
            role=member.role,
            login=member.user.login,
            password=PASSWORD,
            totp_code=_code(totp.get(member.user_id)),
            display_name=member.display_name or member.user.login.title(),
        )
        # Names are sealed: no database can sort by them.
        for member in sorted(members.select_related("user"), key=lambda m: (m.role, m.user.login))
    ]
