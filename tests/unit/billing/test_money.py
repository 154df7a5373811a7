"""Amounts are integers, lists are taken whole or not at all, and a step is so much of a fee."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.meet.billing import pdf
from holdfast.meet.billing.engine import fees, money
from holdfast.meet.billing.engine.paper import Line, Paper, cancelling, total

pytestmark = pytest.mark.any_database

LIST = "code,description,amount,currency\nT50,Talk of 50 minutes,120.00,EUR\n"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("85", "EUR", 8500), ("85.5", "EUR", 8550), ("85", "JPY", 85), ("1.234", "KWD", 1234)],
)
def test_an_amount_has_the_digits_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert money.to_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("85.001", "EUR", "digits"), ("85.5", "JPY", "digits"), ("85", "EURO", "currency"),
        ("-1", "EUR", "amount"), ("85,00", "EUR", "amount"), ("NaN", "EUR", "amount"),
        ("Infinity", "EUR", "amount"), ("99999999999999", "EUR", "range"),
    ],
)  # fmt: skip
def test_what_cannot_be_paid_exactly_is_refused(text: str, currency: str, code: str) -> None:
    with pytest.raises(money.BadAmount) as refused:
        money.to_minor(text, currency)
    assert refused.value.code == code


@given(st.integers(0, money.MOST), st.integers(0, 100))
def test_a_step_is_its_share_to_the_half_unit(amount: int, percent: int) -> None:
    scaled = money.scaled(amount, percent)
    assert abs(scaled * 100 - amount * percent) <= 50
    assert 0 <= scaled <= amount


@given(st.integers(-money.MOST, money.MOST), st.sampled_from(sorted(money.currencies())))
def test_what_is_shown_reads_back(amount: int, currency: str) -> None:
    text = money.shown(amount, currency, point=",", group=".")
    digits, code = text.split("\u00a0")
    plain = digits.replace("\u2212", "").replace(".", "").replace(",", ".")
    assert (money.to_minor(plain, currency), code) == (abs(amount), currency)
    assert digits.startswith("\u2212") == (amount < 0)


def test_amounts_stand_as_a_language_writes_them() -> None:
    assert money.shown(123450, "EUR") == "1,234.50\u00a0EUR"
    assert money.shown(123450, "EUR", point=",", group=".") == "1.234,50\u00a0EUR"
    assert money.shown(5, "EUR") == "0.05\u00a0EUR"
    assert money.shown(1234, "JPY") == "1,234\u00a0JPY"


def test_a_list_is_read_with_comma_or_semicolon() -> None:
    expected = [fees.Fee("T50", "Talk of 50 minutes", 12000, "EUR")]
    assert fees.read(LIST) == (expected, [])
    assert fees.read("\ufeff" + LIST.replace(",", ";")) == (expected, [])
    wide = "Note,Code,Description,Amount,Currency\r\nx,T50,Talk of 50 minutes,120,eur\r\n"
    assert fees.read(wide) == (expected, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, "columns")),
        ("code,amount\nT50,1\n", (1, "columns")),
        ("code,description,amount,currency\n", (1, "empty")),
        (LIST + "T50,Again,1,EUR\n", (3, "twice")),
        (LIST + "T60,,1,EUR\n", (3, "empty")),
        (LIST + "T60\n", (3, "empty")),
        (LIST + "T60,Talk,1.001,EUR\n", (3, "digits")),
        (LIST + f"{'T' * 41},Talk,1,EUR\n", (3, "long")),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, fault: tuple[int, str]) -> None:
    assert fees.read(text)[1] == [fees.Fault(*fault)]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    fees.read(LIST + text)
    fees.read(text)


def paper(**changes: object) -> Paper:
    line = Line(date(2026, 6, 2), "visit", "urn:x:own", "T50", "Talk", 1, 12000, 50, 6000, "Dana")
    held = Line(date(2026, 6, 9), "no_show", "urn:x:own", "H1", "Held", 2, 1000, 100, 2000, "Dana")
    values: dict[str, object] = {
        "kind": "invoice", "language": "en",
        "issuer": {"name": "Practice Linde", "address": "Way 1\n10115 Town", "foot": "Thanks"},
        "recipient": "Ines", "person": "Ines", "lines": [line, held], "providers": [],
        "diagnoses": [], "currency": "EUR", "cancels": "",
    }  # fmt: skip
    return Paper(**(values | changes))  # type: ignore[arg-type]


def test_what_takes_an_invoice_back_sums_to_nothing_with_it() -> None:
    back = cancelling(paper(), "R-00001")
    assert (total(paper()), total(back), back.cancels) == (8000, -8000, "R-00001")


def test_every_language_has_the_same_words() -> None:
    known = set(pdf.words("en"))
    assert {code: set(pdf.words(code)) for code in pdf.LANGUAGES} == dict.fromkeys(
        pdf.LANGUAGES, known
    )
    assert pdf.words("fr") == pdf.words("en")
