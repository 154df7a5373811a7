"""`holdfast import` as a process: its words, its exit status, and a run that is cut off."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from holdfast.sense.measures.importing import store
from tests.conftest import DATABASE
from tests.integration.importing.tables import daily, fhir_line, write_mapping, write_table


class Installation:
    """A data folder and database of its own, with commands run as processes."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("HOLDFAST_")},
            "HOLDFAST_DATA_DIR": str(folder),
            **({"HOLDFAST_DATABASE_URL": database} if database else {}),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "holdfast.cli.main", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=self.environment, stdout=pipe, stderr=pipe, text=True, cwd=self.folder
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    def python(self, code: str) -> str:
        """What a few lines with Django set up print."""
        head = (
            "import os, django\n"
            "os.environ['DJANGO_SETTINGS_MODULE'] = 'holdfast.config.settings'\n"
            "django.setup()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", head + code],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def count(self) -> tuple[int, int, int, int]:
        """Responses, their scores, people, flags."""
        printed = self.python(
            "from holdfast.safety.flags.models import Flag\n"
            "from holdfast.sense.measures.models import *\n"
            "print([m.objects.count() for m in (Response, Score, Client, Flag)])"
        )
        found = json.loads(printed)
        return found[0], found[1], found[2], found[3]


def _database(stack: ExitStack) -> str:
    if DATABASE != "postgres":
        return ""
    from tools.postgres import private_server

    return stack.enter_context(private_server())


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with ExitStack() as stack:
        made = Installation(tmp_path_factory.mktemp("installation"), _database(stack))
        made.python(
            "from django.core.management import call_command\n"
            "call_command('migrate', verbosity=0)\n"
            "from holdfast.core import clock\n"
            "from holdfast.core.tenancy.models import Practice\n"
            "for slug in ('north', 'south'):\n"
            "    Practice.objects.create(name=slug, slug=slug, created_at=clock.now())"
        )
        yield made


@pytest.mark.exhaustive
def test_machines_get_one_object_with_every_refused_row(
    installation: Installation, tmp_path: Path
) -> None:
    table = write_table(tmp_path, daily("json", ["000000000", "9"]))
    mapping = write_mapping(tmp_path)
    arguments = ("import", str(table), "--mapping", str(mapping), "--practice", "north", "--json")
    expected = {
        "read": 2,
        "imported": 1,
        "unchanged": 0,
        "refused": [{"line": 3, "reason": "3 fields where the header has 11"}],
    }
    for more in ("--dry-run",), ():
        status, out, err = installation.run(*arguments, *more)
        assert (status, json.loads(out)) == (0, expected), err
    status, out, _ = installation.run(*arguments)
    assert (status, json.loads(out)) == (0, expected | {"imported": 0, "unchanged": 1})


def test_people_get_a_table_and_the_first_refused_rows(
    installation: Installation, tmp_path: Path
) -> None:
    table = write_table(tmp_path, [*daily("t", ["000000000"]), *[("t", "never", "0" * 9)] * 25])
    arguments = ("import", str(table), "--mapping", str(write_mapping(tmp_path)), "--dry-run")
    status, out, _ = installation.run(*arguments, "--practice", "north")
    assert status == 0
    assert "line 3: when: 'never' is no time in the format" in out
    assert "and 5 more; --json lists all" in out
    assert "Dry run: nothing was written." in out


def test_radar_and_fhir_are_recognised_packed_or_not(
    installation: Installation, tmp_path: Path
) -> None:
    fhir = tmp_path / "export.json.gz"
    fhir.write_bytes(gzip.compress(fhir_line("g", "2020-01-01T00:00:00Z", "0" * 9).encode()))
    answers = [{"questionId": f"gad7_{n}", "value": {"int": 1}} for n in range(1, 8)]
    value = {"time": 1.58e9, "name": "GAD7", "answers": answers}
    radar = tmp_path / "armt.json"
    radar.write_text(json.dumps({"key": {"userId": "u", "projectId": "p"}, "value": value}))
    for file in (fhir, radar):
        status, out, err = installation.run("import", str(file), "--practice", "south", "--json")
        assert (status, json.loads(out)["imported"]) == (0, 1), err


def closer(*values: object) -> Any:
    return pytest.param(*values, marks=pytest.mark.exhaustive)


