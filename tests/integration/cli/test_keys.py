"""`holdfast keys`: where the master key lies, losing it, and renewing keys while people work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.integration.cli.installation import COMMAND, ROOT, Installation, Person, Served
from tests.integration.cli.test_backup import Kept

pytestmark = pytest.mark.django_db

NAMES = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
django.setup()
from holdfast.core.tenancy.models import Client
print(json.dumps(sorted(one.display_name for one in Client.objects.all())))
"""


def names(installation: Installation) -> list[str]:
    """Everybody's name, as a process that remembers nothing opens it."""
    found: list[str] = json.loads(installation.python("-c", NAMES).splitlines()[-1])
    return found


@pytest.fixture
def apart(installation: Installation, tmp_path: Path) -> Installation:
    """An installation with people, whose master key was moved out of the data folder."""
    installation.people(60)
    file = tmp_path / "etc" / "master.key"
    said = installation.must("keys", "move", str(file))
    assert f"HOLDFAST_MASTER_KEY_FILE={file}" in said
    installation.more["HOLDFAST_MASTER_KEY_FILE"] = str(file)
    return installation


def doctor(installation: Installation, **more: str) -> dict[str, dict[str, str]]:
    done = installation.run("doctor", "--json", **more)
    return {one["name"]: one for one in json.loads(done.stdout)}


@pytest.mark.any_database
@pytest.mark.exhaustive
def test_the_doctor_says_where_the_master_key_should_not_be(
    installation: Installation, tmp_path: Path
) -> None:
    beside = doctor(installation)["master key"]
    assert (beside["verdict"], "holdfast keys move" in beside["advice"]) == ("warning", True)
    served = doctor(installation, HOLDFAST_ORIGIN="https://practice.example")
    assert served["master key"]["verdict"] == "fault"
    refused = installation.run("keys", "move", str(installation.folder / "master.key"))
    assert refused.returncode == 2
    file = tmp_path / "nas" / "master.key"
    installation.must("keys", "move", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "master_key" not in json.loads((installation.folder / "secrets.json").read_text())
    found = doctor(installation, HOLDFAST_MASTER_KEY_FILE=str(file))
    assert (found["master key"]["verdict"], found["keys"]["verdict"]) == ("ok", "ok")
    with_backups = {"HOLDFAST_MASTER_KEY_FILE": str(file), "HOLDFAST_BACKUP_DIR": str(file.parent)}
    found = doctor(installation, **with_backups)
    assert (found["master key"]["verdict"], "backup folder" in found["master key"]["found"]) == (
        "warning",
        True,
    )
    lost = installation.run("keys", "status")
    assert lost.returncode == 2
    assert "holds no master key" in lost.stderr


@pytest.mark.exhaustive
@pytest.mark.any_database
def test_the_loss_of_the_master_key_rehearsed(apart: Installation, tmp_path: Path) -> None:
    """docs/how-to/keys.md, step by step."""
    before = names(apart)
    assert len(before) == 60
    key, to, keys_to = tmp_path / "key", tmp_path / "nas", tmp_path / "safe"
    for folder in (to, keys_to):
        folder.mkdir()
    printed = apart.must("backup-key", str(key))
    kept = Kept(key, printed.strip().rpartition("=")[2], to, keys_to)
    apart.must("backup", *kept.options)
    file = Path(apart.more["HOLDFAST_MASTER_KEY_FILE"])
    text = file.read_text(encoding="utf-8").strip()
    assert text not in kept.archive.read_bytes().decode("latin-1")

    # The machine is lost, and with it the key's file.
    file.unlink()
    machine = apart.beside("restored")
    without = machine.run("restore", str(kept.archive), "--key", str(key))
    assert without.returncode == 2
    assert "names and notes cannot be read" in " ".join(without.stderr.split())
    assert not machine.folder.exists()
    machine.must(*kept.restoring)
    assert file.read_text(encoding="utf-8").strip() == text
    assert "master_key" not in json.loads((machine.folder / "secrets.json").read_text())
    assert names(machine) == before

    # Without any copy of it: what is lost, said plainly, and what is not.
    file.unlink()
    other = "QUFB" * 10 + "QUE="
    file.write_text(other + "\n", encoding="utf-8")
    file.chmod(0o600)
    status = machine.run("keys", "status")
    assert status.returncode == 1
    assert "without it names and notes stay shut" in " ".join(status.stdout.split())
    assert doctor(machine)["keys"]["verdict"] == "fault"
    assert machine.query("SELECT count(*) FROM tenancy_client") == [(60,)]


class Traffic:
    """People who read and change their details, and new people, until it is stopped."""

    def __init__(self, served: Served, people: list[Person]) -> None:
        self.served, self.people = served, people
        self.answers: list[tuple[int, str]] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._go, args=(number,)) for number in range(2)]

    def _go(self, number: int) -> None:
        turn = 0
        while not self.stop.is_set():
            by = self.people[number * 7 + turn % 7]
            turn += 1
            wrote = self.served.ask(
                "PATCH", by.path(""), by=by, body={"current_location": f"place {turn}"}
            )
            self.answers.append((wrote.status, wrote.body))
            read = self.served.get(by.path(""), by=by)
            self.answers.append((read.status, read.body))
            if read.status == 200:
                assert read.json["current_location"] == f"place {turn}"

    def __enter__(self) -> Traffic:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


MORE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "holdfast.config.settings"
django.setup()
from holdfast.core import clock
from holdfast.core.tenancy.models import Client, Practice
practice = Practice.objects.get()
for number in range(40):
    row = Client(practice=practice, joined_at=clock.now())
    row.display_name = f"Late {number}"
    row.save()
"""


def killed_after(installation: Installation, step: str) -> bool:
    """`holdfast keys rotate`, killed -9 when it says that this step is done."""
    process = subprocess.Popen(
        [*COMMAND, "keys", "rotate", "--json"],
        env=installation.environment | {"PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("name") == step:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    return process.wait() == -signal.SIGKILL


@pytest.mark.exhaustive
@pytest.mark.postgres
def test_keys_are_renewed_while_people_work_and_a_kill_is_survived(apart: Installation) -> None:
    people = apart.people()
    before = names(apart)
    old = json.loads(apart.must("keys", "status", "--json"))
    with apart.serving() as served, Traffic(served, people) as traffic:
        more = subprocess.Popen([sys.executable, "-c", MORE], env=apart.environment, cwd=ROOT)
        assert killed_after(apart, "keys")
        assert killed_after(apart, "new-practice-key")
        done = apart.must("keys", "rotate", "--json")
        assert more.wait() == 0
    said = [json.loads(line) for line in done.splitlines()]
    assert [one["finished"] for one in said if "finished" in one] == ["master", "practices"]
    assert {200} == {status for status, _ in traffic.answers}, traffic.answers[-1]
    assert len(traffic.answers) > 10
    new = json.loads(apart.must("keys", "status", "--json"))
    assert (new["older_keys"], new["waiting"], new["unfinished"]) == (0, 0, [])
    assert set(new["masters"]) == {new["current"]}
    assert new["current"] != old["current"]
    assert names(apart) == sorted([*before, *(f"Late {number}" for number in range(40))])
