"""Reading a long file of scores (one row per person and measurement) for `holdfast outcomes`.

The happy path is columnar and reads only the columns named. Where a file is at fault it is read a
second time, row by row, to name the line: slow, but only once and only then.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None")
"""Ways in which spreadsheets and R write a missing value."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SEPARATORS = (",", ";", "\t")

Row = dict[str, str]


class OutcomeFileError(Exception):
    """A file that cannot be analysed: which, on which line, and why."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        where = f"{path}: " if line is None else f"{path}: line {line}: "
        super().__init__(where + reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Columns:
    """The names, in the file, of what is needed."""

    id: str
    time: str
    outcome: str
    group: str | None = None

    def named(self) -> dict[str, str]:
        """{role: name} of the columns asked for."""
        named = {"id": self.id, "time": self.time, "outcome": self.outcome}
        return named if self.group is None else named | {"group": self.group}


@dataclass(frozen=True)
class Pairs:
    """Complete cases. Arrays have shape (people,)."""

    pre: NDArray[np.float64]
    post: NDArray[np.float64]
    group: NDArray[np.str_] | None
    people_in_file: int


@dataclass(frozen=True)
class Courses:
    """All measurements of people with enough of them; `group` has shape (people,)."""

    person: NDArray[np.intp]
    time: NDArray[np.float64]
    score: NDArray[np.float64]
    group: NDArray[np.str_] | None
    people_in_file: int


class OutcomeFile:
    """One CSV file (comma, semicolon or tab) and the columns to use of it."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.path = path
        self.columns = columns
        self.separator = self._separator()

    def pairs(self, pre: str, post: str) -> Pairs:
        """Scores at times `pre` and `post` of the people who have both."""
        if _same(pre, post):
            raise OutcomeFileError(self.path, f"--pre and --post name the same time, {pre!r}")
        frame = self._frame()
        times = frame["time"].unique().to_list()
        before, after = (self._at(frame, times, wanted) for wanted in (pre, post))
        both = _joined(before, after)
        if self.columns.group is not None:
            self._check_groups(both)
            known = pl.coalesce("group", "group_post").alias("group")
            both = both.with_columns(known).filter(pl.col("group").is_not_null())
        complete = both.filter(
            pl.col("outcome").is_not_null() & pl.col("outcome_post").is_not_null()
        )
        return Pairs(
            pre=complete["outcome"].to_numpy(),
            post=complete["outcome_post"].to_numpy(),
            group=_groups(complete),
            people_in_file=before.height + after.height - both.height,
        )

    def courses(self, at_least: int) -> Courses:
        """Every measurement of the people who have `at_least` that many scores."""
        frame = self._frame().filter(pl.col("time").is_not_null())
        people = frame["id"].n_unique()
        frame = frame.with_columns(pl.col("time").cast(pl.Float64, strict=False).alias("when"))
        if not frame["when"].is_finite().fill_null(False).all():
            raise self._fault(_bad_time, "HLM needs times that are numbers")
        if frame.select(pl.struct("id", "when").is_duplicated().any()).item():
            raise self._duplicate(lambda _: True)
        scored = frame.filter(pl.col("outcome").is_not_null())
        if self.columns.group is not None:
            self._check_one_group(frame)
            known = pl.col("group").drop_nulls().first().over("id")
            scored = scored.with_columns(known).filter(pl.col("group").is_not_null())
        enough = scored.filter(pl.len().over("id") >= at_least).sort("id", "when")
        codes = enough.select(pl.col("id").rle_id())["id"].to_numpy().astype(np.intp)
        return Courses(
            person=codes,
            time=enough["when"].to_numpy(),
            score=enough["outcome"].to_numpy(),
            group=_groups(enough.unique("id", keep="first", maintain_order=True)),
            people_in_file=people,
        )

    def _separator(self) -> str:
        if not self.path.is_file():
            raise OutcomeFileError(self.path, "there is no such file")
        with self.path.open("rb") as file:
            first_line = file.readline()
        try:
            header = first_line.decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError:
            raise OutcomeFileError(self.path, "the header is not UTF-8", 1) from None
        if not header:
            raise OutcomeFileError(self.path, "the file is empty", 1)
        rows = {mark: next(csv.reader([header], delimiter=mark)) for mark in _SEPARATORS}
        separator = max(_SEPARATORS, key=lambda mark: len(rows[mark]))
        names = rows[separator]
        for role, name in self.columns.named().items():
            if names.count(name) != 1:
                problem = "twice in" if name in names else "not in"
                raise OutcomeFileError(
                    self.path,
                    f"column {name!r} (--{role}) is {problem} the header: {', '.join(names)}",
                    1,
                )
        return separator

    def _frame(self) -> pl.DataFrame:
        named = self.columns.named()
        types: dict[str, type[pl.DataType]] = dict.fromkeys(named.values(), pl.String)
        types[self.columns.outcome] = pl.Float64
        try:
            frame = (
                pl.scan_csv(
                    self.path,
                    separator=self.separator,
                    schema_overrides=types,
                    null_values=[text for text in MISSING if text],
                    infer_schema=False,
                )
                .select(pl.col(name).alias(role) for role, name in named.items())
                .collect()
            )
        except (pl.exceptions.ComputeError, pl.exceptions.InvalidOperationError):
            raise self._fault(_bad_score, "the file is not a readable table") from None
        if frame["outcome"].is_infinite().any():
            raise self._fault(_bad_score, "an outcome is infinite")
        if frame["id"].null_count():
            frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
            if frame["id"].null_count():
                raise self._fault(
                    lambda row: not _is_text(row["id"]) and "a row without an id",
                    "an id is missing",
                )
        return frame

    def _at(self, frame: pl.DataFrame, times: list[str | None], wanted: str) -> pl.DataFrame:
        spellings = [time for time in times if time is not None and _same(time, wanted)]
        if not spellings:
            known = sorted(time for time in times if time is not None)
            shown = ", ".join(known[:10]) + (", ..." if len(known) > 10 else "")
            raise OutcomeFileError(self.path, f"no row has time {wanted!r}; times are: {shown}")
        # One comparison is several times faster than membership, and one spelling is the rule.
        time = pl.col("time")
        chosen = time == spellings[0] if len(spellings) == 1 else time.is_in(spellings)
        rows = frame.filter(chosen).drop("time")
        if not _distinct(rows["id"]):
            raise self._duplicate(lambda value: value in spellings)
        return rows

    def _check_groups(self, both: pl.DataFrame) -> None:
        moved = both.filter(pl.col("group") != pl.col("group_post"))
        if moved.height:
            raise self._moved(moved["id"][0])

    def _check_one_group(self, frame: pl.DataFrame) -> None:
        moved = frame.group_by("id").agg(pl.col("group").drop_nulls().n_unique())
        moved = moved.filter(pl.col("group") > 1)
        if moved.height:
            raise self._moved(moved["id"][0])

    def _moved(self, person: str) -> OutcomeFileError:
        seen: list[str] = []

        def other_group(row: Row) -> str | bool:
            if row["id"] != person or not _is_text(row["group"]):
                return False
            seen.append(row["group"])
            return row["group"] != seen[0] and (
                f"id {person!r} was in group {seen[0]!r} and now is in {row['group']!r}"
            )

        return self._fault(other_group, f"id {person!r} is in more than one group")

    def _duplicate(self, counts: Callable[[str], bool]) -> OutcomeFileError:
        seen: set[tuple[str, object]] = set()

        def again(row: Row) -> str | bool:
            if not _is_text(row["time"]) or not counts(row["time"]):
                return False
            key = (row["id"], _as_number(row["time"]))
            if key in seen:
                return f"a second row for id {row['id']!r} at time {row['time']!r}"
            seen.add(key)
            return False

        return self._fault(again, "a person has two rows for one time")

    def _fault(self, check: Callable[[Row], str | bool], otherwise: str) -> OutcomeFileError:
        """The first line at which `check` gives a reason, or the file as a whole."""
        try:
            for line, row in self._rows():
                reason = check(row)
                if reason:
                    return OutcomeFileError(self.path, str(reason), line)
        except OutcomeFileError as fault:
            return fault
        return OutcomeFileError(self.path, otherwise)

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """(line, row) of every row, read the slow way."""
        named = self.columns.named()
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=self.separator)
            header = next(reader)
            places = {role: header.index(name) for role, name in named.items()}
            line = reader.line_num + 1
            for fields in reader:
                if any(re.search("[\udc80-\udcff]", field) for field in fields):
                    raise OutcomeFileError(self.path, "the text is not UTF-8", line)
                if len(fields) > len(header):
                    reason = f"{len(fields)} fields where the header has {len(header)}"
                    raise OutcomeFileError(self.path, reason, line)
                if fields:
                    padded = fields + [""] * (len(header) - len(fields))
                    yield line, {role: padded[place] for role, place in places.items()}
                line = reader.line_num + 1


