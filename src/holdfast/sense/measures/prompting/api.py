"""Endpoints: what somebody is asked now and soon, and putting it off."""

from __future__ import annotations

import uuid
from typing import Any

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.sense.measures import schemas
from holdfast.sense.measures.prompting import queries
from holdfast.sense.measures.prompting.queries import PromptView
from holdfast.sense.measures.prompting.snoozing import snooze

router = Router(tags=["measures"])
PROMPTS = "/practices/{practice_id}/clients/{client_id}/prompts"


@router.get(PROMPTS, access=Access("today", "read"), response=schemas.PromptList)
def list_prompts(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """What stands open and what opens in the next two days, with every instant, so that a device
    can show it without network.
    """
    return {"items": queries.prompts(request.client, clock.now())}


@router.post(PROMPTS + "/{prompt_id}/snooze", access=Access("today", "write"), response=PromptView)
def snooze_prompt(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, prompt_id: uuid.UUID
) -> Any:
    """Put it off for as long as its rule says. 409 `prompt-not-open` where it cannot be."""
    return snooze(request.client, prompt_id, now=clock.now(), by=request.actor)
