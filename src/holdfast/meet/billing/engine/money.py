"""Amounts in integer minor units of an ISO 4217 currency. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

CONTENT = Path(__file__).parents[1] / "content"
#: What a bigint column and a JSON number both hold, with room for sums.
MOST = 10**12


class BadAmount(ValueError):
    """`code` is `currency`, `amount`, `digits` or `range`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@cache
def currencies() -> dict[str, int]:
    """How many digits stand after the point, by code (ISO 4217, list one)."""
    lines = (CONTENT / "currencies.csv").read_text(encoding="utf-8").split()
    return {code: int(digits) for code, digits in (line.split(",") for line in lines)}


def to_minor(text: str, currency: str) -> int:
    """`85.00` EUR is 8500, `85` JPY is 85. Raises BadAmount for what cannot be paid exactly."""
    if currency not in currencies():
        raise BadAmount("currency")
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise BadAmount("amount") from None
    if not amount.is_finite() or amount.is_signed():
        raise BadAmount("amount")
    minor = amount.scaleb(currencies()[currency])
    if minor != minor.to_integral_value():
        raise BadAmount("digits")
    if minor > MOST:
        raise BadAmount("range")
    return int(minor)


def scaled(amount: int, percent: int) -> int:
    """So much of an amount, half a minor unit upwards: 50 % of 85.01 is 42.51."""
    return int((Decimal(amount) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def shown(amount: int, currency: str, *, point: str = ".", group: str = ",") -> str:
    """`1,234.50 EUR`: digits, a point and groups of three as a language has them, then the code."""
    digits = currencies()[currency]
    sign, text = "\u2212" if amount < 0 else "", str(abs(amount)).rjust(digits + 1, "0")
    whole, part = (text[:-digits], text[-digits:]) if digits else (text, "")
    grouped = f"{int(whole):,}".replace(",", group)
    return f"{sign}{grouped}{point + part if part else ''}\u00a0{currency}"
