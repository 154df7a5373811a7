"""What must stand before a practice goes live. Higher wings add what only they can check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError
from holdfast.core.tenancy.models import (
    CLINICAL_ROLES,
    Membership,
    MonitoredHours,
    OnCall,
    Practice,
    Role,
)

_STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class Requirement:
    """One thing that must stand. `detail` says, in English, what is missing or what is there."""

    code: str
    met: bool
    detail: str


Check = Callable[[Practice], Requirement]

_registered: dict[str, Check] = {}

#: Checked by higher wings; one that nobody checks counts as missing.
FROM_ABOVE = ("crisis-line",)


def register(code: str, check: Check) -> None:
    """Let a higher wing say whether its requirement stands; called from `AppConfig.ready`."""
    _registered[code] = check


class NotReady(Conflict):
    code = "not-ready"
    title = "Something is still missing before this practice can go live."


class DemoNeverLive(Conflict):
    code = "demo-practice"
    title = "A demo practice never goes live."


class StillNeeded(Conflict):
    code = "still-needed"
    title = "This practice is live and cannot be without it. Put something in its place first."


def _with_second_factor(practice: Practice, roles: frozenset[str]) -> bool:
    return Membership.objects.filter(
        practice=practice, role__in=roles, active=True, user__authenticator__type__in=_STRONG
    ).exists()


def _administrator(practice: Practice) -> Requirement:
    met = _with_second_factor(practice, frozenset({Role.ADMINISTRATOR}))
    return Requirement("administrator-second-factor", met, "An administrator with a second factor.")


def _clinician(practice: Practice) -> Requirement:
    met = _with_second_factor(practice, CLINICAL_ROLES)
    return Requirement("clinician", met, "A clinician with a second factor.")


def _monitored_hours(practice: Practice) -> Requirement:
    met = MonitoredHours.objects.filter(practice=practice).exists()
    return Requirement("monitored-hours", met, "Hours in which somebody looks at flags.")


def _on_call(practice: Practice) -> Requirement:
    met = OnCall.objects.filter(
        practice=practice, membership__active=True, membership__role__in=CLINICAL_ROLES
    ).exists()
    return Requirement("on-call", met, "An on-call order with a clinician in it.")


def _end_of_chain(practice: Practice) -> Requirement:
    written = (
        practice.end_of_chain_name,
        practice.end_of_chain_phone,
        practice.end_of_chain_instructions,
    )
    met = all(text.strip() for text in written)
    return Requirement("end-of-chain", met, "Who comes last, by name and phone, and what to do.")


def _crisis_contact(practice: Practice) -> Requirement:
    met = bool(practice.contact_phone.strip())
    return Requirement("crisis-contact", met, "A telephone number of the practice.")


_OWN: tuple[Check, ...] = (
    _administrator,
    _clinician,
    _monitored_hours,
    _on_call,
    _end_of_chain,
    _crisis_contact,
)


def requirements(practice: Practice) -> list[Requirement]:
    """Every requirement, met or not, in the order in which the screen shows them."""
    unchecked = [code for code in FROM_ABOVE if code not in _registered]
    return [
        *(check(practice) for check in _OWN),
        *(check(practice) for check in _registered.values()),
        *(Requirement(code, False, "Nothing here can check this.") for code in unchecked),
    ]


def missing(practice: Practice) -> list[Requirement]:
    return [requirement for requirement in requirements(practice) if not requirement.met]


def _errors(unmet: list[Requirement]) -> tuple[FieldError, ...]:
    return tuple(FieldError(r.code, "missing", r.detail) for r in unmet)


def go_live(practice: Practice, *, by: Actor) -> Practice:
    """Take a practice live, once everything stands; doing so again changes nothing."""
    if practice.kind == Practice.Kind.DEMO:
        raise DemoNeverLive
    with transaction.atomic():
        locked = Practice.objects.select_for_update().get(pk=practice.pk)
        if locked.status == Practice.Status.LIVE:
            return locked
        if unmet := missing(locked):
            raise NotReady(errors=_errors(unmet))
        locked.status = Practice.Status.LIVE
        locked.save(update_fields=["status"])
        record("go-live", "practice", by=by, resource_id=locked.pk)
    return locked


@contextmanager
def kept(practice: Practice) -> Iterator[None]:
    """Run a change in a transaction; undo it when a live practice would lose what it needs."""
    with transaction.atomic():
        # One change at a time: of two that each leave the other's half, one must see the loss.
        Practice.objects.select_for_update().get(pk=practice.pk)
        before = {r.code for r in missing(practice)} if practice.status == "live" else None
        yield
        if before is not None:
            practice.refresh_from_db()
            lost = [r for r in missing(practice) if r.code not in before]
            if lost:
                raise StillNeeded(errors=_errors(lost))
