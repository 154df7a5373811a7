"""`holdfast companion`, and the how-to for writing a flow, followed to the letter."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli.main import app

HOW_TO = Path(__file__).parents[3] / "docs/how-to/write-a-flow.md"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["companion", *arguments])


def test_the_shipped_flows_pass_lint_and_a_walk_and_every_step_is_reached() -> None:
    assert run("lint").exit_code == 0
    walked = run("simulate", "--walks", "600", "--json")
    report = json.loads(walked.stdout)
    assert walked.exit_code == 0, report["faults"]
    assert report["faults"] == []
    assert report["never_reached"] == []
    assert report["turns_without_words"] == 0


def test_the_how_to_works_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its commands run in its order, its edits are made, its outputs are what comes."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```(\w+)\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.S)
    assert {kind for kind, _ in blocks} == {"console", "diff", "yaml"}
    done = 0
    for kind, text in blocks:
        if kind == "console":
            done += _follow(text)
        elif kind == "diff":
            _edit(text, tmp_path / "my-flows/morning-walk/en.yaml")
        else:
            (tmp_path / "my-flows/morning-walk/es.yaml").write_text(text, encoding="utf-8")
    assert done >= 6


def _follow(block: str) -> int:
    """Run each `$ holdfast companion ...` and compare what follows it, numbers aside."""
    commands = re.findall(r"^\$ holdfast companion (.+)\n((?:(?!\$ ).*\n)*)", block, re.M)
    for command, expected in commands:
        result = run(*shlex.split(command))
        shown = re.sub(r"[\d,.]+", "#", result.output)
        for line in expected.splitlines():
            if line and line != "...":
                assert re.sub(r"[\d,.]+", "#", line) in shown, (command, result.output)
    return len(commands)


def _edit(block: str, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    old = "\n".join(line[1:] for line in block.splitlines() if not line.startswith("+"))
    new = "\n".join(line[1:] for line in block.splitlines() if not line.startswith("-"))
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_faulty_folder_is_told_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/en.yaml").write_text("flow: broken\nflow: twice\n", encoding="utf-8")
    result = run("lint", str(tmp_path))
    assert result.exit_code == 1
    assert "broken/en.yaml: unreadable: line 2: “flow” stands here a second time" in result.stdout


def test_a_folder_without_flows_ends_with_2(tmp_path: Path) -> None:
    assert run("lint", str(tmp_path)).exit_code == 2
    assert run("lint", str(tmp_path / "nowhere")).exit_code == 2


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    assert run("new", "mine", "--folder", str(tmp_path)).exit_code == 0
    (tmp_path / "mine/en.yaml").write_text("my work", encoding="utf-8")
    assert run("new", "mine", "--folder", str(tmp_path)).exit_code == 2
    assert (tmp_path / "mine/en.yaml").read_text(encoding="utf-8") == "my work"


def test_a_map_names_the_flows_there_are_when_it_knows_none() -> None:
    assert run("map", "thought-record").stdout.startswith("flowchart TD")
    unknown = run("map", "nothing")
    assert unknown.exit_code == 2
    assert "thought-record" in unknown.output
