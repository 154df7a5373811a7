"""`holdfast upgrade`: an earlier release's database, with rows in every table, becomes today's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.installation import ROOT, Installation, copy_of, new_database
from tests.integration.cli.test_backup import Kept

pytestmark = pytest.mark.django_db
#: Says nothing of the database.
alike = pytest.mark.any_database


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A database in the earlier state, with a row in every table of ours."""
    installation = Installation(tmp_path_factory.mktemp("filled") / "earlier", new_database())
    installation.folder.mkdir(mode=0o700)
    installation.python("-m", "tests.integration.cli.earlier", "fill")
    return installation


@pytest.fixture
def earlier(filled: Installation, tmp_path: Path) -> Installation:
    return copy_of(filled, tmp_path / "earlier")


@pytest.fixture
def kept(tmp_path: Path, earlier: Installation) -> Kept:
    key, to, keys_to = tmp_path / "key", tmp_path / "nas", tmp_path / "safe"
    for folder in (to, keys_to):
        folder.mkdir()
    printed = earlier.must("backup-key", str(key))
    return Kept(key, printed.strip().rpartition("=")[2], to, keys_to)


def rows(installation: Installation) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        installation.python("-m", "tests.integration.cli.earlier", "read").splitlines()[-1]
    )
    return found


@pytest.mark.any_database
@pytest.mark.exhaustive
def test_every_row_of_an_earlier_release_is_there_after_the_upgrade(
    earlier: Installation, kept: Kept
) -> None:
    before = rows(earlier)
    assert len(before) >= 50
    assert all(before.values()), "a table holds no row"
    refused = earlier.run("serve", "--port", "1")
    assert refused.returncode == 2
    assert "holdfast upgrade" in refused.stderr
    said = earlier.must("upgrade", *kept.options)
    assert kept.archive.is_file()
    assert said.rstrip().endswith("Upgraded.")
    after = rows(earlier)
    lost = {name: row for name, kept in before.items() for row in kept if row not in after[name]}
    assert lost == {}
    opened = json.loads(
        earlier.python("-m", "tests.integration.cli.earlier", "open").splitlines()[-1]
    )
    assert opened == {
        "sealed": ["what somebody said"] * 7,
        "found by equality": ["x"] * 5,
        "addresses": ["a@example.org"],
    }
    assert earlier.must("upgrade").startswith("Nothing to do")
    with earlier.serving() as served:
        assert served.wait("/readyz", 200).json["checks"]["migrations"] == "ok"


@pytest.mark.exhaustive
@alike
def test_the_backup_that_the_upgrade_made_brings_the_earlier_release_back(
    earlier: Installation, kept: Kept
) -> None:
    before = rows(earlier)
    earlier.must("upgrade", *kept.options)
    machine = earlier.beside("restored")
    said = machine.must(*kept.restoring)
    assert "holdfast upgrade" in said
    assert rows(machine) == before


@alike
def test_without_a_backup_nothing_is_migrated(earlier: Installation) -> None:
    state = earlier.query("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    refused = earlier.run("upgrade")
    assert refused.returncode == 2
    assert "--to FOLDER" in refused.stderr
    assert earlier.query("SELECT app, name FROM django_migrations ORDER BY 1, 2") == state


@alike
def test_a_failed_upgrade_says_how_to_go_back(earlier: Installation, kept: Kept) -> None:
    # Something stands where the first missing migration wants to put its table or column.
    earlier.python("-m", "tests.integration.cli.earlier", "obstruct")
    failed = earlier.run("upgrade", *kept.options)
    assert failed.returncode == 2, failed.stdout
    said = " ".join(failed.stderr.split())
    assert f"holdfast restore {kept.archive} --key BACKUP-KEY --keys {kept.keys}" in said
    assert "Traceback" not in failed.stderr
    assert earlier.beside("restored").run(*kept.restoring).returncode == 0


@alike
@pytest.mark.exhaustive
def test_a_new_installation_is_just_made(tmp_path: Path) -> None:
    new = Installation(tmp_path / "new", new_database())
    new.must("upgrade")
    assert new.must("upgrade").startswith("Nothing to do")


@alike
def test_a_database_that_is_not_there_is_no_new_installation(installation: Installation) -> None:
    installation.database.unlink()
    for command in (["upgrade"], ["keys", "status"], ["audit", "verify"]):
        refused = installation.run(*command)
        assert refused.returncode == 2, command
        assert "there is no file" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not installation.database.exists()


@alike
def test_the_program_of_this_file_knows_every_capability() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "tests.integration.cli.earlier", "apps"],
        capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ.copy(),
    )  # fmt: skip
    assert {"tenancy", "measures", "flags", "audit"} <= set(listed.stdout.split())
