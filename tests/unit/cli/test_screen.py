"""`holdfast screen`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from holdfast.cli.main import app

pytestmark = pytest.mark.any_database


def test_it_screens_lines_in_order() -> None:
    lines = [
        {"id": 2, "text": "I want to kill myself", "lang": "en"},
        {"id": "1", "text": "what a nice day", "history": ["hello"]},
    ]
    done = CliRunner().invoke(app, ["screen"], input="\n".join(map(json.dumps, lines)) + "\n\n")
    assert done.exit_code == 0
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in out] == [2, "1"]
    assert [one["level"] for one in out] == ["concern", "none"]
    first = out[0]["evidence"][0]
    assert lines[0]["text"][first["start"] : first["end"]]  # type: ignore[index]
    assert "active_ideation" in out[0]["categories"]


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '{"id": 1}',
        '{"text": "a"}',
        '{"id": 1, "text": 3}',
        '{"id": 1, "text": "a", "history": "b"}',
        '{"id": 1, "text": "a", "lang": 5}',
    ],
)
def test_a_line_that_cannot_be_read_is_reported_and_skipped(bad: str) -> None:
    good = '{"id": 9, "text": "hello"}'
    done = CliRunner().invoke(app, ["screen", "--json"], input=f"{bad}\n{good}\n")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["id"] == 9
    assert json.loads(done.stderr.splitlines()[0])["line"] == 1


def test_a_refused_line_never_shows_its_text() -> None:
    done = CliRunner().invoke(app, ["screen"], input='{"id": 1, "text": "a secret", "lang": 5}\n')
    assert "secret" not in done.stderr
