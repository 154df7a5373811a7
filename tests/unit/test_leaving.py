"""The law's periods, and the list of deletions outside the backups."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from holdfast.core.leaving import engine, outside

AT = datetime(2026, 11, 23, tzinfo=UTC)


def erasure() -> outside.Erasure:
    return outside.Erasure(uuid.uuid4(), AT, "ab" * 32)


def test_a_record_is_kept_for_full_years_after_the_last_contact() -> None:
    assert engine.keep_until(date(2026, 11, 23), 10) == date(2036, 11, 23)
    assert engine.keep_until(date(2024, 2, 29), 10) == date(2034, 2, 28)
    assert engine.keep_until(date(2024, 2, 29), 20) == date(2044, 2, 29)


def test_a_practice_may_name_its_own_years_and_0_keeps_nothing() -> None:
    own = engine.rule_for("DE", 12)
    assert own is not None
    assert (own.years, own.basis) == (12, "")
    assert engine.rule_for("DE", 0) is None
    assert engine.rule_for("MT", None) is None
    assert engine.rule_for("DE", 10) == engine.rules()["DE"]


@pytest.mark.parametrize("country", sorted(engine.rules()))
def test_every_rule_names_its_law_and_where_it_is_written(country: str) -> None:
    rule = engine.rules()[country]
    assert 0 < rule.years <= engine.LONGEST_YEARS
    assert rule.basis
    assert rule.url.startswith("https://")


def test_the_list_only_grows_and_holds_each_account_once(tmp_path: Path) -> None:
    path, first, second = tmp_path / "list", erasure(), erasure()
    outside.append(path, [first])
    outside.append(path, [first, second])
    assert outside.read(path) == [first, second]
    assert path.read_text().count("\n") == 2
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_off_is_written_again(tmp_path: Path) -> None:
    path, first, second = tmp_path / "list", erasure(), erasure()
    outside.append(path, [first])
    path.write_text(path.read_text() + second.to_line()[:40])
    assert outside.read(path) == [first]
    outside.append(path, [second])
    assert outside.read(path) == [first, second]


def test_a_damaged_line_is_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(erasure().to_line() + '{"user": "nobody"}\n')
    with pytest.raises(outside.ListDamaged, match="line 2"):
        outside.read(path)
