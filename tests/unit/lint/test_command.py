"""`holdfast instruments lint`: output and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from holdfast.cli.instruments import instruments_app
from tests.unit.lint.forms import Form, write_radar

app = typer.Typer()
app.add_typer(instruments_app, name="instruments")
runner = CliRunner()


def test_a_sound_folder_ends_with_zero(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path)])
    assert result.exit_code == 0
    assert "No faults" in result.stdout


def test_json_of_a_sound_folder_is_an_empty_list(tmp_path: Path) -> None:
    write_radar(Form(), tmp_path)
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == []


def test_findings_end_with_one_and_are_json_objects(tmp_path: Path) -> None:
    write_radar(Form(licensed=False), tmp_path)
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path), "--json"])
    assert result.exit_code == 1
    rows = json.loads(result.stdout)
    assert [set(row) for row in rows] == [{"file", "rule", "item", "language", "message"}] * 2
    assert {row["rule"] for row in rows} == {"missing-licence"}
    assert rows[0]["item"] is None


def test_the_table_names_file_rule_and_count(tmp_path: Path) -> None:
    write_radar(Form(licensed=False), tmp_path)
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path)], env={"COLUMNS": "160"})
    assert result.exit_code == 1
    assert "tent_comfort_armt_de.json" in result.stdout
    assert "2 findings: missing-licence 2" in result.stdout


def test_a_control_character_does_not_reach_the_terminal(tmp_path: Path) -> None:
    form = Form()
    form.items["q2"]["en"] += " \x1b[31m"
    write_radar(form, tmp_path)
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path)])
    assert result.exit_code == 1
    assert "\x1b[31m" not in result.stdout


def test_a_folder_that_is_not_there_ends_with_two(tmp_path: Path) -> None:
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path / "absent")])
    assert result.exit_code == 2
    assert "no such file or folder" in result.stderr


def test_a_folder_without_questionnaires_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text('{"a": 1,}', "utf-8")
    result = runner.invoke(app, ["instruments", "lint", str(tmp_path)])
    assert result.exit_code == 2
    assert "no questionnaire found" in result.stderr
    assert "notes.json" in result.stderr
