"""No room to write, or no database at all: what is answered, and what goes on regardless.

Here every writing statement is refused as the database would; tests/integration/cli/test_storage.py
does the same with real processes on a file system that is really full.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django.test
import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from holdfast.core import faults
from holdfast.core.audit.models import AuditEvent
from holdfast.core.faults import fault_of
from holdfast.safety.flags.models import Flag
from holdfast.sense.measures.models import Response
from tests import factories
from tests.integration.authz.examples import STANDINGS, make_world
from tests.integration.authz.operations import matrix, operations
from tests.integration.core import wire
from tests.integration.core.vaults import Device
from tests.integration.safety.scene import Scene, make_scene, phq9

READINGS = [one for one in operations() if one.method == "GET" and one.in_practice]
#: Everything about a person in one file: it is not given out unrecorded.
RECORDED_OR_REFUSED = {"GET /practices/{practice_id}/clients/{client_id}/export"}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def wrapped(cause: Exception) -> OperationalError:
    """As Django raises it: its own error, with the driver's as the cause."""
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("a row with Quixotine in it")
    cause.sqlite_errorcode = code
    return wrapped(cause)


def full() -> OperationalError:
    if connection.vendor == "sqlite":
        return of_sqlite(sqlite3.SQLITE_FULL)
    return wrapped(psycopg.errors.DiskFull("could not extend file"))


