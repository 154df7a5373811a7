"""`python -m bench.practice.build PEOPLE`: fill an empty database, print who to sign in as.

The database and the data folder come from the environment, as for the server. A database that is
full already is used as it is. Sessions are new every time. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from django.core.management import call_command
from django.db import connection

from bench.practice import bulk, rows
from bench.practice.rows import NOW, Row
from holdfast.core.identity.models import User
from holdfast.core.notify.models import DeliveryAttempt, Notification
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Practice
from holdfast.meet.encounters.models import Encounter
from holdfast.plan.overview import standings
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures.models import Assignment, Prompt, Response, Score
from tests import factories

PEOPLE_PER_CLINICIAN = 60
MOMENTS = 1500
WEEKLY = {"when": {"kind": "every_n_days", "days": 7}}
GIVEN = (
    "Ada", "Amir", "Bea", "Chen", "Dara", "Emre", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kira",
    "Lena", "Malik", "Nora", "Omar",
)  # fmt: skip
FAMILY = (
    "Abel", "Berg", "Cruz", "Diaz", "Esser", "Falk", "Gomez", "Haas", "Ibrahim", "Jansen", "Kaya",
    "Lopez", "Meyer", "Nagy",
)  # fmt: skip


def fill(people: int) -> None:
    """Everybody and everything; the same for the same number of people."""
    practice = factories.make_practice("Benchmark")
    everyone = factories.make_member(practice, "clinician", login="answers-for-all")
    some = [
        factories.make_member(practice, "clinician", login=f"clinician-{number}")
        for number in range(-(-people // PEOPLE_PER_CLINICIAN))
    ]
    clients = _clients(practice, people)
    _care_teams(practice, clients, everyone, some)
    _flags(practice, clients, everyone)
    _missed_deliveries(practice, clients)
    assignments = Assignment.objects.bulk_create(
        Assignment(
            practice=practice, client=client, instrument=name, rule=WEEKLY,
            starts_on=(NOW - timedelta(weeks=rows.WEEKS)).date(), created_at=NOW,
        )
        for client in clients
        for name in rows.INSTRUMENTS
    )  # fmt: skip
    tables = [model._meta.db_table for model in (Response, Score, Encounter, Prompt)]
    ids = [client.pk for client in clients]
    with bulk.hurried(), bulk.without_indexes(tables):
        _load_answers(practice.pk, ids)
        met = rows.meetings(practice.pk, ids, [one.pk for one in some])
        bulk.load(Encounter._meta.db_table, rows.ENCOUNTER_COLUMNS, met)
        asked = rows.prompts(practice.pk, ids, [one.pk for one in assignments])
        bulk.load(Prompt._meta.db_table, rows.PROMPT_COLUMNS, asked)
    for _, some_ids in standings.all_batches():
        standings.put_right(practice.pk, some_ids, NOW)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # autovacuum would within minutes
            cursor.execute("VACUUM ANALYZE")


def _clients(practice: Practice, people: int) -> list[Client]:
    users = User.objects.bulk_create(
        User(login=f"person-{number}", password="!", date_joined=NOW) for number in range(people)
    )
    Membership.objects.bulk_create(
        Membership(practice=practice, user=user, role="client", joined_at=NOW) for user in users
    )
    clients = []
    chance = random.Random(1)
    for user in users:
        client = Client(
            practice=practice, user=user, country="DE", time_zone="Europe/Berlin",
            adult_confirmed_at=NOW, joined_at=NOW, reachable=chance.random() > 0.05,
        )  # fmt: skip
        client.display_name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        client.contact = {"phone": "", "email": "", "emergency_contact": None}
        clients.append(client)
    return Client.objects.bulk_create(clients, batch_size=500)


def _care_teams(
    practice: Practice, clients: list[Client], everyone: Membership, some: list[Membership]
) -> None:
    """One clinician answers for all; each of the others treats 60 people."""
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            practice=practice, client=client, membership=member, purpose=purpose,
            starts_on=(NOW - timedelta(weeks=rows.WEEKS)).date(), primary=purpose == "treatment",
        )
        for position, client in enumerate(clients)
        for member, purpose in ((everyone, "cover"), (some[position % len(some)], "treatment"))
    )  # fmt: skip


def _flags(practice: Practice, clients: list[Client], owner: Membership) -> None:
    """Every fiftieth person has a flag that is not closed, every twentieth a closed one."""
    chance = random.Random(2)

    def flag(client: Client, *, closed: bool) -> Flag:
        at = NOW - timedelta(minutes=chance.randrange(60 * 48))
        return Flag(
            practice=practice, client=client, level=chance.randint(1, 4), reason="self-harm-item",
            state="closed" if closed else "open", closed_at=NOW if closed else None, owner=owner,
            raised_at=at, answered_at=at, due_at=at + timedelta(hours=8), due_kind="same_day",
        )  # fmt: skip

    Flag.objects.bulk_create(flag(client, closed=False) for client in clients[::50])
    Flag.objects.bulk_create(flag(client, closed=True) for client in clients[::20])


def _missed_deliveries(practice: Practice, clients: list[Client]) -> None:
    """One in a hundred has a message that was given up."""
    told = Notification.objects.bulk_create(
        Notification(
            practice=practice,
            recipient=client.user,
            kind="flag-seen",
            created_at=NOW,
            judged_at=NOW - timedelta(days=2, minutes=number),
            problem="not-delivered",
        )
        for number, client in enumerate(clients[7::100])
    )
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            practice=practice, notification=one, channel="email", outcome="failed",
            reason="mailbox-unknown", finished_at=one.judged_at,
        )
        for one in told
    )  # fmt: skip


def _load_answers(practice: uuid.UUID, clients: list[uuid.UUID]) -> None:
    """A hundred answers of everybody, and momentary ones of the last person."""
    answers, scores = Response._meta.db_table, Score._meta.db_table
    pairs = rows.answers(practice, clients)
    moments = list(rows.moments(practice, clients[-1], MOMENTS))
    waiting: list[Row] = []

    def responses() -> Iterator[Row]:
        for response, score in pairs:
            waiting.append(score)
            yield response
        yield from (response for response, _ in moments)

    bulk.load(answers, rows.RESPONSE_COLUMNS, responses())
    bulk.load(scores, rows.SCORE_COLUMNS, waiting)
    bulk.load(scores, rows.SCORE_COLUMNS, (score for _, found in moments for score in found))


def sign_in() -> dict[str, Any]:
    """Sessions, and whose pages to ask for."""
    practice = Practice.objects.get()
    everyone = Membership.objects.get(user__login="answers-for-all")
    one = Membership.objects.get(user__login="clinician-0")
    ids = list(Client.objects.order_by("id").values_list("pk", flat=True))
    writer = Client.objects.select_related("user").get(user__login="person-1")

    def session(user: User, *, second_factor: bool = True) -> str:
        return factories.browser(user, second_factor).cookies["sessionid"].value

    assert writer.user is not None
    return {
        "practice": str(practice.pk),
        "people": len(ids),
        "responses": Response.objects.count(),
        "all": session(everyone.user),
        "some": session(one.user),
        "writer": str(writer.pk),
        "writer_session": session(writer.user, second_factor=False),
        "hundred": str(writer.pk),
        "moments": str(
            Response.objects.filter(instrument="mood").values("client_id")[0]["client_id"]
        ),
    }


def main() -> None:
    call_command("migrate", verbosity=0)
    if not Practice.objects.exists():
        fill(int(sys.argv[1]))
    print(json.dumps(sign_in()))
    connection.close()  # SQLite then folds its journal into the file


if __name__ == "__main__":
    main()
