"""Endpoints: profiles and licences, a person's search, enquiries."""

from __future__ import annotations

import uuid
from typing import Any

from ninja import Status

from holdfast.core import clock
from holdfast.core.api import Access, Request, Router
from holdfast.core.audit.reading import note_list
from holdfast.meet.matching import offering, queries, schemas, seeking

router = Router(tags=["matching"])
PRACTICE = "/practices/{practice_id}"
CLINICIAN = PRACTICE + "/clinicians/{clinician_id}"
OWN = PRACTICE + "/profile"
PERSON = PRACTICE + "/clients/{client_id}"


@router.get(
    PRACTICE + "/matching-terms",
    access=Access("clinician_profile", "read"),
    response=schemas.TermsOut,
)
def get_matching_terms(request: Request, practice_id: uuid.UUID) -> Any:
    """What profiles and intakes may name."""
    return queries.terms_of(practice_id)


@router.get(
    PRACTICE + "/clinicians",
    access=Access("clinician_profile", "read"),
    response=schemas.DirectoryOut,
)
def list_clinicians(
    request: Request, practice_id: uuid.UUID, after: uuid.UUID | None = None
) -> Any:
    """Everybody who is listed, a page of 50 at a time; `next` is the `after` of the next page."""
    items, following = queries.listed(practice_id, after=after)
    return {"items": items, "next": str(following) if following else None}


@router.get(
    CLINICIAN + "/profile",
    access=Access("clinician_profile", "read"),
    response=schemas.ProfileOut,
)
def get_clinician_profile(request: Request, practice_id: uuid.UUID, clinician_id: uuid.UUID) -> Any:
    """One profile. Licences that wait, and numbers, are not shown."""
    return queries.profile(practice_id, clinician_id)


@router.get(OWN, access=Access("own_profile", "read"), response=schemas.OwnProfileOut)
def get_own_profile(request: Request, practice_id: uuid.UUID) -> Any:
    """One's own, with every licence; an empty one where none was written yet."""
    return queries.own_profile(practice_id, request.actor)


@router.put(OWN, access=Access("own_profile", "write"), response=schemas.OwnProfileOut)
def put_own_profile(request: Request, practice_id: uuid.UUID, data: schemas.ProfileIn) -> Any:
    """Write what one offers."""
    offering.save_profile(practice_id=practice_id, data=data.dict(), by=request.actor)
    return queries.own_profile(practice_id, request.actor)


@router.post(
    OWN + "/licences",
    access=Access("own_profile", "write"),
    response={201: schemas.LicenceView},
)
def add_licence(request: Request, practice_id: uuid.UUID, data: schemas.LicenceIn) -> Any:
    """Add a licence of one's own; it counts once an administrator verified it."""
    row = offering.save_licence(
        practice_id=practice_id, licence_id=None, data=data.dict(), by=request.actor
    )
    return Status(201, queries.licence_out(row, clock.now().date(), number=True))


@router.put(
    OWN + "/licences/{licence_id}",
    access=Access("own_profile", "write"),
    response=schemas.LicenceView,
)
def change_licence(
    request: Request, practice_id: uuid.UUID, licence_id: uuid.UUID, data: schemas.LicenceIn
) -> Any:
    """Change one's own; it asks for another look."""
    row = offering.save_licence(
        practice_id=practice_id, licence_id=licence_id, data=data.dict(), by=request.actor
    )
    return queries.licence_out(row, clock.now().date(), number=True)


@router.delete(
    OWN + "/licences/{licence_id}",
    access=Access("own_profile", "write"),
    response={204: None},
)
def delete_licence(request: Request, practice_id: uuid.UUID, licence_id: uuid.UUID) -> Any:
    """Take one's own away."""
    offering.remove_licence(practice_id=practice_id, licence_id=licence_id, by=request.actor)
    return Status(204, None)


@router.get(
    PRACTICE + "/licences", access=Access("licence_check", "read"), response=schemas.LicenceRows
)
def list_licences(request: Request, practice_id: uuid.UUID) -> Any:
    """Licences that wait for somebody to look at them."""
    return {"items": queries.licences_to_look_at(practice_id)}


@router.post(
    PRACTICE + "/licences/{licence_id}/decision",
    access=Access("licence_check", "write"),
    response=schemas.LicenceView,
)
def decide_licence(
    request: Request, practice_id: uuid.UUID, licence_id: uuid.UUID, data: schemas.LicenceDecision
) -> Any:
    """Say that it was seen and holds, or that it does not. 403 for one's own."""
    row = offering.decide_licence(
        practice_id=practice_id, licence_id=licence_id, verified=data.verified, by=request.actor
    )
    return queries.licence_out(row, clock.now().date(), number=True)


