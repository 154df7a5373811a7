"""The page that people read says what the code does."""

from __future__ import annotations

from tests.integration.authz.reference import TARGET, markdown


def test_the_page_on_authorisation_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == markdown(), (
        "Run: python -m tests.integration.authz.reference"
    )
