"""Endpoints: a person's assessments, the two reports, and asking for a talk."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.sense.assessments import actions, pdf, queries, schemas
from holdfast.sense.assessments.engine.counting import Report
from holdfast.sense.assessments.engine.sheet import Sheet
from holdfast.sense.assessments.views import (
    AssessmentDetail,
    AssessmentView,
    TalkView,
    local_today,
    talk_view,
    view,
)

router = Router(tags=["assessments"])
PRACTICE = "/practices/{practice_id}"
PERSON = PRACTICE + "/clients/{client_id}"
BASE = PERSON + "/assessments"
TALKS = PERSON + "/talk-requests"


@router.get(BASE, access=Access("assessment", "read"), response=schemas.AssessmentList)
def list_assessments(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """A person's assessments, newest first."""
    return {"items": queries.assessments(request.client, clock.now())}


@router.post(BASE, access=Access("assessment", "write"), response={201: AssessmentView})
def begin_assessment(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.AssessmentIn
) -> Any:
    """Begin one: by the person, or by the care team for them.

    409 `assessment-running` while another has not ended.
    """
    row = actions.begin(
        client=request.client,
        times=data.times or (),
        starts_on=data.starts_on,
        by=request.actor,
    )
    return Status(201, view(row, local_today(request.client.time_zone, clock.now())))


@router.get(
    BASE + "/{assessment_id}", access=Access("assessment", "read"), response=AssessmentDetail
)
def get_assessment(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, assessment_id: uuid.UUID
) -> Any:
    """How it goes, and what was put so far: what a device needs to know what to put next."""
    return queries.detail(request.client, assessment_id, clock.now())


@router.patch(
    BASE + "/{assessment_id}", access=Access("assessment", "write"), response=AssessmentView
)
def change_assessment(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    assessment_id: uuid.UUID,
    data: schemas.TimesIn,
) -> Any:
    """Ask at other times from now on. 409 `assessment-over` where it has ended."""
    row = actions.change_times(
        client=request.client, assessment_id=assessment_id, times=data.times, by=request.actor
    )
    return view(row, local_today(request.client.time_zone, clock.now()))


@router.post(
    BASE + "/{assessment_id}/leave", access=Access("assessment", "write"), response=AssessmentView
)
def leave_assessment(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, assessment_id: uuid.UUID
) -> Any:
    """End it early; what was answered stays. 409 `assessment-over` where it has ended."""
    row = actions.leave(client=request.client, assessment_id=assessment_id, by=request.actor)
    return view(row, local_today(request.client.time_zone, clock.now()))


@router.get(BASE + "/{assessment_id}/report", access=Access("assessment", "read"), response=Report)
def get_report(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, assessment_id: uuid.UUID
) -> Any:
    """On how many days each feature was reported, so far or at the end. Counts, no verdict."""
    return queries.report(request.client, assessment_id, clock.now())[1]


@router.get(BASE + "/{assessment_id}/sheet", access=Access("assessment", "read"), response=Sheet)
def get_sheet(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    assessment_id: uuid.UUID,
    language: str = "en",
) -> Any:
    """The doctor's report in words: en, es, de or ar; any other language is answered in English."""
    now = clock.now()
    return queries.sheet(request.client, request.practice, assessment_id, now, language=language)[0]


@router.get(BASE + "/{assessment_id}/report.pdf", access=Access("assessment", "read"))
def get_pdf(
    request: Request,
    practice_id: uuid.UUID,
    client_id: uuid.UUID,
    assessment_id: uuid.UUID,
    language: str = "en",
) -> Any:
    """The same as a PDF (A4). The file's name says nothing of the person."""
    now = clock.now()
    made, counted = queries.sheet(
        request.client, request.practice, assessment_id, now, language=language
    )
    return HttpResponse(
        pdf.render(made, counted, made_at=now),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="report-{now.date().isoformat()}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get(TALKS, access=Access("talk_request", "read"), response=schemas.TalkList)
def list_talk_requests(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """When the person asked for a talk, and who took it on."""
    return {"items": queries.talks(request.client)}


@router.post(TALKS, access=Access("talk_request", "write"), response={200: TalkView, 201: TalkView})
def ask_for_talk(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Tell the care team that one asks for a talk. 200 with the one that waits already.

    409 `nobody-to-tell` where the practice has nobody who could be told.
    """
    row, created = actions.ask_for_talk(client=request.client, by=request.actor)
    return Status(201 if created else 200, talk_view(row))


@router.post(TALKS + "/{talk_id}/take", access=Access("talk_answer", "write"), response=TalkView)
def take_talk(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, talk_id: uuid.UUID
) -> Any:
    """Take it on; the person is told that somebody has seen it."""
    row = actions.take_talk(client=request.client, talk_id=talk_id, by=request.actor)
    return talk_view(row)


@router.get(
    PRACTICE + "/talk-requests", access=Access("talk_list", "read"), response=schemas.TalkRows
)
def list_waiting_talks(request: Request, practice_id: uuid.UUID) -> Any:
    """Requests that wait, of the people whose care team one is on, oldest first."""
    today = clock.now().date()
    rows = queries.waiting_talks(request.practice, request.actor, today)
    note_list("talk_request", by=request.actor, people=(row.client_id for row in rows))
    return {"items": rows}
