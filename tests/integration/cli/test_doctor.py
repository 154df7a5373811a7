"""What `holdfast doctor` finds in an installation that something is wrong with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.core.ids import uuid7
from tests.integration.cli.installation import Installation, check_in
from tests.integration.cli.test_backup import Kept

pytestmark = pytest.mark.django_db
#: What doctor reads of rows it reads in the same way everywhere.
alike = pytest.mark.any_database


def doctor(installation: Installation, **more: str) -> dict[str, Any]:
    done = installation.run("doctor", "--json", **more)
    assert done.returncode in {0, 1}, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)}


def clock_at(tmp_path: Path, ahead: timedelta) -> dict[str, str]:
    """The environment in which it is that much later."""
    file = tmp_path / "clock"
    file.write_text(f"{ahead.total_seconds():+f}")
    return {"HOLDFAST_TEST_CLOCK_FILE": str(file)}


@pytest.mark.exhaustive
@alike
def test_a_worker_that_is_silent_and_one_that_lives(
    installation: Installation, tmp_path: Path
) -> None:
    assert doctor(installation)["worker"]["verdict"] == "fault"
    installation.must("worker", "--once")
    assert doctor(installation)["worker"]["verdict"] == "ok"
    later = clock_at(tmp_path, timedelta(minutes=3))
    found = doctor(installation, **later)["worker"]
    assert found["verdict"] == "fault"
    assert "silent since" in found["found"]


@alike
@pytest.mark.exhaustive
def test_a_flag_that_nobody_looked_at(installation: Installation, tmp_path: Path) -> None:
    [person] = installation.people()
    with installation.serving() as served:
        answers = check_in()["answers"] | {"phq9_9": 2}
        assert served.answer(person, answers=answers).status == 201
    assert doctor(installation)["flags"]["verdict"] == "ok"
    found = doctor(installation, **clock_at(tmp_path, timedelta(days=3)))["flags"]
    assert found["verdict"] == "warning"
    assert "1 past due" in found["found"]


@alike
@pytest.mark.exhaustive
def test_a_backup_that_is_missing_and_one_that_is_old(
    installation: Installation, tmp_path: Path
) -> None:
    assert doctor(installation)["backup"]["verdict"] == "warning"
    key, to = tmp_path / "key", tmp_path / "to"
    to.mkdir()
    recipient = installation.must("backup-key", str(key)).strip().rpartition("=")[2]
    kept = Kept(key, recipient, to, tmp_path)
    installation.must("backup", *kept.options)
    assert doctor(installation)["backup"]["verdict"] == "ok"
    old = doctor(installation, **clock_at(tmp_path, timedelta(days=3)))["backup"]
    assert (old["verdict"], old["found"]) == ("warning", "3.0 days old")


@pytest.mark.any_database
def test_a_database_that_is_gone(installation: Installation) -> None:
    if installation.url:
        installation.url += "_gone"
    else:
        installation.database.unlink()
    found = doctor(installation)
    assert found["database"]["verdict"] == "fault"
    assert found["database"]["advice"]
    assert "worker" not in found


# --- a clock that is wrong by a day ------------------------------------------------------------


@alike
@pytest.mark.exhaustive
def test_a_clock_that_was_ahead_by_a_day_left_its_mark(
    installation: Installation, tmp_path: Path
) -> None:
    made = ["init", "--name", "Elm", "--time-zone", "Europe/Berlin", "--country", "DE"]
    installation.must(*made, **clock_at(tmp_path, timedelta(days=1)))
    found = doctor(installation)["clock"]
    assert found["verdict"] == "fault"
    assert "in the future" in found["found"]


@alike
@pytest.mark.exhaustive
def test_devices_of_several_people_tell_that_the_clock_is_behind(
    installation: Installation, tmp_path: Path
) -> None:
    people = installation.people(3)
    behind = clock_at(tmp_path, timedelta(days=-1))
    with installation.serving(**behind) as served:
        for person in people:
            given = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
            assert served.answer(person, str(uuid7()), answered_at=given).status == 201
    kept = installation.query("SELECT answered_at, received_at, claimed_at FROM measures_response")
    assert all(answered == received for answered, received, _ in kept)
    assert all(claimed is not None for _, _, claimed in kept)
    found = doctor(installation, **behind)["clock"]
    assert found["verdict"] == "fault"
