"""What a running installation tells of itself: log, request ids, readiness, metrics."""

from __future__ import annotations

import ast
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast.config.logs import FIELDS
from tests.integration.cli.installation import (
    PATIENCE_SECONDS,
    Installation,
    Served,
    copy_of,
    free_port,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SOURCE = Path(__file__).parents[3] / "src"
#: Letters that nothing else has.
NAME, ANSWER = "Quixotine", "Zwetschgenfest"


@pytest.fixture(scope="module")
def plain(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without anything asked of it, for what changes nothing in it."""
    with copy_of(migrated, tmp_path_factory.mktemp("plain") / "var").serving() as served:
        yield served


# --- the log -----------------------------------------------------------------------------------


def test_the_log_of_a_real_server_holds_listed_fields_and_no_words(
    installation: Installation,
) -> None:
    """A name and an answer in words are sent, well and badly; neither comes out in the log."""
    [person] = installation.people()
    with installation.serving() as served:
        event = {"kind": "life", "label": ANSWER, "at": "2026-01-01T00:00:00Z"}
        made = served.ask("POST", person.path("events"), by=person, body=event)
        assert made.status == 201
        contact = {"name": NAME, "phone": "1", "relationship": ""}
        served.ask("PATCH", person.path(""), by=person, body={"emergency_contact": contact})
        served.answer(person, answers={NAME: 1})  # no such item: refused
        served.ask("POST", person.path("events"), by=person, body={"label": ANSWER})
        served.ask("GET", f"/api/v1/help?country={NAME}", headers={"User-Agent": ANSWER})
        served.ask("GET", f"/people/{NAME}")
        served.ask("GET", f"/api/v1/{ANSWER}")
        served.ask("POST", "/api/v1/auth/kdf", body={"login": NAME})
        # A fault of ours, in the midst of writing down what the person said.
        installation.query("ALTER TABLE measures_lifeevent RENAME TO elsewhere")
        broken = served.ask("POST", person.path("events"), by=person, body=event)
        assert broken.status == 500
        lines = served.lines()
    text = served.log.read_text(encoding="utf-8")
    assert NAME not in text
    assert ANSWER not in text
    assert {field for line in lines for field in line} <= set(FIELDS)
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= 9
    [failed] = [line for line in requests if line["request_id"] == broken.headers["x-request-id"]]
    assert (failed["method"], failed["status"]) == ("POST", 500)
    assert failed["route"] == ("api/v1/practices/<practice_id>/clients/<client_id>/events")
    assert failed["practice"] == person.practice
    assert person.client not in text
    traces = [line["traceback"] for line in lines if "traceback" in line]
    assert any("OperationalError" in one or "ProgrammingError" in one for one in traces)
    [trace] = [line for line in lines if line.get("request_id") == failed["request_id"]
               and "traceback" in line]  # fmt: skip
    assert trace["level"] == "error"


def test_a_request_s_id_is_answered_and_can_hold_no_words(plain: Served) -> None:
    path = "/api/v1/config"
    given = plain.ask("GET", path, headers={"X-Request-ID": "0123456789abcdef-0123"})
    assert given.headers["x-request-id"] == "0123456789abcdef-0123"
    for word in (NAME, "a", "f" * 65):
        made = plain.ask("GET", path, headers={"X-Request-ID": word}).headers["x-request-id"]
        assert uuid.UUID(made).version == 7


def _log_calls(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"_log", "log", "logger"}
    ]


def test_every_message_of_ours_is_a_template() -> None:
    """The log writes templates: one put together beforehand would carry its values along."""
    calls = {
        f"{path.relative_to(SOURCE)}:{call.lineno}": call
        for path in SOURCE.rglob("*.py")
        for call in _log_calls(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(calls) >= 8
    told = {
        where
        for where, call in calls.items()
        if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    }
    assert told == set()


# --- readiness ---------------------------------------------------------------------------------


def test_ready_once_the_worker_lives(plain: Served) -> None:
    body = plain.wait("/readyz", 200).json
    assert body["status"] == "ready"
    assert set(body["checks"]) == {"database", "migrations", "worker", "clock", "disk"}
    assert set(body["checks"].values()) == {"ok"}


# --- metrics -----------------------------------------------------------------------------------


def metrics(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def metrics_with(port: int, wanted: str) -> dict[str, float]:
    """The metrics, once a series whose name contains `wanted` is among them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    found: dict[str, float] = {}
    while time.monotonic() < deadline:
        try:
            found = metrics(port)
        except OSError:
            found = {}
        if any(wanted in name for name in found):
            return found
        time.sleep(0.2)
    raise AssertionError(f"no {wanted} in {sorted(found)}")


@pytest.mark.exhaustive
def test_metrics_tell_latency_by_route_and_what_waits_and_nothing_made_up(
    installation: Installation,
) -> None:
    [person] = installation.people()
    port = free_port()
    with installation.serving(HOLDFAST_METRICS=f"127.0.0.1:{port}") as served:
        served.wait("/readyz", 200)
        metrics_with(port, "holdfast_worker_heartbeat_age_seconds")
        for _ in range(3):
            assert served.get(person.path("today"), by=person).status == 200
        found = metrics_with(port, "/today")
        text = " ".join(found)
        assert person.client not in text
        assert person.practice not in text
        [count] = [v for name, v in found.items() if "_count" in name and "/today" in name]
        assert count >= 1
        assert found["holdfast_database_up"] == 1
        assert found["holdfast_worker_heartbeat_age_seconds"] < 60
        for name in ("outbox_messages", "outbox_age_seconds", "flags_overdue", "deliveries_failed"):
            assert found[f"holdfast_{name}"] == 0
        assert "holdfast_backup_age_seconds" not in found
        # A method that somebody made up makes no series of its own.
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any('method="other"' in name for name in found):
            assert time.monotonic() < deadline, sorted(found)
            served.ask(NAME.upper(), "/api/v1/config")
            found = metrics(port)
    assert NAME.upper() not in " ".join(found)


@pytest.mark.parametrize("where", ["0.0.0.0:9464", "192.0.2.1:9464", "9464", "example.org:9464"])
def test_metrics_are_for_this_machine_alone(installation: Installation, where: str) -> None:
    refused = installation.run("serve", HOLDFAST_METRICS=where)
    assert refused.returncode == 2
    assert "loopback" in refused.stderr


def test_without_asking_there_are_no_metrics(installation: Installation, plain: Served) -> None:
    refused = installation.run("metrics")
    assert refused.returncode == 2
    assert "HOLDFAST_METRICS" in refused.stderr
    assert plain.get("/metrics").status in {200, 503}
    assert "holdfast_" not in plain.get("/metrics").body
