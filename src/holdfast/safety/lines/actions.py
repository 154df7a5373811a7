"""Confirm a crisis line, withdraw a confirmation, switch countries on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import Conflict, FieldError, Invalid, NotFound
from holdfast.core.tenancy import readiness
from holdfast.core.tenancy.models import Practice
from holdfast.safety.lines import engine, queries
from holdfast.safety.lines.models import CrisisLineConfirmation


class CountryUnconfirmed(Conflict):
    """Its lines must be checked first; `countries` lists those that lack a confirmed line."""

    code = "country-unconfirmed"
    title = "Confirm a crisis line of this country first."


def confirm(*, practice: Practice, line_id: str, by: Actor) -> None:
    """Somebody of the practice called the line today and it is right. Again renews the date."""
    if engine.line(line_id) is None or by.user_id is None:
        raise NotFound
    now = clock.now()
    with transaction.atomic():
        CrisisLineConfirmation.objects.filter(
            practice=practice, line_id=line_id, withdrawn_at__isnull=True
        ).update(withdrawn_at=now)
        CrisisLineConfirmation.objects.create(
            practice=practice, line_id=line_id, confirmed_on=now.date(), confirmed_by=by.user_id
        )
        record("confirm", "crisis_line", by=by, resource_id=line_id)


def withdraw(*, practice: Practice, line_id: str, by: Actor) -> None:
    """Take a confirmation back. Raises NotFound where there is none, and StillNeeded when a live
    practice would be left without a confirmed line in one of its countries.
    """
    with readiness.kept(practice):
        changed = CrisisLineConfirmation.objects.filter(
            practice=practice, line_id=line_id, withdrawn_at__isnull=True
        ).update(withdrawn_at=clock.now())
        if not changed:
            raise NotFound
        record("withdraw", "crisis_line", by=by, resource_id=line_id)


def set_countries(*, practice: Practice, countries: Sequence[str], by: Actor) -> None:
    """Say in which countries the practice's people are. Raises CountryUnconfirmed, Invalid.

    Each needs a line whose confirmation holds; one that is on already may stay while it is stale.
    """
    wanted = list(dict.fromkeys(country.upper() for country in countries))
    unknown = [country for country in wanted if country not in engine.directory()]
    if unknown:
        errors = tuple(FieldError("countries", "unknown-country", code) for code in unknown)
        raise Invalid(errors=errors)
    confirmed = queries.confirmed_countries(practice.pk, clock.now().date())
    kept = set(practice.countries) if practice.status == Practice.Status.LIVE else set()
    missing = [country for country in wanted if country not in confirmed | kept]
    if missing:
        raise CountryUnconfirmed(countries=missing)
    with transaction.atomic():
        Practice.objects.filter(pk=practice.pk).update(countries=wanted)
        practice.countries = wanted
        record("set-countries", "crisis_line", by=by, detail={"countries": wanted})