@router.get(PERSON + "/intake", access=Access("intake", "read"), response=schemas.IntakeOut)
def get_intake(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Where the person stands in their search, and what they look for."""
    return queries.intake_of(request.client, clock.now())


@router.put(PERSON + "/intake", access=Access("intake", "write"), response=schemas.IntakeOut)
def put_intake(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.WishesIn
) -> Any:
    """Write down what one looks for. May be changed at any time."""
    seeking.save_wishes(request.client, data.dict(), by=request.actor)
    return queries.intake_of(request.client, clock.now())


@router.put(
    PERSON + "/intake/baseline",
    access=Access("intake", "write"),
    response=schemas.BaselineOut,
)
def ask_baseline(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Have the questionnaire asked that comes before anybody is suggested."""
    return {"assignment_id": seeking.ask_baseline(request.client, by=request.actor)}


@router.delete(
    PERSON + "/intake/left", access=Access("intake", "write"), response=schemas.IntakeOut
)
def forget_left(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Suggest again whom one left."""
    seeking.forget_left(request.client, by=request.actor)
    return queries.intake_of(request.client, clock.now())


@router.get(PERSON + "/matches", access=Access("match", "read"), response=schemas.MatchList)
def list_matches(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Who fits, best first, each with the reasons.

    409 `baseline-missing`, `human-first` or `intake-missing` where something comes first.
    """
    now = clock.now()
    return {
        "items": queries.matches(request.client, now),
        "waiting": queries.waiting_of(request.client, now),
    }


@router.post(
    PERSON + "/matches/{clinician_id}/choose",
    access=Access("match", "write"),
    response={204: None},
)
def choose_match(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, clinician_id: uuid.UUID
) -> Any:
    """Begin with somebody. 409 `asks-first` where they want to be asked, `no-longer-free`."""
    seeking.choose(request.client, clinician_id, by=request.actor)
    return Status(204, None)


@router.post(
    PERSON + "/matches/{clinician_id}/leave",
    access=Access("match", "write"),
    response={204: None},
)
def leave_match(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, clinician_id: uuid.UUID
) -> Any:
    """Go on without somebody, who reads nothing of the person any more. No reason is asked."""
    seeking.leave(request.client, clinician_id, by=request.actor)
    return Status(204, None)


@router.get(PERSON + "/enquiries", access=Access("match", "read"), response=schemas.EnquiryList)
def list_own_enquiries(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Whom the person asked, newest first."""
    return {"items": queries.enquiries(request.client)}


@router.post(
    PERSON + "/enquiries",
    access=Access("match", "write"),
    response={201: schemas.EnquiryOut},
)
def send_enquiry(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, data: schemas.EnquiryIn
) -> Any:
    """Ask somebody. 409 `enough-asked` while several wait, `no-longer-free`."""
    row = seeking.ask(request.client, data.membership_id, by=request.actor)
    return Status(201, queries.enquiry_out(row))


@router.delete(
    PERSON + "/enquiries/{enquiry_id}",
    access=Access("match", "write"),
    response=schemas.EnquiryOut,
)
def withdraw_enquiry(
    request: Request, practice_id: uuid.UUID, client_id: uuid.UUID, enquiry_id: uuid.UUID
) -> Any:
    """Take it back. 409 `enquiry-over` where it was answered."""
    return queries.enquiry_out(seeking.withdraw(request.client, enquiry_id, by=request.actor))


@router.put(PERSON + "/waiting", access=Access("match", "write"), response=schemas.WaitingView)
def begin_waiting(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Be told when somebody fits."""
    seeking.wait(request.client, by=request.actor)
    return queries.waiting_of(request.client, clock.now())


@router.delete(PERSON + "/waiting", access=Access("match", "write"), response=schemas.WaitingView)
def end_waiting(request: Request, practice_id: uuid.UUID, client_id: uuid.UUID) -> Any:
    """Wait no longer."""
    seeking.stop_waiting(request.client, by=request.actor)
    return queries.waiting_of(request.client, clock.now())


@router.get(PRACTICE + "/enquiries", access=Access("enquiry", "read"), response=schemas.EnquiryRows)
def list_enquiries(request: Request, practice_id: uuid.UUID) -> Any:
    """What waits for one's own answer. Names are told once one has accepted."""
    rows = queries.enquiries_to(request.actor, practice_id)
    note_list("enquiry", by=request.actor, people=(row.client_id for row in rows))
    return {"items": [queries.enquiry_row(row) for row in rows]}


@router.post(
    PRACTICE + "/enquiries/{enquiry_id}/answer",
    access=Access("enquiry", "write"),
    response=schemas.EnquiryRow,
)
def answer_enquiry(
    request: Request, practice_id: uuid.UUID, enquiry_id: uuid.UUID, data: schemas.EnquiryAnswer
) -> Any:
    """Take the person on, or not. 409 `enquiry-over` where it was taken back or answered."""
    row = seeking.answer(practice_id, enquiry_id, accept=data.accept, by=request.actor)
    return queries.enquiry_row(row)
