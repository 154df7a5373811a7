"""`python -m tests.load.people COUNT`: a live practice and people with sessions, made in bulk.

The database and the data folder come from the environment, as for the server. What is there
already is used, so that a second call only says who there is. Prints one JSON object:
`{"practice": id, "people": [{"client": id, "session": key}, ...]}`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.config.settings")
django.setup()

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.crypto import get_random_string

from holdfast.cli.server import migrate
from holdfast.core import clock
from holdfast.core.identity.models import User
from holdfast.core.identity.sessions import SessionStore
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Practice
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
BATCH = 500


def make_people(practice: Practice, clinician: Membership, count: int) -> None:
    """`count` people in one clinician's care; the same columns as `factories.make_client`."""
    now = clock.now()
    users = User.objects.bulk_create(
        [User(login=f"load-{number}", password="!", date_joined=now) for number in range(count)],
        batch_size=BATCH,
    )
    Membership.objects.bulk_create(
        [Membership(practice=practice, user=user, role="client", joined_at=now) for user in users],
        batch_size=BATCH,
    )
    clients = []
    for number, user in enumerate(users):
        client = Client(
            practice=practice, user=user, country="DE", time_zone="Europe/Berlin",
            adult_confirmed_at=now, reachable=True, joined_at=now,
        )  # fmt: skip
        client.display_name = f"Person {number}"
        client.contact = {"phone": "", "email": "", "emergency_contact": None}
        clients.append(client)
    Client.objects.bulk_create(clients, batch_size=BATCH)
    CareTeamMember.objects.bulk_create(
        [
            CareTeamMember(
                practice=practice, client=client, membership=clinician, primary=True,
                purpose=CareTeamMember.Purpose.TREATMENT, starts_on=now.date(),
            )
            for client in clients
        ],
        batch_size=BATCH,
    )  # fmt: skip


def make_practice(count: int) -> Practice:
    """A live practice with somebody on call, and the people."""
    practice = factories.make_practice("Load", end_of_chain_name="Night desk",
                                       end_of_chain_phone="+49 30 1")  # fmt: skip
    dana = factories.make_member(practice, "clinician", login="load-clinician")
    factories.set_monitored_hours(practice, "00:00", "23:45", "1234567")
    factories.set_on_call(practice, dana)
    make_people(practice, dana, count)
    return practice


def sessions_of(users: list[User]) -> list[str]:
    """A new session for each, with the records that a log-in leaves; their keys in order."""
    rows: list[Session] = []
    for user in users:
        store = SessionStore()
        data = {
            "_auth_user_id": str(user.pk),
            "_auth_user_backend": BACKEND,
            "_auth_user_hash": user.get_session_auth_hash(),
            "account_authentication_methods": [
                {"method": "password", "at": time.time(), "username": user.login}
            ],
            "account_authentication_methods_user": str(user.pk),
            # The note of who was here is written every five minutes, not with every request.
            "seen_at": time.time(),
        }
        row = Session(session_key=get_random_string(32, VALID_KEY_CHARS))
        row.session_data = store.encode(data)
        row.expire_date = store.get_expiry_date()
        rows.append(row)
    Session.objects.bulk_create(rows, batch_size=BATCH)
    return [str(row.session_key) for row in rows]


def about(practice: Practice) -> dict[str, Any]:
    """Who there is, each with a new session."""
    found = Client.objects.filter(practice=practice).select_related("user").order_by("pk")
    clients = [(client.pk, client.user) for client in found if client.user is not None]
    keys = sessions_of([user for _, user in clients])
    people = [
        {"client": str(pk), "session": key} for (pk, _), key in zip(clients, keys, strict=True)
    ]
    return {"practice": str(practice.pk), "people": people}


def main() -> None:
    migrate(quiet=True)
    practice = Practice.objects.filter(name="Load").first() or make_practice(int(sys.argv[1]))
    print(json.dumps(about(practice)))
    connection.close()


if __name__ == "__main__":
    main()
