"""The thread between sessions: opened by a facilitator's device, for those who may belong."""

from __future__ import annotations

import uuid

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.problems import NotFound
from holdfast.meet.messages import facade as messages
from holdfast.meet.programmes import making
from holdfast.meet.programmes.models import Programme
from holdfast.meet.programmes.problems import NotRunning, ProgrammeTaken


def open_thread(
    practice_id: uuid.UUID, programme_id: uuid.UUID, given: messages.NewEpoch, *, by: Actor
) -> tuple[uuid.UUID, int, bool]:
    """Its thread, the newest epoch, and whether it is new. One programme has one thread: whoever
    comes second is answered with the first, if they belong to it.

    Raises NotRunning, ProgrammeTaken, NotFound and what `messages.open_group` does.
    """
    with transaction.atomic():
        programme = making.locked(practice_id, programme_id)
        if not making.leads(programme, by):
            raise NotFound
        if programme.state not in (Programme.State.RUNNING, Programme.State.COMMUNITY):
            raise NotRunning
        if programme.thread_id not in (None, given.epoch.thread):
            raise ProgrammeTaken
        # First, so that `standing` is asked who may belong.
        programme.thread_id = given.epoch.thread
        programme.save(update_fields=["thread_id"])
        thread, is_new = messages.open_group(practice_id, given, by=by)
    return thread.pk, thread.epoch, is_new
