"""Deletions with real processes, on both databases: killed at each step, and after a restore."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holdfast.core.identity import erasure
from holdfast.core.leaving import outside
from tests.integration.cli.installation import Installation
from tests.integration.cli.test_backup import Kept, kept

pytestmark = pytest.mark.django_db
#: Says nothing of the database.
alike = pytest.mark.any_database
__all__ = ["kept"]

LEAVE = "tests.integration.leaving.somebody"


@pytest.mark.exhaustive
def test_killed_at_each_step_a_deletion_is_resumed_to_its_end(installation: Installation) -> None:
    told = installation.python("-m", "tests.integration.leaving.killed")
    lines = [line.split("\t") for line in told.splitlines() if line.count("\t") == 4]
    assert [store for _, store, *_ in lines] == [*erasure.stores(), erasure.stores()[-1]]
    for when, store, killed, steps_left, wrong in lines:
        assert killed == "True", (when, store)
        assert steps_left == str(when == "within"), (when, store)
        assert wrong == "nothing", (when, store)


def somebody(at: Installation, *what: str) -> dict[str, bool]:
    """Make Ines (`make`), let her leave (`leave`) or look for her (`look`)."""
    found: dict[str, bool] = json.loads(at.python("-m", LEAVE, *what).splitlines()[-1])
    return found


@pytest.mark.any_database
@pytest.mark.exhaustive
def test_a_restore_does_the_deletions_made_since_the_backup_before_it_serves(
    installation: Installation, kept: Kept, tmp_path: Path
) -> None:
    somebody(installation, "make")
    installation.must("backup", *kept.options)
    archive = kept.archive
    assert somebody(installation, "leave") == {"account": False, "name": False, "record": True}
    # The next backup brings the list of deletions beside the archives.
    assert outside.read(kept.to / outside.NAME) == []
    installation.must("backup", *kept.options)
    (entry,) = outside.read(kept.to / outside.NAME)
    moved = tmp_path / "moved" / archive.name
    moved.parent.mkdir()
    archive.rename(moved)

    empty = installation.beside("restored")
    restoring = ["restore", str(moved), "--key", str(kept.key), "--keys", str(kept.keys)]
    refused = empty.run(*restoring)
    assert refused.returncode == 2
    assert "--erasures" in refused.stderr
    assert not empty.folder.exists()
    said = empty.must(*restoring, "--erasures", str(kept.to / outside.NAME))
    assert "1 accounts removed again" in said
    assert somebody(empty, "look") == {"account": False, "name": False, "record": True}
    assert [one.user_id for one in outside.read(empty.folder / outside.NAME)] == [entry.user_id]
    assert not (empty.folder / outside.DUE).exists()


@alike
def test_until_the_deletions_are_done_again_no_process_answers(installation: Installation) -> None:
    somebody(installation, "make")
    gone = installation.python("-m", LEAVE, "list").strip().splitlines()[-1]
    (installation.folder / outside.NAME).write_text(gone + "\n")
    (installation.folder / outside.DUE).touch()
    loading = ["-c", "import holdfast.config.wsgi"]
    with pytest.raises(AssertionError, match="Deletions since the backup"):
        installation.python(*loading)
    assert "1 accounts removed again" in installation.must("worker", "--once")
    assert somebody(installation, "look") == {"account": False, "name": False, "record": True}
    installation.python(*loading)
