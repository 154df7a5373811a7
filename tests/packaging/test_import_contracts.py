"""The import contracts in pyproject.toml catch what they are there to catch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The Python files of the package, to plant an import in."""
    shutil.copytree(
        ROOT / "src/holdfast",
        tmp_path / "src/holdfast",
        ignore=lambda folder, names: {
            name for name in names if not Path(folder, name).is_dir() and not name.endswith(".py")
        },
    )
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": f"{folder}/src{os.pathsep}{folder}"}
    program = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("core/planted.py", "import holdfast.safety.flags.api", "A wing imports only"),
        ("sense/planted.py", "import holdfast.plan.overview.api", "A wing imports only"),
        ("meet/encounters/planted.py", "import holdfast.config.urls", "A wing imports only"),
        ("plan/overview/planted.py", "import holdfast.safety.flags.api", "Another capability"),
        ("safety/flags/planted.py", "import holdfast.safety.plans.api", "Another capability"),
        ("sense/measures/engine/planted.py", "import django.utils.timezone", "An engine knows"),
        ("sense/measures/engine/planted.py", "import random", "An engine knows"),
        ("sense/measures/engine/planted.py", "import holdfast.core.identity.models", "An engine"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, module: str, planted: str, contract: str
) -> None:
    (copy / "src/holdfast" / module).write_text(f"{planted}\n")
    code, report = lint(copy)
    assert code == 1, report
    broken = [line for line in report.splitlines() if line.rstrip().endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), report


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("plan/overview/planted.py", "import holdfast.sense.measures.engine.scoring"),
        ("plan/overview/planted.py", "import holdfast.core.tenancy.models"),
        ("config/planted.py", "import holdfast.safety.flags.api"),
    ],
)
def test_an_engine_the_core_and_the_assembly_may_be_imported(
    copy: Path, module: str, planted: str
) -> None:
    (copy / "src/holdfast" / module).write_text(f"{planted}\n")
    code, report = lint(copy)
    assert code == 0, report
