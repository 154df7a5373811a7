"""`holdfast audit`: what an operator, and whoever is handed an export, is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli.audit import audit_app
from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import chain_waiting
from holdfast.core.audit.models import AuditEvent
from holdfast.core.audit.tasks import look_after_chains
from holdfast.core.tenancy.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit_app, list(arguments))


@pytest.fixture
def practice() -> Practice:
    made = factories.make_practice(slug="harbour")
    for _ in range(3):
        record("read", "client", by=system(made.pk))
    chain_waiting()
    return made


def test_an_intact_trail_ends_with_zero_and_counts_what_waits(practice: Practice) -> None:
    record("read", "client", by=system(practice.pk))
    said = run("verify", "--practice", "harbour")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "harbour: 3 entries that fit, intact.",
        "  1 wait for their place in the chain.",
    ]


def test_the_first_broken_entry_is_named_and_the_command_ends_with_one(practice: Practice) -> None:
    middle = AuditEvent.objects.get(practice_id=practice.pk, seq=2)
    AuditEvent.objects.filter(pk=middle.pk).update(action="reae")
    said = run("verify")
    assert said.exit_code == 1
    assert f"broken at entry number 2 ({middle.pk.hex}): it is not what was written" in said.output
    [found] = [one for one in json.loads(run("verify", "--json").output) if not one["intact"]]
    assert found["first_broken"] == {"seq": 2, "why": "changed", "id": middle.pk.hex}
    assert (found["practice"], found["entries"]) == (str(practice.pk), 1)


def test_an_export_is_checked_with_the_key_that_was_kept_elsewhere(
    practice: Practice, tmp_path: Path
) -> None:
    assert run("key", "--practice", "harbour").exit_code == 2
    look_after_chains(clock.now())
    key = run("key", "--practice", "harbour").output.strip()
    file = tmp_path / "trail.jsonl"
    assert run("export", "--practice", "harbour", "--to", str(file)).exit_code == 0
    said = run("check", str(file), "--key", key)
    assert (said.exit_code, said.output) == (0, "4 entries, intact.\n")
    assert run("export", "--practice", "harbour", "--to", str(file)).exit_code == 2
    file.write_bytes(file.read_bytes().replace(b'"read"', b'"reae"', 1))
    said = run("check", str(file), "--json")
    assert said.exit_code == 1
    assert json.loads(said.output)["broken"]["why"] == "changed"
    file.write_text("x")
    assert run("check", str(file)).exit_code == 2


def test_a_practice_that_is_not_there_is_refused(practice: Practice) -> None:
    said = run("verify", "--practice", "elsewhere")
    assert said.exit_code == 2
    assert "harbour" in said.output
