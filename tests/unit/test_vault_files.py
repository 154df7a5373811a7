"""The published vectors of sealed files hold in Python, and what is wrong says so."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest

from holdfast.core.vault.engine import errors, files
from tests.vectors import make_files

pytestmark = pytest.mark.any_database


def test_the_published_vectors_are_what_the_engine_makes() -> None:
    assert make_files.PATH.read_text(encoding="utf-8") == make_files.text()
    assert len(json.loads(make_files.text())["files"]) == len(make_files.SIZES)


@pytest.mark.parametrize("size", make_files.SIZES)
def test_a_file_opens_to_what_was_sealed(size: int) -> None:
    assert files.open_file(make_files.sealed(size)) == make_files.content_of(size)


@pytest.mark.parametrize(
    "wrong",
    [
        {"file": uuid.UUID(int=1)},
        {"owner": uuid.UUID(int=1)},
        {"key": bytes(32)},
        {"sha256": bytes(32)},
        {"ciphertext": b""},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_anything_else_is_damaged(wrong: dict[str, object]) -> None:
    with pytest.raises(errors.Damaged):
        files.open_file(replace(make_files.sealed(100), **wrong))  # type: ignore[arg-type]
