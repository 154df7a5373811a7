"""Historical flags: where, in what was imported, something worrying began. They page nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from holdfast.core.actor import Actor
from holdfast.core.tenancy.models import Client
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures.models import Response

#: Courses marked in one transaction: a commit waits for the disk, and others wait for us.
TOGETHER = 20


@dataclass(frozen=True)
class Course:
    """One person's answers to one instrument."""

    client_id: uuid.UUID
    instrument: str

    def __str__(self) -> str:
        return f"{self.client_id}|{self.instrument}"

    @classmethod
    def parse(cls, text: str) -> Course:
        client_id, _, instrument = text.partition("|")
        return cls(uuid.UUID(client_id), instrument)


def mark(practice_id: uuid.UUID, courses: Iterable[Course], *, by: Actor) -> None:
    """Flag each imported answer that raises an alert which the answer before it did not.

    Runs after all rows are in, so that a file in any order gives the same flags; an answer that
    has its flag already keeps it, so that doing this again changes nothing.
    """
    waiting = iter(courses)
    while some := list(islice(waiting, TOGETHER)):
        with transaction.atomic():
            # All people first: who holds a person waits for the audit chain, and we hold it later.
            people = Client.objects.select_for_update().order_by("pk")
            list(people.filter(pk__in={one.client_id for one in some}).values_list("pk"))
            for course in some:
                _mark_course(practice_id, course, by)


def _mark_course(practice_id: uuid.UUID, course: Course, by: Actor) -> None:
    before: set[str] = set()
    for response in _answers(practice_id, course):
        codes = {alert["code"] for alert in response.alerts}
        begun = [alert for alert in response.alerts if alert["code"] not in before]
        before = codes
        if begun and response.source == Response.Source.IMPORT:
            _flag(response, begun, by)


def _answers(practice_id: uuid.UUID, course: Course) -> Iterable[Response]:
    return (
        Response.objects.filter(
            practice_id=practice_id, client_id=course.client_id, instrument=course.instrument
        )
        .order_by("answered_at", "id")
        .only("practice_id", "client_id", "answered_at", "received_at", "alerts", "source")
        .iterator(chunk_size=1000)
    )


def _flag(response: Response, alerts: list[dict[str, str | None]], by: Actor) -> None:
    if flags.of_response(response.practice_id, response.pk) is not None:
        return
    flags.raise_signals(
        client=Client(pk=response.client_id, practice_id=response.practice_id),
        signals=[
            flags.Signal(
                code=str(alert["code"]),
                level=str(alert["level"]),
                reason=str(alert["reason"]),
                response_id=response.pk,
                item=alert["item"],
                scale=alert["scale"],
                follow_up=alert["follow_up"],
            )
            for alert in alerts
        ],
        answered_at=response.answered_at,
        received_at=response.received_at,
        historical=True,
        by=by,
    )
