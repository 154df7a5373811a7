"""Receive a filled-in questionnaire exactly once, score it, and tell a human what matters."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson
from django.db import transaction

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.problems import FieldError, Invalid
from holdfast.core.tenancy.locks import standing_for_writer
from holdfast.core.tenancy.models import Client, ClientStanding
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures import packs, standing
from holdfast.sense.measures.engine.catalogue import UnknownInstrument
from holdfast.sense.measures.engine.change.person import VERDICTS, change_of
from holdfast.sense.measures.engine.instrument import Instrument, fold
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, read_answers, score
from holdfast.sense.measures.models import InstrumentActivation, Response, Score
from holdfast.sense.measures.problems import ResponseConflict, TermsNotAccepted
from holdfast.sense.measures.prompting.answering import note_answer

SCHEMA = 1
#: A device's clock may run ahead by this much before we say when the answer was given instead.
CLOCK_TOLERANCE = timedelta(minutes=5)
DETERIORATION = "reliable-deterioration"
SEVERE = "severe-band"


@dataclass(frozen=True)
class Submission:
    """What a device sends. `answers` maps items to codes; null: asked and left out."""

    id: uuid.UUID
    instrument: str
    version: str
    language: str
    answers: Mapping[str, Any]
    answered_at: datetime
    time_zone: str
    started_at: datetime | None = None
    parent: uuid.UUID | None = None
    #: The prompt that was answered, where the device knew it. It is no part of what was said.
    prompt_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """What is answered to the device, the first time and every time after."""

    id: uuid.UUID
    created: bool
    scores: Mapping[str, float | None]
    band: str | None
    missing: tuple[str, ...]
    alerts: tuple[Mapping[str, Any], ...]
    answered_at: datetime
    received_at: datetime
    flag: flags.FlagStatus | None


def submit_response(*, client: Client, submission: Submission, by: Actor) -> Receipt:
    """Keep, score and screen one response; in one transaction, exactly once.

    Sent again with the same content it is answered with what was stored. Raises ResponseConflict
    for other content under the same identifier, TermsNotAccepted, and Invalid for an instrument,
    version, language, time zone or answer that does not exist.
    """
    instrument = _instrument(submission)
    given = _given(instrument, submission)
    zone = _zone(submission.time_zone)
    digest = content_digest(submission, instrument, given)
    scored = score(instrument, given, sex=_sex(client))
    try:
        with transaction.atomic():
            # One writer per person: what is compared with the answers before sees all of them.
            before = standing_for_writer(client)
            # What is known came under terms that stood: an acceptance's row is never taken away.
            _require_terms(client.practice_id, instrument)
            response = _made(client, submission, instrument, given, scored, zone, digest)
            note_answer(client, response, submission.prompt_id)
            flag = _tell(client, before, response, instrument, scored, by)
            if not _write(before, response, instrument, scored, by):
                raise _Known
    except _Known:
        return _again(client, submission.id, digest)
    return _receipt(response, dict(scored.scores), flag, created=True)


class _Known(Exception):
    """A response of this identifier is here: nothing of this transaction is to stay."""


def _write(
    before: ClientStanding, response: Response, instrument: Instrument, scored: Scored, by: Actor
) -> int:
    """The response with all that follows from it, in one turn; 0 where it is here already."""
    writes = bulk.Together()
    writes.insert(Response, [bulk.row_of(response)])
    _keep_scores(response, instrument, scored, writes)
    _keep_standing(before, response, instrument, scored, writes)
    record(
        "submit",
        "response",
        by=by,
        resource_id=response.pk,
        client_id=response.client_id,
        practice_id=response.practice_id,
        within=writes,
    )
    return writes.run()


def _instrument(submission: Submission) -> Instrument:
    try:
        instrument = packs.catalogue().get(submission.instrument, submission.version)
    except UnknownInstrument:
        detail = "There is no such questionnaire in this version."
        raise Invalid(errors=(FieldError("instrument", "unknown-instrument", detail),)) from None
    # A follow-up is asked in every language, as a scripted question where there is no official
    # wording: its answer is never turned away.
    if submission.parent is None and submission.language not in instrument.texts:
        detail = f"This questionnaire exists in: {', '.join(instrument.texts)}."
        raise Invalid(errors=(FieldError("language", "unknown-language", detail),))
    return instrument


def _given(instrument: Instrument, submission: Submission) -> dict[str, float | None]:
    """The answers by item id, numbers as numbers; what was not asked is left out."""
    if not submission.answers:
        raise Invalid(errors=(FieldError("answers", "empty", "Nothing was answered."),))
    try:
        codes, declined = read_answers(instrument, submission.answers)
    except AnswerError as error:
        # Neither the reason nor an unknown name: they repeat what came in.
        known = error.item in instrument.by_id
        field = f"answers.{error.item}" if known else "answers"
        detail = "Not an answer of this item." if known else "There is no such item."
        problem = FieldError(field, "answer" if known else "unknown-item", detail)
        raise Invalid(errors=(problem,)) from None
    asked = {instrument.names[fold(name)] for name in submission.answers}
    return {
        item: None if item in declined else code for item, code in codes.items() if item in asked
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        detail = "Not a time zone's IANA name."
        raise Invalid(errors=(FieldError("time_zone", "time-zone", detail),)) from None


def content_digest(
    submission: Submission, instrument: Instrument, given: Mapping[str, float | None]
) -> str:
    """SHA-256 (hex) over what the person said, however it was spelt."""
    body = [
        instrument.id,
        instrument.version,
        submission.language,
        dict(given),
        submission.answered_at.timestamp(),
        submission.started_at.timestamp() if submission.started_at else None,
        submission.time_zone,
        str(submission.parent),
    ]
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _require_terms(practice_id: uuid.UUID, instrument: Instrument) -> None:
    """Terms once accepted and taken back since still cover what was answered meanwhile."""
    if not packs.needs_acceptance(instrument):
        return
    if not InstrumentActivation.objects.filter(
        practice_id=practice_id, instrument=instrument.id
    ).exists():
        raise TermsNotAccepted


def _sex(client: Client) -> Literal["female", "male"] | None:
    if client.sex == "female":
        return "female"
    return "male" if client.sex == "male" else None


def _made(
    client: Client,
    submission: Submission,
    instrument: Instrument,
    given: Mapping[str, float | None],
    scored: Scored,
    zone: ZoneInfo,
    digest: str,
) -> Response:
    parent = submission.parent
    if parent is not None:
        known = Response.objects.filter(practice_id=client.practice_id, pk=parent)
        if known.exclude(client_id=client.pk).exists():
            detail = "There is no such response of this person."
            raise Invalid(errors=(FieldError("parent", "unknown-parent", detail),))
    received_at = clock.now()
    ahead = submission.answered_at > received_at + CLOCK_TOLERANCE
    answered_at = received_at if ahead else submission.answered_at
    return Response(
        id=submission.id,
        practice_id=client.practice_id,
        client_id=client.pk,
        instrument=instrument.id,
        version=instrument.version,
        language=submission.language,
        answers={item: _plain(code) for item, code in given.items()},
        answered_at=answered_at,
        claimed_at=submission.answered_at if ahead else None,
        started_at=submission.started_at,
        received_at=received_at,
        time_zone=submission.time_zone,
        local_date=answered_at.astimezone(zone).date(),
        content_digest=digest,
        parent=parent,
        band=scored.band or "",
        missing=list(scored.missing),
        alerts=[asdict(alert) for alert in scored.alerts],
    )


def _plain(code: float | None) -> float | int | None:
    return int(code) if code is not None and float(code).is_integer() else code


def _keep_scores(
    response: Response, instrument: Instrument, scored: Scored, writes: bulk.Together
) -> None:
    rows = []
    for position, scale in enumerate(instrument.scales):
        value = scored.scores.get(scale.id)
        if value is not None:
            rows.append(
                Score(
                    practice_id=response.practice_id,
                    client_id=response.client_id,
                    response=response,
                    instrument=instrument.id,
                    scale=scale.id,
                    main=position == 0,
                    value=value,
                    band=scale.band(value) or "",
                    answered_at=response.answered_at,
                )
            )
    writes.insert(Score, [bulk.row_of(row) for row in rows])


def _keep_standing(
    before: ClientStanding,
    response: Response,
    instrument: Instrument,
    scored: Scored,
    writes: bulk.Together,
) -> None:
    answered = standing.Answered(
        instrument.id,
        instrument.version,
        response.answered_at,
        scored.scores.get(instrument.scales[0].id),
    )
    standing.add(before, answered, writes)


def _tell(
    client: Client,
    before: ClientStanding,
    response: Response,
    instrument: Instrument,
    scored: Scored,
    by: Actor,
) -> flags.FlagStatus | None:
    """Raise what the answers and the change in scores ask for."""
    signals = [flags.Signal.of_alert(alert, response.pk) for alert in scored.alerts]
    signals = _newly_reached(response, signals)
    signals += _deterioration(before, response, instrument, scored)
    if response.parent is not None:
        flags.follow_up_answered(
            practice_id=client.practice_id,
            response_id=response.parent,
            instrument=instrument.id,
        )
    flag = flags.raise_signals(
        client=client,
        signals=signals,
        answered_at=response.answered_at,
        received_at=response.received_at,
        by=by,
    )
    if flag is not None and any(signal.follow_up for signal in signals):
        _close_follow_ups_that_came_first(response)
    return flag


def _newly_reached(response: Response, signals: list[flags.Signal]) -> list[flags.Signal]:
    """Without a severe band that the answer before this one was in already.

    Imported history paged nobody, so what it reached counts as new when the person answers.
    """
    if not any(signal.reason == SEVERE for signal in signals):
        return signals
    before = (
        Response.objects.filter(
            practice_id=response.practice_id,
            client_id=response.client_id,
            instrument=response.instrument,
            answered_at__lt=response.answered_at,
            historical=False,
        )
        .order_by("-answered_at", "-id")
        .values_list("alerts", flat=True)
        .first()
    )
    already = {alert["code"] for alert in before or []}
    return [one for one in signals if one.reason != SEVERE or one.code not in already]


def _deterioration(
    before: ClientStanding, response: Response, instrument: Instrument, scored: Scored
) -> list[flags.Signal]:
    """Reliably worse than the answer before or, newly, than the first one (main scale)."""
    scale = instrument.scales[0].id
    now = scored.scores.get(scale)
    if now is None:
        return []
    earlier = standing.first_and_last(before, instrument, response.answered_at)
    if earlier is None:
        return []
    first, last = earlier
    verdicts = change_of(instrument, scale, [last, first, first], [now, now, last]).verdict
    since_last, since_first, was_so = (VERDICTS[code] == "deteriorated" for code in verdicts)
    if not since_last and not (since_first and not was_so):
        return []
    level = flags.level_of(DETERIORATION)
    return [flags.Signal(DETERIORATION, level, DETERIORATION, response.pk, scale=scale)]


def _close_follow_ups_that_came_first(response: Response) -> None:
    """A follow-up may overtake the response it belongs to."""
    came = Response.objects.filter(practice_id=response.practice_id, parent=response.pk)
    for instrument in came.values_list("instrument", flat=True):
        flags.follow_up_answered(
            practice_id=response.practice_id, response_id=response.pk, instrument=instrument
        )


def _again(client: Client, response_id: uuid.UUID, digest: str) -> Receipt:
    """The receipt of what is stored. Raises ResponseConflict where that is something else, or
    somebody else's response has this identifier.
    """
    known = Response.objects.filter(
        practice_id=client.practice_id, client_id=client.pk, pk=response_id
    ).first()
    if known is None or known.content_digest != digest:
        raise ResponseConflict
    scales = packs.catalogue().get(known.instrument, known.version).scales
    values = dict(known.scores.values_list("scale", "value"))
    flag = flags.of_response(known.practice_id, known.pk)
    return _receipt(known, {s.id: values.get(s.id) for s in scales}, flag, created=False)


def _receipt(
    response: Response,
    scores: Mapping[str, float | None],
    flag: flags.FlagStatus | None,
    *,
    created: bool,
) -> Receipt:
    return Receipt(
        id=response.pk,
        created=created,
        scores=scores,
        band=response.band or None,
        missing=tuple(response.missing),
        alerts=tuple(response.alerts),
        answered_at=response.answered_at,
        received_at=response.received_at,
        flag=flag,
    )
