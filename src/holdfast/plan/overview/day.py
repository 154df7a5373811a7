"""What became of each person of an agenda since they last met, in one line.

Facts only, from what the person shares with whoever asks; the client puts them into words. A fixed
number of statements however full the day is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from holdfast.core.actor import Actor
from holdfast.core.authz.relationships import CARE_TEAM_CONSENT
from holdfast.core.problems import NotFound
from holdfast.core.tenancy.models import NEVER, ClientStanding
from holdfast.meet.messages import facade as messages
from holdfast.meet.scheduling import facade as scheduling
from holdfast.plan.overview.caseload import team_rows
from holdfast.plan.overview.engine import notable
from holdfast.plan.overview.person import LOOK_BACK
from holdfast.safety.flags import facade as flags
from holdfast.safety.flags.engine import Level
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.change.person import Verdict


@dataclass(frozen=True)
class LineScore:
    """The score that says most: what was reliably worse before what was better, then the newest."""

    instrument: str
    title: str
    earlier: float | None
    now: float
    now_at: datetime
    verdict: Verdict


@dataclass(frozen=True)
class SinceLine:
    """One person. `met_at` None: they never met, and what counts is the last four weeks.

    `answers` None: nothing was due. `unread`: messages of theirs that the reader has not read.
    """

    client_id: uuid.UUID
    met_at: datetime | None
    answers: measures.Adherence | None
    score: LineScore | None
    flag: Level | None
    unread: int


def since_lines(actor: Actor, since: datetime, until: datetime, now: datetime) -> list[SinceLine]:
    """For everybody of the actor's agenda in a time who shares what they measure with the actor.

    Who is not on the actor's caseload, or took their consent back, is left out. Six statements;
    one more for a supervisor.
    """
    if actor.practice_id is None:
        raise NotFound
    practice_id = actor.practice_id
    people = scheduling.people_between(practice_id, actor.membership_ids, since, until)
    sharing = ClientStanding.objects.filter(
        practice_id=practice_id,
        client_id__in=team_rows(actor, now).filter(client_id__in=people).values("client_id"),
    ).exclude(client__consents_withdrawn__contains=CARE_TEAM_CONSENT)
    met = dict(sharing.values_list("client_id", "met_at"))
    ids = sorted(met)
    first = (now - LOOK_BACK).date()
    answers = measures.adherence_since_met(practice_id, ids, first, now.date())
    scores = measures.main_changes(practice_id, ids)
    open_flags = flags.open_flags(practice_id, ids)
    unread = messages.unread_with(actor, practice_id, ids)
    return [
        SinceLine(
            client_id=client_id,
            met_at=None if met[client_id] == NEVER else met[client_id],
            answers=answers.get(client_id),
            score=_telling(scores.get(client_id, [])),
            flag=open_flags[client_id].highest_level if client_id in open_flags else None,
            unread=unread.get(client_id, 0),
        )
        for client_id in ids
    ]


def _telling(changes: Iterable[measures.MainChange]) -> LineScore | None:
    catalogue = measures.catalogue()
    judged = []
    for one in changes:
        verdict = measures.judge(one.instrument, one.version, one.scale, one.then, one.now).verdict
        title = catalogue.get(one.instrument, one.version).title
        judged.append(LineScore(one.instrument, title, one.then, one.now, one.now_at, verdict))
    return min(judged, key=lambda one: notable(one.verdict, one.now_at), default=None)
