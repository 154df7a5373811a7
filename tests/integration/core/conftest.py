"""A live practice and its administrator."""

from __future__ import annotations

import pytest

from tests import factories
from tests.integration.core.office import Office


@pytest.fixture
def office(db: None) -> Office:
    return Office(factories.make_practice())
