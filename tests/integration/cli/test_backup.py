"""Backups with real processes: made while people answer, whole, encrypted, and put back."""

from __future__ import annotations

import re
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import psycopg
import pyrage
import pytest

from holdfast.cli.archive import postgresql
from holdfast.cli.archive.errors import BackupFault
from holdfast.core.ids import uuid7
from tests.integration.cli.installation import DATABASE, Installation, Person, copy_of

pytestmark = pytest.mark.django_db
#: What an archive and its keys are does not depend on the database that goes into it.
alike = pytest.mark.any_database

NAME = "Quixotine"


@dataclass
class Kept:
    """Where backups of an installation go, and the key that opens them."""

    key: Path
    recipient: str
    to: Path
    keys_to: Path

    @property
    def options(self) -> list[str]:
        return ["--to", str(self.to), "--recipient", self.recipient, "--keys-to", str(self.keys_to)]

    @property
    def archive(self) -> Path:
        return sorted(self.to.glob("*.backup"))[-1]

    @property
    def keys(self) -> Path:
        return sorted(self.keys_to.glob("*.keys"))[-1]

    @property
    def restoring(self) -> list[str]:
        return ["restore", str(self.archive), "--key", str(self.key), "--keys", str(self.keys)]


@pytest.fixture
def kept(installation: Installation, tmp_path: Path) -> Kept:
    key, to, keys_to = tmp_path / "usb" / "key", tmp_path / "nas", tmp_path / "safe"
    for folder in (key.parent, to, keys_to):
        folder.mkdir()
    printed = installation.must("backup-key", str(key))
    return Kept(key, printed.strip().rpartition("=")[2], to, keys_to)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what is in it."""
    if not folder.exists():
        return {}
    return {str(one): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def instants(installation: Installation) -> set[str]:
    found = installation.query("SELECT id FROM measures_response")
    return {str(row[0]).replace("-", "") for row in found}


# --- while people answer -----------------------------------------------------------------------


class Answering(threading.Thread):
    """Answers one check-in after the other, and notes when each was acknowledged."""

    def __init__(self, served: object, person: Person) -> None:
        super().__init__(daemon=True)
        self.served, self.person = served, person
        self.acknowledged: list[tuple[datetime, str]] = []
        self.refused: list[int] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            response_id = str(uuid7())
            answer = self.served.answer(self.person, response_id)  # type: ignore[attr-defined]
            if answer.status == 201:
                self.acknowledged.append((datetime.now(UTC), response_id.replace("-", "")))
            else:
                self.refused.append(answer.status)

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.acknowledged) < count:
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {count} answers"
            time.sleep(0.05)


@pytest.mark.exhaustive
def test_a_backup_under_load_restores_every_answer_acknowledged_before_it(
    installation: Installation, kept: Kept
) -> None:
    people = installation.people(2)
    (installation.folder / "instruments").mkdir(exist_ok=True)
    (installation.folder / "instruments" / "note.txt").write_text("of the practice")
    with installation.serving() as served:
        writers = [Answering(served, person) for person in people]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.wait_for(5)
        printed = installation.must("backup", *kept.options)
        for writer in writers:
            writer.wait_for(len(writer.acknowledged) + 3)
            writer.over.set()
            writer.join(timeout=60)
    taken_at = datetime.fromisoformat(printed.split(" as of ")[1].split()[0])
    acknowledged = [one for writer in writers for one in writer.acknowledged]
    before = {answer for at, answer in acknowledged if at < taken_at}
    assert len(before) >= 10
    assert [status for writer in writers for status in writer.refused] == []
    assert len(acknowledged) > len(before), "nobody answered while the backup was made"

    empty = installation.beside("restored")
    empty.must(*kept.restoring)
    restored = instants(empty)
    assert before <= restored
    assert restored <= instants(installation)
    assert (empty.folder / "instruments" / "note.txt").read_text() == "of the practice"
    assert (empty.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    # What was sealed opens again, and the person is still signed in.
    with empty.serving() as served:
        seen = served.get(people[0].path(""), by=people[0])
        assert seen.status == 200, seen.body
        assert seen.json["display_name"] == "Person 0"
        assert served.answer(people[0]).status == 201


# --- what is in the files ----------------------------------------------------------------------


@alike
def test_the_files_hold_nothing_to_read_and_the_archive_no_key(
    installation: Installation, kept: Kept
) -> None:
    [person] = installation.people()
    with installation.serving() as served:
        body = {"kind": "life", "label": NAME, "at": "2026-01-01T00:00:00Z"}
        made = served.ask("POST", person.path("events"), by=person, body=body)
        assert made.status == 201
    installation.must("backup", *kept.options)
    secret = (installation.folder / "secrets.json").read_bytes()
    master = re.search(rb'"master_key": "([^"]+)"', secret)
    assert master is not None
    for file in (kept.archive, kept.keys):
        assert file.stat().st_mode & 0o077 == 0
        content = file.read_bytes()
        assert content.startswith(b"age-encryption.org/v1")
        for word in (NAME.encode(), master[1], b"SQLite format", b"django_migrations"):
            assert word not in content
    by = pyrage.x25519.Identity.from_str(kept.key.read_text().splitlines()[-1])
    with tarfile.open(fileobj=BytesIO(pyrage.decrypt(kept.archive.read_bytes(), [by]))) as tar:
        inside = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]
    assert "manifest.json" in inside
    assert not any(master[1] in content for content in inside.values())
    assert pyrage.decrypt(kept.keys.read_bytes(), [by]) == secret


@alike
def test_an_archive_can_be_looked_at_without_restoring_it(
    installation: Installation, kept: Kept
) -> None:
    installation.must("backup", *kept.options)
    told = installation.must("backup-check", str(kept.archive), "--key", str(kept.key))
    assert "is whole" in told


def test_only_the_newest_are_kept_when_asked(installation: Installation, kept: Kept) -> None:
    for number in (1, 2, 3):
        (kept.to / f"holdfast-2020010{number}T000000Z.backup").write_bytes(b"old")
    (kept.to / "something-else").write_bytes(b"")
    installation.must("backup", *kept.options, "--keep", "2")
    left = sorted(one.name for one in kept.to.iterdir())
    archives = ["holdfast-20200103T000000Z.backup", kept.archive.name]
    assert left == ["erasures.jsonl", *archives, "something-else"]


def test_nothing_is_left_in_the_data_folder_but_when_it_was(
    installation: Installation, kept: Kept
) -> None:
    (installation.folder / ".backup-of-a-killed-run").mkdir()
    before = set(everything(installation.folder))
    installation.must("backup", *kept.options)
    after = set(everything(installation.folder)) - before
    assert {Path(one).name for one in after} == {"last-backup.json", "erasures.jsonl"}
    assert not (installation.folder / ".backup-of-a-killed-run").exists()


# --- what is refused ---------------------------------------------------------------------------


def refused(installation: Installation, *arguments: str, **more: str) -> str:
    """The command fails with status 2 and a sentence; what it said."""
    done = installation.run(*arguments, **more)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


@alike
@pytest.mark.exhaustive
def test_backups_go_elsewhere_and_keys_elsewhere_again(
    installation: Installation, kept: Kept
) -> None:
    recipient = ["--recipient", kept.recipient]
    inside = str(installation.folder / "backups")
    assert "lies in the data folder" in refused(installation, "backup", "--to", inside, *recipient)
    assert "kept apart" in refused(
        installation, "backup", "--to", str(kept.to), "--keys-to", str(kept.to), *recipient
    )
    assert "is no folder" in refused(
        installation, "backup", "--to", str(kept.to / "none"), *recipient
    )
    assert "no age recipient" in refused(
        installation, "backup", "--to", str(kept.to), "--recipient", "age1nonsense"
    )
    assert "backup-key" in refused(installation, "backup", "--to", str(kept.to))
    assert "lies in the data folder" in refused(
        installation, "backup-key", str(installation.folder / "key")
    )
    assert list(kept.to.iterdir()) == []


def test_without_room_no_backup_is_left_half_made(installation: Installation, kept: Kept) -> None:
    script = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        f"sys.argv = ['holdfast', 'backup', *{kept.options!r}];"
        "runpy.run_module('holdfast.cli.main', run_name='__main__')"
    )
    with pytest.raises(AssertionError, match=r"(?i)no room|could not"):
        installation.python("-c", script)
    assert list(kept.to.iterdir()) == []
    assert not list(installation.folder.glob(".backup-*"))


@pytest.fixture
def empty(installation: Installation, kept: Kept) -> Iterator[Installation]:
    """A machine to restore to, beside an installation with a backup; still empty at the end."""
    installation.must("backup", *kept.options)
    machine = installation.beside("empty")
    yield machine
    assert everything(machine.folder) == {}
    if machine.url:
        with psycopg.connect(machine.url) as server:
            found = server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert found.fetchall() == [(0,)]


@alike
@pytest.mark.parametrize("where", ["head", "middle", "end", "cut off", "empty", "plain"])
def test_a_damaged_archive_is_refused_and_changes_nothing(
    kept: Kept, empty: Installation, where: str
) -> None:
    content = bytearray(kept.archive.read_bytes())
    place = {"head": 60, "middle": len(content) // 2, "end": len(content) - 5}
    if where in place:
        content[place[where]] ^= 1
    damaged = {"cut off": bytes(content[:-1000]), "empty": b"", "plain": b"PK\x03\x04 not ours"}
    kept.archive.write_bytes(damaged.get(where, bytes(content)))
    assert "cannot be decrypted" in refused(empty, *kept.restoring)


@alike
@pytest.mark.exhaustive
def test_another_key_opens_nothing(kept: Kept, empty: Installation, tmp_path: Path) -> None:
    empty.must("backup-key", str(tmp_path / "other"))
    other = replace(kept, key=tmp_path / "other")
    assert "made for another key" in refused(empty, *other.restoring)


@alike
@pytest.mark.exhaustive
def test_the_file_of_keys_is_no_archive(kept: Kept, empty: Installation) -> None:
    key = ["--key", str(kept.key), "--no-erasures"]
    said = refused(empty, "restore", str(kept.keys), *key)
    assert "cannot be unpacked" in said


@alike
@pytest.mark.exhaustive
def test_the_keys_of_another_installation_are_noticed(
    kept: Kept, empty: Installation, tmp_path: Path
) -> None:
    by = pyrage.x25519.Identity.from_str(kept.key.read_text().splitlines()[-1])
    foreign = b'{"secret_key": "x", "master_key": "' + b"A" * 43 + b'="}'
    kept.keys.write_bytes(pyrage.encrypt(foreign, [by.to_public()]))
    assert "not the keys" in refused(empty, *kept.restoring)


@alike
def test_without_keys_nothing_is_restored_that_nobody_could_read(
    kept: Kept, empty: Installation
) -> None:
    said = refused(empty, "restore", str(kept.archive), "--key", str(kept.key))
    assert "--keys" in said


@alike
@pytest.mark.exhaustive
def test_a_later_version_s_backup_is_refused(kept: Kept, empty: Installation) -> None:
    by = pyrage.x25519.Identity.from_str(kept.key.read_text().splitlines()[-1])
    plain = BytesIO(pyrage.decrypt(kept.archive.read_bytes(), [by]))
    changed = BytesIO()
    with tarfile.open(fileobj=plain) as old, tarfile.open(fileobj=changed, mode="w:gz") as new:
        for one in old:
            content = old.extractfile(one).read()  # type: ignore[union-attr]
            if one.name == "manifest.json":
                content = re.sub(rb'"made_by": "[^"]+"', b'"made_by": "999.0.0"', content)
                one.size = len(content)
            new.addfile(one, BytesIO(content))
    kept.archive.write_bytes(pyrage.encrypt(changed.getvalue(), [by.to_public()]))
    assert "Install that version first" in refused(empty, *kept.restoring)


@alike
def test_what_is_there_is_never_overwritten(installation: Installation, kept: Kept) -> None:
    installation.must("backup", *kept.options)
    before = everything(installation.folder)
    assert "not empty" in refused(installation, *kept.restoring)
    assert everything(installation.folder) == before
    if installation.url:
        bare = replace(installation, folder=installation.folder.with_name("bare"))
        assert "not empty" in refused(bare, *kept.restoring)
        assert everything(bare.folder) == {}


@alike
@pytest.mark.exhaustive
def test_keys_that_are_in_place_already_are_used(installation: Installation, kept: Kept) -> None:
    installation.must("backup", *kept.options)
    machine = installation.beside("with-keys")
    machine.folder.mkdir()
    shutil.copy2(installation.folder / "secrets.json", machine.folder)
    machine.must("restore", str(kept.archive), "--key", str(kept.key))
    assert machine.must("upgrade").startswith("Nothing to do")


# --- PostgreSQL's programs ---------------------------------------------------------------------


def test_a_server_newer_than_every_program_is_told_with_the_line_to_type() -> None:
    with pytest.raises(BackupFault, match="apt-get install postgresql-client-999"):
        postgresql.program("pg_dump", 999)


def test_a_copy_of_an_installation_is_on_the_database_under_test(
    migrated: Installation, tmp_path: Path
) -> None:
    assert bool(copy_of(migrated, tmp_path / "copy").url) == (DATABASE == "postgres")
