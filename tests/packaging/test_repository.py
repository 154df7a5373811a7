"""What must not be in any file of the repository."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = (".py", ".ts", ".tsx", ".css", ".html", ".toml", ".yaml", ".service", ".md", ".json")
HERE = Path(__file__).relative_to(ROOT)

FORBIDDEN = {
    "a path of one machine": r"(?:^|[\s\"'(=])/(?:work|root)/",
    "an unfinished mark": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a merge conflict": r"^(?:<{7} |>{7} |={7}$)",
    "a private key": r"-----BEGIN (?:\w+ )?PRIVATE KEY-----",
}
TEST_ONLY = {
    "a test that is switched off": r"pytest\.mark\.(?:skip|xfail)\b|\b(?:it|test|describe)\.skip\(",
    "a test that shuts out the others": r"\b(?:it|test|describe)\.only\(",
    # Asking a real process every 0.1 s whether it is ready is no such wait.
    "a wait for a fixed time": r"\b(?:time|asyncio)\.sleep\(\s*[1-9]|wait_for_timeout\(",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Files git knows, and new ones it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(Path(line) for line in shown.stdout.splitlines() if (ROOT / line).is_file())


def lines_with(pattern: str, files: list[Path]) -> list[str]:
    found: list[str] = []
    for path in files:
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        starts = (match.start() for match in re.finditer(pattern, text, re.M))
        found.extend(f"{path}:{text.count(chr(10), 0, start) + 1}" for start in starts)
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    files = [p for p in tracked() if p.suffix in CODE and p != HERE]
    assert len(files) > 100
    assert lines_with(FORBIDDEN[what], files) == []


@pytest.mark.parametrize("what", TEST_ONLY)
def test_no_test_holds(what: str) -> None:
    def is_test(path: Path) -> bool:
        return path.name.startswith("test_") or ".test." in path.name

    files = [p for p in tracked() if is_test(p) and p.suffix in CODE and p != HERE]
    assert len(files) > 20
    assert lines_with(TEST_ONLY[what], files) == []


def test_nothing_that_is_made_or_private_is_tracked() -> None:
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout == ""


def test_source_files_can_be_read_in_one_sitting() -> None:
    """A module above this size has more than one thing to say."""
    long = {
        str(path): count
        for path in tracked()
        if path.suffix in {".py", ".ts", ".tsx"}
        and path.name != "schema.d.ts"
        and (count := (ROOT / path).read_text(encoding="utf-8").count("\n")) > 500
    }
    assert long == {}
