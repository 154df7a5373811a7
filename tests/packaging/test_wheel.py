"""The wheel holds the client and the content, and works without the server's parts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("holdfast-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment's bin folder, with `holdfast` and what its engines need: no extras."""
    folder = tmp_path_factory.mktemp("plain") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
           "--no-compile"]  # fmt: skip
    lock = str(ROOT / "requirements/engines.lock")
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, str(wheel)], check=True)
    return python.parent


def run(program: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "PYTHON"))}
    return subprocess.run(
        [program, *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=program.parent,
    )


def test_the_wheel_contains_the_built_client(contents: set[str]) -> None:
    assert "holdfast/web_dist/index.html" in contents
    assert any(n.startswith("holdfast/web_dist/assets/") and n.endswith(".js") for n in contents)


def test_the_wheel_contains_every_content_file(contents: set[str]) -> None:
    package = ROOT / "src/holdfast"
    content = [
        str(path.relative_to(package.parent))
        for folder in package.glob("*/*/content")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert "holdfast/sense/measures/content/instruments/phq-9-1.0.0.yaml" in content
    assert [name for name in content if name not in contents] == []


def test_the_wheel_contains_the_licence_and_no_tests(contents: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in contents)
    assert any(name.endswith(".dist-info/licenses/NOTICE") for name in contents)
    assert {name.split("/")[0].split("-")[0] for name in contents} == {"holdfast"}


def test_a_wheel_without_the_client_is_refused(tmp_path: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "src/holdfast/cli", "tools/wheel_hook.py", "src/holdfast/__init__.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in (*tracked, "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    result = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert result.returncode != 0
    assert "build the client first" in result.stdout + result.stderr


@pytest.mark.exhaustive
def test_scores_are_computed_where_django_is_absent(installed: Path) -> None:
    without = run(installed / "python", "-c", "import django")
    assert "No module named 'django'" in without.stderr
    answers = {f"phq9_{n}": 1 for n in range(1, 10)}
    line = json.dumps({"id": "a", "answers": answers})
    result = run(installed / "holdfast", "score", "phq-9", text=f"{line}\n")
    assert result.returncode == 0, result.stderr
    scored = json.loads(result.stdout)
    assert (scored["id"], scored["scores"]["total"], scored["missing"]) == ("a", 9, [])


@pytest.mark.exhaustive
def test_a_server_command_says_what_to_install(installed: Path) -> None:
    result = run(installed / "holdfast", "migrate")
    assert result.returncode == 2
    assert "pip install 'holdfast[server]'" in result.stderr
