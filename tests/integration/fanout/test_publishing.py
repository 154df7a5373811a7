"""From Django to a browser: a ticket for what one may follow, and what is told on commit."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from holdfast.core import tickets
from holdfast.core.actor import Actor
from holdfast.core.fanout import facade, sending, wire
from tests import factories
from tests.integration.fanout.process import ORIGIN, SECRET, Browser, Topics, running, topic

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind of topic whose things everybody may follow, and staff take part in."""

    def may(actor: Actor, practice_id: uuid.UUID, thing: uuid.UUID) -> facade.Right | None:
        assert actor.practice_id == practice_id
        if thing.int % 2:
            return None
        return "rw" if actor.roles & {"clinician"} else "r"

    monkeypatch.setitem(facade._kinds, "example", may)
    return "example"


def asked(practice: Any, user: Any, *topics: str) -> Any:
    return factories.browser(user).post(
        f"/api/v1/practices/{practice.pk}/topic-tickets",
        {"topics": list(topics)},
        content_type="application/json",
    )


def test_a_ticket_names_what_is_allowed_and_leaves_out_the_rest(kind: str, settings: Any) -> None:
    practice = factories.make_practice()
    dana = factories.make_member(practice, "clinician").user
    even, odd = uuid.UUID(int=2**100), uuid.UUID(int=2**100 + 1)
    mine, other = f"account:{dana.pk}", f"account:{uuid.uuid4()}"
    answer = asked(
        practice, dana, f"{kind}:{even}", f"{kind}:{odd}", mine, other, "unknown:x", f"x:{even}"
    )
    assert answer.status_code == 201, answer.content
    given = answer.json()
    assert given["topics"] == {f"{kind}:{even}": "rw", mine: "r"}
    assert given["url"] == "ws://localhost:8002/socket"
    now = datetime.now(UTC)
    claims = tickets.open_sealed(wire.TICKET, given["ticket"], settings.TOPICS_SECRET, now)
    assert (claims["account"], claims["topics"]) == (str(dana.pk), given["topics"])
    assert 590 < claims["exp"] - now.timestamp() <= 600
    person = factories.make_client(practice).user
    assert asked(practice, person, f"{kind}:{even}").json()["topics"] == {f"{kind}:{even}": "r"}


def test_so_many_topics_and_no_more() -> None:
    practice = factories.make_practice()
    person = factories.make_client(practice).user
    many = [topic() for _ in range(wire.MOST_TOPICS + 1)]
    assert asked(practice, person, *many[1:]).json()["topics"] == {}
    assert asked(practice, person, *many).status_code == 422


@pytest.fixture
def topics(tmp_path: Path, settings: Any) -> Iterator[Topics]:
    settings.DATA_DIR, settings.TOPICS_SECRET, settings.REDIS_URL = tmp_path, SECRET, ""
    with running(tmp_path) as one:
        yield one


def test_what_is_written_is_told_on_commit_and_what_is_undone_is_not(
    topics: Topics, django_capture_on_commit_callbacks: Any
) -> None:
    practice = factories.make_practice()
    person = factories.make_client(practice).user
    assert person is not None
    given = asked(practice, person, f"account:{person.pk}").json()
    browser: Browser = topics.connect(ORIGIN)
    browser.send(kind="open", ticket=given["ticket"])
    assert browser.hear()["topics"] == given["topics"]
    with pytest.raises(TimeoutError):
        _write_and_fail(person.pk)
    with django_capture_on_commit_callbacks(execute=True):
        facade.publish(f"account:{person.pk}", 4, {"unread": 2})
        facade.news(person.pk)
    name = f"account:{person.pk}"
    assert browser.hear() == {"kind": "told", "topic": name, "seq": 4, "data": {"unread": 2}}
    assert browser.hear() == {"kind": "told", "topic": name, "seq": None, "data": {}}


def _write_and_fail(account: uuid.UUID) -> None:
    with transaction.atomic():
        facade.publish(f"account:{account}", 3, {"unread": 1})
        raise TimeoutError


def test_nobody_waits_where_nobody_listens(
    settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DATA_DIR = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(100):
            facade.news(uuid.uuid4())
    assert sending.stats(wire.socket_path(tmp_path)) is None


def test_a_name_that_is_no_topic_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="kind:uuid"):
        facade.publish("thread:17", 1, {})
