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


#: What a key or password of somebody's looks like, in any file. By the issuers' own prefixes.
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----",
    "an age key": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
    "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{50,})",
    "a GitLab token": r"\bglpat-[0-9A-Za-z_-]{20}",
    "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}",
    "a Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an npm token": r"\bnpm_[0-9A-Za-z]{36}\b",
    "a PyPI token": r"\bpypi-AgE[0-9A-Za-z_-]{50,}",
    "an OpenAI or Anthropic key": r"\bsk-(?:ant-|proj-)?[0-9A-Za-z_-]{32,}",
    "a SendGrid key": r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
    "a signed token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+]*://[^\s/:@\"'{}<>$]+:(?!password@)[^\s/:@\"'{}<>$]{3,}@",
    "an installation's own keys": r"\"(?:secret_key|master_key)\"\s*:\s*\"[^\"]{24,}\"",
}
#: One of each, in two halves so that this file has none.
PLANTED = {
    "a private key": ("-----BEGIN EC PRIV", "ATE KEY-----"),
    "an age key": ("AGE-SECRET-", "KEY-1" + "Q" * 58),
    "an AWS key": ("AKIA", "Z" * 16),
    "a GitHub token": ("ghp", "_" + "a1" * 18),
    "a GitLab token": ("glpat", "-" + "a1" * 10),
    "a Slack token": ("xoxb", "-1234567890-abc"),
    "a Google key": ("AIza", "b" * 35),
    "a Stripe key": ("sk_live", "_" + "c" * 24),
    "an npm token": ("npm", "_" + "d" * 36),
    "a PyPI token": ("pypi", "-AgE" + "e" * 60),
    "an OpenAI or Anthropic key": ("sk", "-ant-" + "f" * 40),
    "a SendGrid key": ("SG", "." + "g" * 22 + "." + "h" * 43),
    "a signed token": ("eyJ" + "i" * 12 + ".", "eyJ" + "j" * 12 + "." + "k" * 12),
    "a password in an address": ("postgres://holdfast:hun", "ter2@db/holdfast"),
    "an installation's own keys": ('"master_key"', ': "' + "l" * 44 + '"'),
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


def test_no_file_of_any_kind_holds_a_secret() -> None:
    assert set(PLANTED) == set(SECRETS)
    for what, halves in PLANTED.items():
        assert re.search(SECRETS[what], f"key = {''.join(halves)} ;"), what
    anything = re.compile("|".join(f"(?:{pattern})" for pattern in SECRETS.values()))
    found = [
        f"{path}: {match[0][:12]}…"
        for path in tracked()
        # A picture's bytes are pixels, and two thirds of all there are.
        if path.suffix != ".png"
        for match in anything.finditer((ROOT / path).read_bytes().decode("latin-1"))
    ]
    assert found == []


def test_no_file_is_named_as_one_that_holds_secrets() -> None:
    named = re.compile(
        r"(?:^|/)(?:\.env(?:\..*)?|secrets\.json|id_(?:rsa|ed25519)|.*\.(?:pem|p12|pfx|keys))$"
    )
    assert [str(path) for path in tracked() if named.search(path.as_posix())] == []


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
    """A module above this size has more than one thing to say. Migrations are made by a program."""
    long = {
        str(path): count
        for path in tracked()
        if path.suffix in {".py", ".ts", ".tsx"}
        and path.name != "schema.d.ts"
        and path.parent.name != "migrations"
        and (count := (ROOT / path).read_text(encoding="utf-8").count("\n")) > 500
    }
    assert long == {}