def _distinct(ids: pl.Series) -> bool:
    """Whether no id occurs twice. Sorted hashes tell so in a tenth of the time of the texts."""
    hashes = np.sort(ids.hash().to_numpy())
    return bool((hashes[1:] != hashes[:-1]).all()) or ids.n_unique() == len(ids)


def _joined(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Both rows of each person, those after named `..._post`. Ids are distinct in each frame."""
    earlier, later = before, after
    if not before["id"].equals(after["id"]):
        found, place = _matches(before["id"], after["id"])
        earlier, later = before.filter(found), after[place]
    if not earlier["id"].equals(later["id"]):  # two ids share a hash: once in a great many files
        return before.join(after, on="id", how="inner", suffix="_post")
    later = later.drop("id")
    return earlier.hstack(later.rename({name: f"{name}_post" for name in later.columns}))


def _matches(before: pl.Series, after: pl.Series) -> tuple[pl.Series, NDArray[np.intp]]:
    """Which of `before` also occur in `after`, by hash, and where.

    Several times faster than joining the texts, as long as only one side is put in new order.
    """
    if len(after) == 0:
        return pl.repeat(False, len(before), eager=True), np.zeros(0, dtype=np.intp)
    one, other = before.hash().to_numpy(), after.hash().to_numpy()
    by_one, by_other = np.argsort(one), np.argsort(other)
    sorted_one, sorted_other = one[by_one], other[by_other]
    nearest = np.minimum(np.searchsorted(sorted_other, sorted_one), other.size - 1)
    found = np.empty(one.size, dtype=np.bool_)
    place = np.empty(one.size, dtype=np.intp)
    found[by_one] = sorted_other[nearest] == sorted_one
    place[by_one] = by_other[nearest]
    return pl.Series(found), place[found]


def _bad_score(row: Row) -> str | bool:
    value = row["outcome"]
    bad = _is_text(value) and not (_NUMBER.fullmatch(value) and math.isfinite(float(value)))
    return bad and f"outcome {value!r} is not a number"


def _bad_time(row: Row) -> str | bool:
    value = row["time"]
    bad = _is_text(value) and isinstance(_as_number(value), str)
    return bad and f"time {value!r} is not a number, which HLM needs"


def _is_text(value: str) -> bool:
    return value not in MISSING


def _as_number(text: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text.strip()) else text.strip()


def _same(left: str, right: str) -> bool:
    """Whether two spellings mean one time: 1 and 1.0 do, pre and Pre do not."""
    return _as_number(left) == _as_number(right)


def _groups(frame: pl.DataFrame) -> NDArray[np.str_] | None:
    return frame["group"].to_numpy().astype(np.str_) if "group" in frame.columns else None
