"""An import as it is commonly written: `csv`, a sum, and Django's `bulk_create`.

Reads the same table into the same two models. It finds nobody, checks no answer against the
questionnaire, and knows nothing of a row that is there already.
"""

from __future__ import annotations

import csv
import uuid
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Practice
from holdfast.sense.measures.models import Response, Score

ZONE = ZoneInfo("Europe/Berlin")
BATCH = 1000


def import_csv(table: Path, practice: Practice) -> int:
    """How many rows went in."""
    now, count = clock.now(), 0
    people: dict[str, Client] = {}
    responses: list[Response] = []
    scores: list[Score] = []

    def flush() -> None:
        with transaction.atomic():
            Response.objects.bulk_create(responses)
            Score.objects.bulk_create(scores)
        responses.clear()
        scores.clear()

    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            client = people.get(row["id"])
            if client is None:
                client = people[row["id"]] = Client.objects.create(
                    practice=practice,
                    external_id=row["id"],
                    country="DE",
                    time_zone="Europe/Berlin",
                    adult_confirmed_at=now,
                    joined_at=now,
                )
            at = datetime.fromisoformat(row["when"]).replace(tzinfo=ZONE)
            answers = {f"phq9_{item}": int(row[f"q{item}"]) for item in range(1, 10)}
            response = Response(
                id=uuid.uuid4(), practice=practice, client=client, instrument="phq-9",
                version="1.0.0", language="en", answers=answers, answered_at=at, received_at=now,
                time_zone="Europe/Berlin", local_date=at.date(), source=Response.Source.IMPORT,
                historical=True, content_digest="",
            )  # fmt: skip
            responses.append(response)
            scores.append(
                Score(
                    practice=practice,
                    client=client,
                    response=response,
                    instrument="phq-9",
                    scale="total",
                    main=True,
                    value=sum(answers.values()),
                    answered_at=at,
                    historical=True,
                )
            )
            count += 1
            if len(responses) == BATCH:
                flush()
        flush()
    return count
