"""One person's words on their way through everything, and then a look at what was written where.

A name, an answer in words and a place are planted. They may stand sealed in the person's own rows
and nowhere else: not in a log, an audit event, a notification, a mail, an address or an error.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client as Browser
from django.utils.module_loading import import_string

from holdfast.config import worker
from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures.prompting import queries
from tests import factories
from tests.integration.core import wire
from tests.integration.safety.scene import as_shown, phq9

pytestmark = pytest.mark.django_db

#: Letters that nothing else has, so that finding them means finding the person's words.
WORDS = {
    "name": "Quixotine",
    "phone": "+49 30 7654321",
    "place": "Xylophonweg",
    "event": "Zwetschgenfest",
    "medicine": "Brompfibrat",
    "plan": "Wolkenzaehlen",
}


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the process would write, by the settings' own formatter."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    formatters: Any = django_settings.LOGGING["formatters"]
    formatter = import_string(formatters["json"]["()"])
    handler.setFormatter(formatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def practice() -> Practice:
    practice = factories.make_practice()
    dana = factories.make_member(practice, "clinician", email="d@example.org")
    factories.set_monitored_hours(practice, "00:00", "23:59", "1234567")
    factories.set_on_call(practice, dana)
    return practice


def _found_in(text: str) -> set[str]:
    return {kind for kind, word in WORDS.items() if word.lower() in text.lower()}


def _live_through_everything(practice: Practice) -> tuple[Browser, str]:
    """Register, say everything that can be said, raise a flag, be called; returns the path."""
    browser = Browser()
    signed_up = wire.sign_up(
        browser,
        "someone",
        practice_id=str(practice.pk),
        chosen_name=WORDS["name"],
        phone=WORDS["phone"],
        email="someone@example.org",
    )
    assert signed_up.status_code == 200
    path = f"/api/v1/practices/{practice.pk}/clients/{Client.objects.get().pk}"
    sent: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", "", {"current_location": WORDS["place"]}),
        (
            "PATCH",
            "",
            {"emergency_contact": {"name": WORDS["name"], "phone": "1", "relationship": ""}},
        ),
        ("POST", "/events", {"kind": "life", "label": WORDS["event"], "at": "2026-01-01T00:00Z"}),
        ("POST", "/medications", {"name": WORDS["medicine"]}),
        ("POST", "/responses", phq9(item9=2, answered_at="2026-01-01T00:00:00Z")),
    ]
    for method, rest, body in sent:
        assert wire.send(browser, method, path + rest, body).status_code in {200, 201}
    refused = phq9(language="en")
    refused["answers"] |= {WORDS["event"]: WORDS["plan"]}
    assert _found_in(wire.send(browser, "POST", path + "/responses", refused).content.decode()) == (
        set()
    )
    return browser, path


def test_a_persons_words_stay_in_the_persons_own_rows(practice: Practice, log: StringIO) -> None:
    _live_through_everything(practice)
    clinician = factories.browser(Flag.objects.get().owner.user)  # type: ignore[union-attr]
    page = f"/api/v1/practices/{practice.pk}/flags/{Flag.objects.get().pk}"
    assert _found_in(wire.send(clinician, "GET", page).content.decode()) >= {"name", "phone"}
    for rest, body in (
        ("/acknowledge", as_shown(Flag.objects.get())),
        ("/contact-attempts", {"means": "phone", "outcome": "answered"}),
        ("/close", {"outcome": "safe-and-followed-up"}),
    ):
        assert wire.send(clinician, "POST", page + rest, body).status_code in {200, 201}
    for task in worker.TASKS:
        import_string(task)(clock.now())

    assert len(mail.outbox) >= 2
    assert _found_in("".join(str(message.message()) for message in mail.outbox)) == set()
    assert _found_in(log.getvalue()) == set()
    rows = {
        model._meta.label: str(list(model._default_manager.values())) for model in apps.get_models()
    }
    assert len(rows["audit.AuditEvent"]) > 1000
    assert {label for label, text in rows.items() if _found_in(text)} == set()


def test_a_fault_of_ours_writes_where_it_was_and_none_of_the_persons_words(
    practice: Practice, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = _live_through_everything(practice)

    def fail(*_: Any, **__: Any) -> None:
        try:
            raise KeyError(WORDS["name"])
        except KeyError as error:
            raise ValueError(f"could not read {WORDS['event']}") from error

    monkeypatch.setattr(queries, "prompts", fail)
    browser.raise_request_exception = False
    answer = browser.get(path + "/today")
    assert (answer.status_code, answer.json()["code"]) == (500, "server-error")
    written = log.getvalue()
    assert "builtins.KeyError" in written
    assert "builtins.ValueError" in written
    assert "get_today" in written
    assert _found_in(written + answer.content.decode()) == set()
