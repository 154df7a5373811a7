"""The direction of a set of answers, read from its words in many languages."""

from __future__ import annotations

import pytest

from holdfast.sense.measures.engine.lint.knowledge import load
from holdfast.sense.measures.engine.lint.model import Option
from holdfast.sense.measures.engine.lint.polarity import direction, intensity

RISING = {
    "en": ["Strongly disagree", "Disagree", "Agree", "Strongly agree"],
    "en-GB": ["None of the time", "A little of the time", "Most of the time", "All of the time"],
    "de": [
        "Trifft gar nicht zu",
        "Trifft eher nicht zu",
        "Trifft größtenteils zu",
        "Trifft völlig zu",
    ],
    "de-AT": ["Nie", "An manchen Tagen", "An mehr als der Hälfte der Tage", "Beinahe jeden Tag"],
    "fr": [
        "Pas du tout",
        "Plusieurs jours",
        "Plus de la moitié du temps",
        "Presque tous les jours",
    ],
    "es": ["Muy en desacuerdo", "En desacuerdo", "De acuerdo", "Muy de acuerdo"],
    "it": ["Mai", "Alcuni giorni", "Per più della metà dei giorni", "Quasi ogni giorno"],
    "pt-PT": [
        "Não dificultaram",
        "Dificultaram um pouco",
        "Dificultaram muito",
        "Dificultaram extremamente",
    ],
    "nl": ["Zeer niet mee eens", "Niet mee eens", "Mee eens", "Zeer mee eens"],
    "da": ["Meget uenig", "Uenig", "Enig", "Meget enig"],
    "sv": ["Inte alls", "Flera dagar", "Mer än hälften av dagarna", "Nästan varje dag"],
    "nb": ["Ikke i det hele tatt", "Noen dager", "Mer enn halvparten av dagene", "Nesten hver dag"],
    "fi": ["Ei lainkaan", "Hieman vaikeaa", "Hyvin vaikeaa", "Erittäin vaikeaa"],
    "pl": ["Wcale nie dokuczały", "Kilka dni", "Więcej niż połowę dni", "Niemal codziennie"],
    "cs": ["Vůbec ne", "Několik dní", "Více než polovinu dní", "Téměř každý den"],
    "ro": ["Deloc", "Câteva zile", "Peste jumătate din zile", "Aproape zilnic"],
    "hu": ["Egyáltalán nem", "Néhány napon", "A napok több mint felében", "Majdnem minden nap"],
    "el": ["Καθόλου", "Μερικές ημέρες", "Περισσότερες από τις μισές ημέρες", "Σχεδόν κάθε μέρα"],
    "tr": ["Hiç", "Bazı günler", "Günlerin yarısından fazlasında", "Hemen hemen her gün"],
    "ru": ["Ни разу", "Несколько дней", "Более недели", "Почти каждый день"],
    "uk": ["Зовсім не турбували", "Декілька днів", "Більше половини усіх днів", "Майже щоденно"],
    "bg": ["Нито веднъж", "Няколко дни", "Повече от половината от дните", "Почти всеки ден"],
    "lv": ["Nemaz", "Dažas dienas", "Vairāk par nedēļu", "Gandrīz katru dienu"],
    "ar": ["أبداً", "بعض الأيام", "أكثر من نصف الأيام", "كل يوم تقريباً"],
    "he": ["כלל לא", "מספר ימים", "יותר ממחצית הימים", "כמעט כל יום"],
    "hi": ["बिल्कुल नहीं", "कई दिन", "आधे से अधिक दिन", "लगभग रोज़ाना"],
    "zh-Hans": ["完全不会", "好几天", "一半以上的天数", "几乎每天"],
    "ja": ["全くない", "数日", "半分以上", "ほとんど毎日"],
    "ko": [
        "전혀 방해 받지 않았다",
        "며칠 동안 방해 받았다",
        "7일 이상 방해 받았다",
        "거의 매일 방해 받았다",
    ],
    "vi": ["Không ngày nào", "Vài ngày", "Hơn một nửa số ngày", "Gần như mỗi ngày"],
    "id": ["Tidak sama sekali", "Beberapa hari", "Lebih dari separuh waktu", "Hampir setiap hari"],
    "fil": [
        "Hindi kailanman",
        "Maraming araw",
        "Lagpas sa kalahati ng mga araw",
        "Halos araw-araw",
    ],
}


def options(labels: list[str], *, start: int = 0) -> list[Option]:
    return [Option(str(c), label, float(c)) for c, label in enumerate(labels, start)]


@pytest.mark.parametrize("language", sorted(RISING))
def test_words_that_rise_with_the_code(language: str) -> None:
    assert direction(options(RISING[language]), language) == 1


@pytest.mark.parametrize("language", sorted(RISING))
def test_the_same_words_from_most_to_least(language: str) -> None:
    assert direction(options(RISING[language][::-1]), language) == -1


def test_the_order_on_the_form_does_not_matter_only_the_codes_do() -> None:
    printed = options(RISING["en-GB"])[::-1]
    assert direction(printed, "en") == 1


def test_words_that_say_nothing_have_no_direction() -> None:
    assert direction(options(["Work", "Driving", "Studying"]), "en") is None
    assert direction(options(["1", "2", "3"]), "en") is None


def test_a_language_without_a_lexicon_has_no_direction() -> None:
    assert direction(options(RISING["en"]), "ka") is None


def test_an_answer_for_not_answering_is_left_out() -> None:
    labels = [*RISING["en-GB"], "Never asked: prefer not to say"]
    assert direction(options(labels), "en") == 1


def test_the_longest_phrase_decides() -> None:
    assert intensity("Strongly disagree", "en") == -3
    assert intensity("Agree", "en") == 2
    assert intensity("2. Not difficult at all", "en") == -3
    assert intensity("stimme eher nicht zu", "de") == -1


def test_every_phrase_of_the_lexicon_is_its_own_strongest_match() -> None:
    """A phrase that a longer one of another level always hides would be dead knowledge."""
    for language, entry in load("poles").items():
        for key, phrases in entry.items():
            for phrase in phrases:
                if key in {"negation", "whole_least", "whole_most"} or "..." in str(phrase):
                    continue
                assert intensity(str(phrase), language) == int(key), (language, phrase)
