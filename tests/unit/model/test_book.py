"""Budgets and back-off, in memory that forked processes share."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.support.companion.model import Book, ModelConfig
from holdfast.support.companion.model.book import LONGEST_REST

NOW = datetime(2026, 1, 5, 18, tzinfo=UTC)
CONFIG = ModelConfig.of(
    {"url": "https://m.example.org", "name": "x", "requests_a_day": 3, "tokens_a_day": 1000}
)


@pytest.fixture
def book() -> Iterator[Book]:
    book = Book(slots=16)
    yield book
    book.close()


def fail(book: Book, now: datetime) -> None:
    assert book.begin("p", CONFIG, 0, now) is None
    book.settle("p", CONFIG, now, entered=0, used=0, failed=True)


def test_tokens_entered_are_replaced_by_those_used(book: Book) -> None:
    assert book.begin("p", CONFIG, 600, NOW) is None
    assert book.begin("p", CONFIG, 600, NOW) == "budget"
    book.settle("p", CONFIG, NOW, entered=600, used=100, failed=False)
    assert book.account("p", CONFIG, NOW).tokens == 100
    assert book.begin("p", CONFIG, 600, NOW) is None


def test_practices_and_endpoints_have_accounts_of_their_own(book: Book) -> None:
    other = CONFIG.model_copy(update={"url": "https://n.example.org"})
    book.begin("p", CONFIG, 10, NOW)
    assert book.account("q", CONFIG, NOW).requests == 0
    assert book.account("p", other, NOW).requests == 0
    assert book.account("p", CONFIG, NOW).requests == 1


def test_counts_begin_anew_with_the_day_and_rest_goes_on(book: Book) -> None:
    late = datetime(2026, 1, 5, 23, 59, 50, tzinfo=UTC)
    for place in range(3):
        fail(book, late + timedelta(seconds=place))
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    assert book.account("p", CONFIG, midnight).requests == 0
    assert book.refusal("p", CONFIG, 1, midnight) == "resting"


def test_rest_doubles_with_every_failure_and_ends_with_a_success(book: Book) -> None:
    now, rests = NOW, []
    for day in range(9):
        now = NOW + timedelta(days=day)
        fail(book, now)
        rests.append(book.account("p", CONFIG, now).resting_until - now.timestamp())
    assert rests == [0, 0, 30, 60, 120, 240, 480, LONGEST_REST, LONGEST_REST]
    now += timedelta(days=1)
    book.settle("p", CONFIG, now, entered=0, used=0, failed=False)
    assert book.refusal("p", CONFIG, 1, now) is None


def test_somebody_who_leaves_neither_helps_nor_harms(book: Book) -> None:
    for day in range(3):
        fail(book, NOW + timedelta(days=day))
    before = book.account("p", CONFIG, NOW + timedelta(days=2))
    book.settle("p", CONFIG, NOW + timedelta(days=2), entered=0, used=0, failed=None)
    assert book.account("p", CONFIG, NOW + timedelta(days=2)) == before


def test_a_child_process_writes_into_the_same_book(book: Book) -> None:
    child = os.fork()
    if child == 0:
        book.begin("p", CONFIG, 7, NOW)
        os._exit(0)
    os.waitpid(child, 0)
    account = book.account("p", CONFIG, NOW)
    assert (account.requests, account.tokens) == (1, 7)


def test_a_full_book_forgets_the_longest_unused(book: Book) -> None:
    for place in range(16):
        book.begin(f"old-{place}", CONFIG, 1, NOW + timedelta(days=place))
    now = NOW + timedelta(days=20)
    assert book.begin("new", CONFIG, 1, now) is None
    assert book.account("new", CONFIG, now).requests == 1
    assert book.account("old-15", CONFIG, NOW + timedelta(days=15)).requests == 1
    assert book.account("old-0", CONFIG, NOW).requests == 0


def test_a_book_with_a_file_is_there_again_when_all_processes_have_ended(tmp_path: Path) -> None:
    file = tmp_path / "spend"
    first = Book(slots=16, file=file)
    assert first.begin("p", CONFIG, 400, NOW) is None
    fail(first, NOW)
    first.close()

    second = Book(slots=16, file=file)
    account = second.account("p", CONFIG, NOW)
    second.close()

    assert (account.requests, account.tokens, account.failures) == (2, 400, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_books_of_one_file_count_together(tmp_path: Path) -> None:
    """A restart that overlaps: the old process still answers while the new one begins."""
    old, new = (Book(slots=16, file=tmp_path / "spend") for _ in range(2))
    for each in (old, new, old):
        assert each.begin("p", CONFIG, 1, NOW) is None
    assert new.begin("p", CONFIG, 1, NOW) == "budget"
    old.close()
    new.close()


def test_a_file_that_is_no_book_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "spend"
    file.write_bytes(b"something else")
    book = Book(slots=16, file=file)
    assert book.account("p", CONFIG, NOW).requests == 0
    book.close()
