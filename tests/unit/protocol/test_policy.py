"""Policy packs: which one holds, which notices are due, who is under 18."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from holdfast.safety.engine.policy.notices import Given, due
from holdfast.safety.engine.policy.packs import shipped

pytestmark = pytest.mark.any_database
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("jurisdiction", "country", "pack"), [
    ("US-IL", "US", "US-IL"),
    ("US-TX", "US", "US"),
    (None, "US", "US"),
    (None, "DE", "DE"),
    ("DE-BE", None, "DE"),
    (None, "NL", "EU"),
    (None, "KE", "default"),
    (None, None, "default"),
])  # fmt: skip
def test_the_nearest_pack_holds(jurisdiction: str | None, country: str | None, pack: str) -> None:
    assert shipped().of(jurisdiction, country).code == pack


def test_illinois_has_no_conversation_and_no_generated_text() -> None:
    illinois = shipped().of("US-IL", "US")

    assert not illinois.conversation
    assert not illinois.generated
    assert shipped().of("US-NY", "US").conversation


def test_every_pack_cites_its_law_and_waits_for_a_lawyer() -> None:
    for pack in shipped().packs.values():
        assert pack.sources
        assert pack.reviewed_by is None
        assert pack.disclosure.after_days <= 7
        assert pack.disclosure.every_hours <= 3


def notices(given: Given, later: timedelta, *, monitored: bool = True) -> tuple[str, ...]:
    pack = shipped().of("US-NY", "US")
    codes, _ = due(pack, given, now=NOW + later, monitored=monitored, language="en")
    return codes


def test_somebody_new_is_told_at_the_start_and_not_again_at_once() -> None:
    codes, given = due(shipped().of(None, None), Given(), now=NOW, monitored=True, language="en")

    assert codes == ("disclosure_start", "screened", "monitored")
    assert notices(given, timedelta(minutes=1)) == ()
    assert notices(given, timedelta(hours=2, minutes=59)) == ()


def test_in_a_long_conversation_it_is_told_every_three_hours() -> None:
    talking = Given(NOW + timedelta(hours=2, minutes=55), NOW, True, "en")

    assert notices(talking, timedelta(hours=3)) == ("disclosure_hours", "monitored")


def test_after_a_week_away_it_is_told_again() -> None:
    away = Given(NOW, NOW, True, "en")

    assert "disclosure_again" in notices(away, timedelta(days=7))


def test_when_the_monitored_hours_end_it_is_said() -> None:
    talking = Given(NOW, NOW, True, "en")

    assert notices(talking, timedelta(minutes=5), monitored=False) == ("not_monitored",)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "I'm 15"), ("en", "hi, i am sixteen years old"), ("en", "I’m 12, and my mum shouts"),
    ("en", "im underage"), ("es", "tengo 15 años"), ("es", "Soy menor de edad"),
    ("de", "ich bin 16"), ("de", "Ich bin minderjährig"), ("ar", "عمري ١٥ سنة"), ("ar", "أنا قاصر"),
])  # fmt: skip
def test_who_says_that_they_are_under_18_is_heard(language: str, text: str) -> None:
    assert shipped().words[language].listener.minor(text)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "I am 15 minutes late"), ("en", "when I was 15 he left"), ("en", "I'm 34"),
    ("en", "my son is 15"), ("en", "I'm 16 weeks pregnant"), ("es", "tengo 15 minutos"),
    ("de", "ich bin 15 Minuten zu spät"), ("de", "ich bin 45"), ("ar", "عمري ٤٥ سنة"),
])  # fmt: skip
def test_other_numbers_are_no_age_under_18(language: str, text: str) -> None:
    assert not shipped().words[language].listener.minor(text)


@pytest.mark.parametrize(("language", "text"), [
    ("en", "wait, are you a real person?"), ("es", "¿Eres un robot?"),
    ("de", "Bist du ein Mensch?"), ("ar", "هل أنت إنسان؟"),
])  # fmt: skip
def test_who_asks_for_a_human_is_heard(language: str, text: str) -> None:
    assert shipped().words[language].listener.asked_human(text)
