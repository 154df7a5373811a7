"""One flipped bit, in any column of any entry of a chain, is noticed where it is."""

from __future__ import annotations

import json
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from holdfast.core.audit.engine import (
    COLUMNS,
    Entry,
    Link,
    Misfit,
    Position,
    digest,
    walk,
)

_HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
_WORD = st.text(min_size=1, max_size=8)
_ENTRIES = st.tuples(
    _HEX, _HEX, st.just("2026-11-23 07:17:16.000000"), st.none() | _HEX, _WORD, _WORD, _WORD,
    st.text(max_size=8), st.none() | _HEX, st.just('{"purpose":"research"}'),
)  # fmt: skip


def chained(entries: list[Entry]) -> list[Link]:
    links: list[Link] = []
    end = Position()
    for entry in entries:
        end = Position(end.seq + 1, digest(end.hash, end.seq + 1, entry))
        links.append((end.seq, end.hash, entry))
    return links


def flipped(text: str, bit: int) -> str:
    raw = bytearray(text.encode())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return raw.decode("utf-8", "replace")


@given(st.lists(_ENTRIES, min_size=1, max_size=5), st.data())
def test_any_flipped_bit_is_noticed_at_its_entry(entries: list[Entry], data: st.DataObject) -> None:
    links = chained(entries)
    assert walk(links, Position()) == Position(len(links), links[-1][1])
    at = data.draw(st.integers(0, len(links) - 1))
    seq, kept, entry = links[at]
    texts = [number for number, text in enumerate(entry) if text]
    bit = data.draw(st.integers(0, 8 * 64))
    column = data.draw(st.sampled_from([*texts, -1]))
    if column == -1:
        links[at] = (seq, flipped(kept, bit), entry)
    else:
        changed = list(entry)
        changed[column] = flipped(entry[column], bit)
        links[at] = (seq, kept, tuple(changed))
    found = walk(links, Position())
    assert isinstance(found, Misfit)
    assert (found.seq, found.why) == (seq, "changed")


@given(st.lists(_ENTRIES, min_size=2, max_size=6), st.data())
def test_an_entry_that_was_taken_out_is_missed(entries: list[Entry], data: st.DataObject) -> None:
    links = chained(entries)
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert walk(links, Position()) == Misfit(at + 1, "missing")


@given(_ENTRIES)
def test_a_hash_is_what_the_reference_says_in_any_language(entry: Entry) -> None:
    """docs/reference/audit.md: Python's own JSON and SHA-256 give the same."""
    body = ["holdfast-audit-2", "0" * 64, 1, list(entry)]
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    assert digest("0" * 64, 1, entry) == sha256(text.encode()).hexdigest()


def test_what_no_writer_leaves_is_a_misfit_and_no_fault() -> None:
    entry = ("a" * 32, "b" * 32, "x", None, *[""] * (len(COLUMNS) - 4))
    assert isinstance(walk([(1, "c" * 64, (b"\xff", *entry[1:]))], Position()), Misfit)
