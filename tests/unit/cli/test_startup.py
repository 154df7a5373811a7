"""Every command starts with `holdfast.cli.main`: what that imports, all of them wait for."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("django", "numpy", "polars", "pydantic", "rich", "scipy", "yaml")


def modules_after(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter has imported after the statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_a_command_does_not_wait_for_what_other_commands_import() -> None:
    assert modules_after("import holdfast.cli.main").isdisjoint(HEAVY)


def test_the_check_sees_what_is_imported() -> None:
    assert "pydantic" in modules_after("import holdfast.cli.score_lines")


def test_outcomes_does_not_wait_for_the_questionnaires() -> None:
    loaded = modules_after("import holdfast.cli.main, holdfast.cli.outcome_file")
    assert "polars" in loaded
    assert loaded.isdisjoint({"django", "pydantic"})
