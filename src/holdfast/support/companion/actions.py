"""Switch flows, comment them, choose a model."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid, NotFound
from holdfast.core.tenancy.models import Membership, Practice
from holdfast.support.companion import flows
from holdfast.support.companion.model.config import ConfigError, checked_url
from holdfast.support.companion.models import FlowComment, FlowSwitch, ModelEndpoint
from holdfast.support.companion.problems import ModelIncomplete


def _member(practice: Practice, by: Actor) -> Membership | None:
    return Membership.objects.filter(practice=practice, pk__in=by.membership_ids).first()


def switch(practice: Practice, *, flow: str, language: str, on: bool, by: Actor) -> None:
    """Switch a flow on or off in one language. Raises NotFound for one that does not speak it."""
    if not flows.flow_of(flow).has(language):
        raise NotFound
    with transaction.atomic():
        FlowSwitch.objects.update_or_create(
            practice=practice,
            flow=flow,
            language=language,
            defaults={"on": on, "by": _member(practice, by), "at": clock.now()},
        )
        detail = {"language": language, "on": on}
        record("switch", "companion_flow", by=by, resource_id=flow, detail=detail)


def comment(
    practice: Practice, *, flow: str, language: str, step: str | None, text: str, by: Actor
) -> FlowComment:
    """Say something of a flow or of one of its steps. Raises NotFound, Invalid."""
    found = flows.flow_of(flow)
    if step is not None and step not in found.steps:
        raise Invalid(errors=(FieldError("step", "unknown-step", "There is no such step."),))
    row = FlowComment(
        practice=practice,
        flow=flow,
        version=found.version,
        language=language,
        step=step or "",
        by=_member(practice, by),
        at=clock.now(),
    )
    row.text = text
    with transaction.atomic():
        row.save(force_insert=True)
        record("comment", "companion_flow", by=by, resource_id=row.pk, detail={"flow": flow})
    return row


def resolve(practice: Practice, comment_id: uuid.UUID, *, by: Actor) -> FlowComment:
    """A comment is dealt with; again changes nothing. Raises NotFound."""
    with transaction.atomic():
        rows = FlowComment.objects.filter(practice=practice, pk=comment_id)
        if rows.filter(resolved_at=None).update(resolved_at=clock.now()):
            record("resolve", "companion_flow", by=by, resource_id=comment_id)
        row = rows.select_related("by").first()
    if row is None:
        raise NotFound
    return row


def choose_model(
    practice: Practice,
    *,
    on: bool,
    url: str,
    name: str,
    key: str | None,
    requests_a_day: int,
    tokens_a_day: int,
    by: Actor,
) -> ModelEndpoint:
    """Choose the practice's model. Raises ModelIncomplete, and Invalid for what is no address."""
    if on and not (url and name):
        raise ModelIncomplete
    address = _checked(url) if url else ""
    with transaction.atomic():
        Practice.objects.select_for_update().get(pk=practice.pk)
        row = ModelEndpoint.objects.filter(practice=practice).first()
        row = row or ModelEndpoint(practice=practice)
        row.on, row.url, row.name = on, address, name
        row.requests_a_day, row.tokens_a_day = requests_a_day, tokens_a_day
        if key is not None:
            row.key = key or None
        row.save()
        record("choose", "companion_model", by=by, resource_id=row.pk, detail={"on": on})
    return row


def _checked(url: str) -> str:
    """The address as it is kept; Invalid says with the client's own code why it is refused."""
    try:
        return checked_url(url)
    except ConfigError as fault:
        detail = "Not an address that a model may have."
        raise Invalid(errors=(FieldError("url", fault.code, detail),)) from None
