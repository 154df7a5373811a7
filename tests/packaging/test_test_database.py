"""The tests run on the database that was asked for, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_settings_that_were_read_too_early_stop_the_run(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if "XDIST" not in name},
        "DJANGO_SETTINGS_MODULE": "holdfast.config.settings",
        "HOLDFAST_DATA_DIR": str(tmp_path),
        "HOLDFAST_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "HOLDFAST_TEST_DATABASE": "sqlite",
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "--collect-only", "tests/property"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "unset DJANGO_SETTINGS_MODULE" in run.stdout + run.stderr
