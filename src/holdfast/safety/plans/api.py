"""Endpoints: a person's safety plan."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from holdfast.core.api import Access, Request, Router
from holdfast.safety.plans import actions, engine, queries
from holdfast.safety.plans.models import SafetyPlan

router = Router(tags=["safety plan"])
PATH = "/practices/{practice_id}/clients/{client_id}/safety-plan"

Text = Annotated[str, StringConstraints(max_length=engine.MAX_LENGTH)]
Lines = Annotated[list[Text], Field(max_length=engine.MAX_LINES)]


class Steps(Schema):
    warning_signs: Lines = []
    coping: Lines = []
    places: Lines = []
    people: Lines = []
    professionals: Lines = []
    safer: Lines = []


class PlanIn(Schema):
    steps: Steps
    shared: bool = True


class PlanOut(Schema):
    """`version` is 0 where nothing was written (or nothing was shared with the reader).

    `readers` says who can read it: the person, and where shared the care team and whoever a flag
    of theirs comes to.
    """

    steps: Steps
    shared: bool
    version: int
    updated_at: datetime | None
    readers: list[str]


def _out(plan: SafetyPlan | None, shared: bool) -> dict[str, Any]:
    return {
        "steps": plan.steps if plan else engine.tidy({}),
        "shared": shared,
        "version": plan.version if plan else 0,
        "updated_at": plan.created_at if plan else None,
        "readers": ["self", "care_team", "flag_owner"] if shared else ["self"],
    }


@router.get(PATH, access=Access("safety_plan", "read"), response=PlanOut)
def get_plan(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """The newest version. To others than the person an unshared plan looks like none."""
    plan = queries.latest(practice_id, client_id)
    own = request.client.user_id == request.actor.user_id
    if not own:
        plan = plan if plan and plan.shared else None
    return _out(plan, plan.shared if plan else True)


@router.put(PATH, access=Access("safety_plan", "write"), response=PlanOut)
def put_plan(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: PlanIn) -> Any:
    """Write a new version; earlier ones are kept."""
    plan = actions.write_plan(
        client=request.client, steps=data.steps.dict(), shared=data.shared, by=request.actor
    )
    return _out(plan, plan.shared)