@contextmanager
def refusing(error: Callable[[], Exception], *beginnings: str) -> Iterator[list[str]]:
    """Every statement with such a beginning fails; yields those that did."""
    refused: list[str] = []

    def execute(run: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(beginnings):
            refused.append(sql)
            raise error()
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(execute):
        yield refused


def quiet(browser: django.test.Client) -> django.test.Client:
    browser.raise_request_exception = False
    return browser


# --- what an error means -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (of_sqlite(sqlite3.SQLITE_FULL), "storage-full"),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), "storage-full"),
        (of_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), "storage-full"),
        (wrapped(psycopg.errors.DiskFull()), "storage-full"),
        (OSError(errno.ENOSPC, "No space left on device"), "storage-full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "storage-full"),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), "database-unavailable"),
        (of_sqlite(sqlite3.SQLITE_IOERR_READ), "database-unavailable"),
        (of_sqlite(sqlite3.SQLITE_BUSY), "database-unavailable"),
        (of_sqlite(sqlite3.SQLITE_READONLY), "database-unavailable"),
        (wrapped(psycopg.errors.AdminShutdown()), "database-unavailable"),
        (wrapped(psycopg.errors.TooManyConnections()), "database-unavailable"),
        (wrapped(psycopg.OperationalError("connection refused")), "database-unavailable"),
        (InterfaceError("connection already closed"), "database-unavailable"),
        (of_sqlite(sqlite3.SQLITE_ERROR), None),
        (wrapped(psycopg.errors.DeadlockDetected()), None),
        (OSError(errno.ENOENT, "No such file"), None),
        (IntegrityError("UNIQUE"), None),
        (ValueError("wrong"), None),
        (None, None),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_a_driver_s_error_is_told_by_its_code(error: Exception | None, code: str | None) -> None:
    found = fault_of(error)
    assert (found and found.code) == code


# --- a full disk -------------------------------------------------------------------------------


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """Committed: SQLite ends a test's surrounding transaction itself when it finds no room."""
    return make_scene()


def test_a_full_disk_refuses_an_answer_with_507_and_keeps_nothing_of_it(scene: Scene) -> None:
    person = quiet(scene.person())
    body = phq9(item9=2)
    with refusing(full, *WRITES):
        refused = wire.send(person, "POST", scene.mine("responses"), body)
    assert (refused.status_code, refused.json()["code"]) == (507, "storage-full")
    assert refused["Content-Type"] == "application/problem+json"
    assert int(refused["Retry-After"]) > 0
    assert not Response.objects.exists()
    again = wire.send(person, "POST", scene.mine("responses"), body)
    assert again.status_code == 201
    assert (Response.objects.count(), Flag.objects.count()) == (1, 1)


def test_the_database_s_own_refusal_is_the_507(scene: Scene) -> None:
    """No stand-in: SQLite is allowed no further page, PostgreSQL says 53100 by itself."""
    device = Device(scene.client.user, scene.client)  # type: ignore[arg-type]
    assert device.set_up().status_code == 204
    quiet(device.browser)
    most = 40
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Pages that earlier tests left empty are filled first, one at least by each answer.
            cursor.execute("PRAGMA freelist_count")
            most += cursor.fetchone()[0]
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
        else:
            cursor.execute(
                "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER no_room BEFORE INSERT ON audit_auditevent"
                " FOR EACH ROW EXECUTE FUNCTION no_room()"
            )
        try:
            for _ in range(most):
                answer = device.send(device.seal(b"walk " * 2000))
                if answer.status_code != 201:
                    break
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 1073741823")
            else:
                cursor.execute("DROP TRIGGER no_room ON audit_auditevent")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert device.send(device.seal(b"walk " * 2000)).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_every_reading_goes_on_without_room_to_write() -> None:
    """Also those that note in passing who read, when a device was last seen, and the like."""
    world = make_world()
    stopped = []
    for operation in READINGS:
        allowed = matrix()[operation.access]
        standing = next(one for one in STANDINGS if one in allowed)
        url = operation.url({name: world.example(name) for name in operation.parameters})
        usual = quiet(world.browser(standing)).get(url).status_code
        with refusing(full, *WRITES):
            found = world.browser(standing).get(url).status_code
        if operation.name in RECORDED_OR_REFUSED:
            assert found == 507, operation.name
        elif found != usual or found >= 500:
            stopped.append(f"{operation.name}: {usual}, and on a full disk {found}")
    assert not stopped, "\n".join(stopped)


def test_a_reading_that_could_not_be_recorded_is_in_the_log(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    clinician = scene.clinician()
    clinician.get(scene.mine("overview"))
    before = AuditEvent.objects.count()
    with caplog.at_level(logging.CRITICAL), refusing(full, *WRITES):
        assert clinician.get(scene.mine("overview")).status_code == 200
    assert AuditEvent.objects.count() == before
    [line] = [one for one in caplog.records if one.levelno == logging.CRITICAL]
    fields = vars(line)
    assert fields["by"] == str(scene.dana.user_id)
    assert fields["resource_id"] == str(scene.client.pk)


@pytest.mark.django_db
def test_nothing_but_a_storage_fault_is_passed_over() -> None:
    with pytest.raises(DatabaseError), faults.dispensable():
        raise of_sqlite(sqlite3.SQLITE_ERROR)


# --- no database -------------------------------------------------------------------------------


def gone() -> OperationalError:
    if connection.vendor == "sqlite":
        return of_sqlite(sqlite3.SQLITE_CANTOPEN)
    return wrapped(psycopg.OperationalError("connection refused"))


def test_without_a_database_the_api_says_503_and_nothing_more(scene: Scene) -> None:
    person = quiet(scene.person())
    with refusing(gone, ""):
        answer = person.get(scene.mine("today"))
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    assert "Quixotine" not in answer.content.decode()


def test_help_now_and_the_clients_page_need_no_database(scene: Scene) -> None:
    person = quiet(scene.person())
    path = f"/api/v1/help?country=DE&practice_id={scene.practice.pk}"
    usual = person.get(path).json()
    with refusing(gone, "") as refused:
        help_now = person.get(path)
        page = person.get("/")
        health = person.get("/healthz")
    assert help_now.status_code == 200
    assert help_now.json()["emergency_numbers"] == usual["emergency_numbers"]
    assert [line["phone"] for line in help_now.json()["lines"]] == [
        line["phone"] for line in usual["lines"]
    ]
    # 503 is the page's word for "not built", as in a fresh clone; a fault would be JSON.
    assert page["Content-Type"].startswith("text/")
    assert health.status_code == 200
    assert refused, "nothing was asked of the database, so nothing was tried here"


def test_a_country_that_only_the_database_knows_is_asked_for_on_the_device(scene: Scene) -> None:
    person = quiet(scene.person())
    with refusing(gone, ""):
        answer = person.get(f"/api/v1/help?practice_id={scene.practice.pk}")
    assert answer.status_code == 200
    assert answer.json()["country"] == ""
    assert "DE" in answer.json()["countries"]


def test_ready_is_not_alive(scene: Scene) -> None:
    browser = quiet(factories.browser())
    with refusing(gone, ""):
        answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "unreachable"
    assert answer.json()["checks"]["worker"] == "unknown"
