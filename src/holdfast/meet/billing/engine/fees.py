"""Read the list of fees that a practice imports. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from holdfast.meet.billing.engine.money import BadAmount, to_minor

COLUMNS = ("code", "description", "amount", "currency")
MOST_ROWS = 20_000
LONGEST = {"code": 40, "description": 500}


@dataclass(frozen=True)
class Fee:
    """`amount` in minor units of `currency`."""

    code: str
    description: str
    amount: int
    currency: str


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1, the header's. `code`: `columns`, `empty`, `long`, `twice`, `rows`,
    `unreadable`, or one of `BadAmount`.
    """

    line: int
    code: str


def read(text: str) -> tuple[list[Fee], list[Fault]]:
    """Fees of a CSV text (comma or semicolon, UTF-8 with or without its mark), and its faults:
    where there are any, none of it is to be taken. Columns beside the four are left alone.
    """
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        return _rows(reader)
    except csv.Error:
        return [], [Fault(reader.line_num, "unreadable")]


def _rows(reader: csv.DictReader[str]) -> tuple[list[Fee], list[Fault]]:
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if not set(COLUMNS) <= set(names) or len(set(names)) < len(names):
        return [], [Fault(1, "columns")]
    reader.fieldnames = names
    found: list[Fee] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for row in reader:
        if len(found) + len(faults) >= MOST_ROWS:
            return [], [Fault(reader.line_num, "rows")]
        fee = _fee(row)
        if isinstance(fee, Fee) and fee.code in seen:
            fee = "twice"
        if isinstance(fee, Fee):
            seen.add(fee.code)
            found.append(fee)
        else:
            faults.append(Fault(reader.line_num, fee))
    if not found and not faults:
        faults.append(Fault(1, "empty"))
    return found, faults


def _fee(row: dict[str, str | None]) -> Fee | str:
    """A row's fee, or what is wrong with it."""
    code, description, amount, currency = ((row[name] or "").strip() for name in COLUMNS)
    if not (code and description and amount and currency):
        return "empty"
    if len(code) > LONGEST["code"] or len(description) > LONGEST["description"]:
        return "long"
    try:
        return Fee(code, description, to_minor(amount, currency.upper()), currency.upper())
    except BadAmount as bad:
        return bad.code
