"""Put a prompt off."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.locks import one_writer_for
from holdfast.core.tenancy.models import Client
from holdfast.sense.measures.engine import prompts as engine
from holdfast.sense.measures.models import Assignment, Prompt
from holdfast.sense.measures.problems import PromptNotOpen
from holdfast.sense.measures.prompting import queries, rows
from holdfast.sense.measures.prompting.queries import PromptView


def snooze(client: Client, prompt_id: uuid.UUID, *, now: datetime, by: Actor) -> PromptView:
    """Ask again later. Raises NotFound, PromptNotOpen."""
    with transaction.atomic():
        one_writer_for(client)
        row = _row(client, prompt_id, now)
        rule = row.assignment.schedule
        try:
            put_off = engine.snooze(rows.standing(row), rule, now)
        except engine.NotNow:
            raise PromptNotOpen from None
        Prompt.objects.filter(pk=row.pk).update(**rows.fields(put_off, rule))
        record("snooze", "prompt", by=by, resource_id=row.pk, client_id=client.pk)
    return next(one for one in queries.prompts(client, now) if one.prompt_id == row.pk)


def _row(client: Client, prompt_id: uuid.UUID, now: datetime) -> Prompt:
    """The row, written down now where no worker has done it."""
    own = Prompt.objects.select_related("assignment").filter(
        practice_id=client.practice_id, client_id=client.pk, pk=prompt_id
    )
    if (row := own.first()) is not None:
        return row
    for assignment in Assignment.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, cancelled_at=None
    ):
        rows.plan(assignment, client, now)
    if (row := own.first()) is not None:
        return row
    raise NotFound