@pytest.mark.parametrize(
    ("name", "content", "options", "reason"),
    [
        ("a.csv", "a,b\n", ["--mapping", "mapping.yaml"], "a.csv: line 1: the mapping names"),
        ("a.csv.gz", "not packed", ["--mapping", "mapping.yaml"], "a.csv.gz: cannot be read"),
        ("a.json", "{}", ["--practice", "west"], "--practice west: there is no such practice"),
        closer("none.csv", None, [], "none.csv: no such file"),
        closer("a.csv", "a,b\n", [], "a CSV needs --mapping"),
        closer("a.csv", "a,b\n", ["--mapping", "gone.yaml"], "gone.yaml: not readable"),
        closer("a.json", "hello", [], "a.json: line 1: neither FHIR"),
        closer("a.json", "hello", ["--format", "fhir"], "a.json: not readable as JSON"),
        closer("a.json", "{}", ["--format", "hl7v2"], "--format hl7v2: use csv, fhir or radar"),
    ],
)
def test_what_cannot_be_used_as_a_whole_ends_with_status_2(
    installation: Installation,
    tmp_path: Path,
    name: str,
    content: str | None,
    options: list[str],
    reason: str,
) -> None:
    write_mapping(tmp_path)
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    told = [str(tmp_path / one) if one.endswith(".yaml") else one for one in options]
    status, out, err = installation.run("import", str(file), "--practice", "north", *told)
    assert (status, out) == (2, "")
    assert reason in " ".join(err.split())


def test_a_file_of_which_every_row_is_refused_ends_with_status_2(
    installation: Installation, tmp_path: Path
) -> None:
    table = write_table(tmp_path, [("1", "never", "000000000")])
    arguments = ("import", str(table), "--mapping", str(write_mapping(tmp_path)), "--json")
    status, out, _ = installation.run(*arguments, "--practice", "north")
    assert status == 2
    assert json.loads(out)["refused"] == [
        {"line": 2, "reason": "when: 'never' is no time in the format"}
    ]


def test_among_several_practices_one_must_be_named(installation: Installation) -> None:
    status, _, err = installation.run("import", __file__)
    assert status == 2
    assert "--practice is needed; there are: " in err
    assert "north" in err


def _rows(number: int) -> list[tuple[str, str, str]]:
    """Forty days each; item 9 rises once in each person's course."""
    return [
        (
            f"kill-{n // 40}",
            f"2020-{1 + n % 40 // 20:02}-{1 + n % 20:02}",
            "00000000" + ("1" if n % 40 > 30 else "0"),
        )
        for n in range(number)
    ]


#: Enough batches that the process can be killed between two of them.
ROWS = 4 * store.BATCH


@pytest.mark.exhaustive
def test_an_import_killed_in_the_middle_goes_on_where_it_stopped(
    installation: Installation, tmp_path: Path
) -> None:
    table, mapping = write_table(tmp_path, _rows(ROWS)), write_mapping(tmp_path)
    before = installation.count()
    arguments = ("import", str(table), "--mapping", str(mapping), "--practice", "north", "--json")
    process = installation.start(*arguments)
    _wait_for_rows(installation, before[0])
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    partial = installation.count()[0] - before[0]
    assert 0 < partial < ROWS, "it was to be killed in the middle"
    assert partial % store.BATCH == 0, "a batch is whole or not there"
    status, out, err = installation.run(*arguments)
    assert status == 0, err
    counts: dict[str, Any] = json.loads(out)
    assert (counts["unchanged"], counts["imported"]) == (partial, ROWS - partial)
    after = installation.count()
    grown = tuple(now - then for now, then in zip(after, before, strict=True))
    assert grown == (ROWS, ROWS, ROWS // 40, ROWS // 40)


def _wait_for_rows(installation: Installation, before: int) -> None:
    """Until the first batches are there, seen through a connection of our own."""
    url = installation.environment.get("HOLDFAST_DATABASE_URL", "")
    for _ in range(1200):
        if _count_rows(installation, url) - before > 0:
            return
        time.sleep(0.05)
    pytest.fail("no rows came within a minute")


def _count_rows(installation: Installation, url: str) -> int:
    query = "SELECT count(*) FROM measures_response"
    if url:
        import psycopg

        with psycopg.connect(url) as database:
            row = database.execute(query).fetchone()
            return int(row[0]) if row else 0
    connection = sqlite3.connect(installation.folder / "holdfast.sqlite3")
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()
