"""An installation that load is put on: its folder and database, its people, what it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.check_in import phq9
from tests.load.servers import ROOT

ORIGIN = "http://localhost:8000"
CSRF = "c" * 32
#: One person in five says something that worries.
WORRYING_ONE_IN = 5


@dataclass(frozen=True)
class Person:
    """Somebody with a session, and where their record is."""

    practice: str
    client: str
    session: str

    def path(self, rest: str) -> str:
        return f"/api/v1/practices/{self.practice}/clients/{self.client}/{rest}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Host": "localhost:8000",
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json",
        }


@dataclass
class Practice:
    """`url` is empty on SQLite, whose file is in the folder."""

    folder: Path
    url: str = ""
    people: list[Person] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        mine = {
            "HOLDFAST_DATA_DIR": str(self.folder / "data"),
            "HOLDFAST_ORIGIN": ORIGIN,
            "HOLDFAST_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "holdfast.config.settings",
        }
        others = {name: one for name, one in os.environ.items() if not name.startswith("HOLDFAST_")}
        return others | mine

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def fill(self, count: int) -> None:
        """Make the practice and `count` people, each signed in."""
        about = json.loads(self.output("tests.load.people", str(count)))
        self.people = [
            Person(about["practice"], one["client"], one["session"]) for one in about["people"]
        ]

    def stored(self) -> tuple[set[str], list[str]]:
        """The identifiers of all responses, and what is wrong with what is stored."""
        found = json.loads(self.output("tests.load.stored"))
        return set(found["responses"]), found["faults"]

    def holdfast(self, *arguments: str) -> str:
        """The standard output of a `holdfast` command, which must succeed."""
        return self.output("holdfast.cli.main", *arguments)

    def output(self, module: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.environment,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(f"{module} {' '.join(arguments)}:\n{done.stderr[-3000:]}")
        return done.stdout


@contextmanager
def practice(people: int, url: str = "") -> Iterator[Practice]:
    """A practice of that many people in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="holdfast-load-") as folder:
        one = Practice(Path(folder), url)
        one.fill(people)
        yield one


def check_in(number: int) -> dict[str, Any]:
    """PHQ-9 as a device hands it in, under an identifier of its own."""
    answers = {item: (number + item) % 3 for item in range(1, 9)}
    answers[9] = 1 if number % WORRYING_ONE_IN == 0 else 0
    return phq9(answers, datetime.now(UTC))
