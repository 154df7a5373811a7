"""`holdfast serve`: a ticket, a socket at its fourth process, what another process publishes."""

from __future__ import annotations

import json
import time
import uuid

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.integration.cli.installation import PATIENCE_SECONDS, Installation, free_port
from tests.integration.fanout.process import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.exhaustive]

PUBLISH = """
import sys, uuid
from holdfast.cli.server import start_django
start_django()
from holdfast.core.fanout import facade
facade.publish(sys.argv[1], 1, {"unread": 3})
"""


def opened(url: str, origin: str) -> Browser:
    """The process with the sockets may start after the one that gives tickets."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return Browser(connect(url, origin=Origin(origin), proxy=None, legacy=True))
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_what_another_process_publishes_reaches_who_has_a_ticket(
    installation: Installation,
) -> None:
    [person] = installation.people()
    [(account,)] = installation.query(
        "SELECT user_id FROM tenancy_client WHERE id = %s", uuid.UUID(person.client).hex
    )
    topic = f"account:{uuid.UUID(account)}"
    with installation.serving(HOLDFAST_TOPICS_PORT=str(free_port())) as served:
        path = f"/api/v1/practices/{person.practice}/topic-tickets"
        given = served.ask("POST", path, by=person, body={"topics": [topic]}).json
        assert given["topics"] == {topic: "r"}
        policy = served.get("/").headers.get("content-security-policy", "")
        assert given["url"].removesuffix("/socket") in policy
        browser = opened(given["url"], f"http://localhost:{served.port}")
        browser.send(kind="open", ticket=given["ticket"])
        assert browser.hear()["kind"] == "opened"
        installation.python("-c", PUBLISH, topic)
        told = browser.hear()
        assert told == {"kind": "told", "topic": topic, "seq": 1, "data": {"unread": 3}}
        assert given["ticket"] not in served.log.read_text()
    assert json.loads(browser.socket.recv())["kind"] == "leaving"
