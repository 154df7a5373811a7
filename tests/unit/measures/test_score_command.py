"""`holdfast score`: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from holdfast.cli.score import score_command

app = typer.Typer()
app.command()(score_command)


def run(*arguments: str, lines: str | bytes = "") -> tuple[int, list[dict[str, object]], str]:
    result = CliRunner().invoke(app, list(arguments), input=lines)
    output = [json.loads(line) for line in result.stdout.splitlines()]
    return result.exit_code, output, result.stderr


def line(**fields: object) -> str:
    return json.dumps(fields) + "\n"


def test_it_scores_each_line_in_order() -> None:
    full = {f"gad7_{number}": 1 for number in range(1, 8)}
    code, output, errors = run(
        "GAD7", lines=line(id="b", answers=full) + "\n" + line(id=7, answers={})
    )
    assert (code, errors) == (0, "")
    assert output == [
        {"id": "b", "scores": {"total": 7}, "band": "mild", "missing": [], "alerts": []},
        {
            "id": 7,
            "scores": {"total": None},
            "band": None,
            "missing": [f"gad7_{number}" for number in range(1, 8)],
            "alerts": [],
        },
    ]


def test_an_alert_says_what_it_is_about() -> None:
    code, output, _ = run("phq-9", lines=line(id=1, answers={"phq9_9": 1}))
    assert code == 0
    assert output[0]["alerts"] == [
        {
            "code": "self-harm-item",
            "level": "concern",
            "item": "phq9_9",
            "reason": "thoughts-of-death",
        }
    ]


def test_whole_numbers_are_integers_and_others_are_not() -> None:
    _, output, _ = run("mood", lines=line(id=1, answers={"mood_sleep_hours": 7.5}))
    assert '"sleep-hours": 7.5' in json.dumps(output[0])
    _, output, _ = run("mood", lines=line(id=1, answers={"mood_sleep_hours": 7.0}))
    assert '"sleep-hours": 7,' in json.dumps(output[0])


def test_sex_decides_about_an_item_for_women() -> None:
    answers = {f"phq15_{number}": 0 for number in range(1, 16) if number != 4}
    _, output, _ = run(
        "phq-15",
        lines=line(id=1, sex="male", answers=answers) + line(id=2, sex="female", answers=answers),
    )
    assert [entry["scores"] for entry in output] == [{"total": 0}, {"total": None}]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("not json", "not JSON"),
        ('{"id": 1, "answers": {"gad7_1": 4}}', "gad7_1: expected 0, 1, 2, 3, got 4"),
        ('{"id": 1, "answers": {"gad7_1": true}}', "gad7_1: expected 0, 1, 2, 3, got True"),
        ('{"id": 1, "answers": {"gad7_8": 1}}', "gad7_8: no such item in gad-7"),
        ('{"id": 1, "answers": {"gad7_1": NaN}}', "NaN is not a JSON number"),
        ('{"id": 1, "answers": {"gad7_1": 1, "gad7_1": 2}}', "'gad7_1' is there twice"),
        ('{"id": 1, "answers": {"gad7_1": 1, "1": 2}}', "gad7_1: answered twice"),
        ('{"answers": {}}', 'expected {"id": ..., "answers": {item: code or null}}'),
        ('{"id": 1}', 'expected {"id": ..., "answers": {item: code or null}}'),
        ('{"id": 1, "answers": [1]}', 'expected {"id": ..., "answers": {item: code or null}}'),
        ("[1]", "expected an object, got list"),
        ('{"id": 1, "answers": {}, "sex": "f"}', 'sex: expected "female", "male" or null'),
        ("[" * 100_000, "not JSON that can be read"),
        ("1" * 5000, "not JSON that can be read"),
    ],
)
def test_a_bad_line_is_reported_and_the_others_are_scored(bad: str, reason: str) -> None:
    good = line(id="ok", answers={})
    code, output, errors = run("gad-7", lines=f"{good}{bad}\n{good}")
    assert code == 2
    assert [entry["id"] for entry in output] == ["ok", "ok"]
    assert errors.startswith("<stdin>:2: ")
    assert reason in errors


def test_a_line_that_is_not_utf8_is_reported() -> None:
    code, output, errors = run("gad-7", lines=b'{"id": "\xff", "answers": {}}\n')
    assert (code, output) == (2, [])
    assert "<stdin>:1: not UTF-8" in errors


def test_refused_lines_can_be_reported_for_machines() -> None:
    code, _, errors = run("gad-7", "--json", lines="{}\n")
    assert code == 2
    assert json.loads(errors) == {
        "file": "<stdin>",
        "line": 1,
        "reason": 'expected {"id": ..., "answers": {item: code or null}}',
    }


def test_an_unknown_instrument_lists_what_there_is_with_languages() -> None:
    code, output, errors = run("bdi")
    assert (code, output) == (2, [])
    assert "No instrument 'bdi'" in errors
    assert "gad-7" in errors
    assert "de-DE" in errors


def test_a_version_can_be_named() -> None:
    assert run("gad-7", "--version", "1.0.0", lines=line(id=1, answers={}))[0] == 0
    code, _, errors = run("gad-7", "--version", "9.0.0")
    assert code == 2
    assert "No instrument 'gad-7 9.0.0'" in errors


def test_it_works_without_django() -> None:
    script = (
        "import sys\n"
        "sys.modules['django'] = None\n"  # any import of it now fails
        "import typer\n"
        "from holdfast.cli.score import score_command\n"
        "typer.run(score_command)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "suds"],
        input='{"id": 1, "answers": {"suds": 40}}\n',
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["scores"] == {"total": 40}
