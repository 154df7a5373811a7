"""One migrated installation per test run; tests break copies of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.installation import Installation, copy_of, make


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make(tmp_path_factory.mktemp("migrated") / "var")


@pytest.fixture
def installation(migrated: Installation, tmp_path: Path) -> Installation:
    return copy_of(migrated, tmp_path / "var")
