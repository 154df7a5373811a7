"""The canary's own eyes: forms of a phrase, borders of blocks, places of each kind."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.canary.needles import Needle, Seeker, marker
from tests.canary.places import deleted_files, files, mappings, memory, tables
from tests.canary.search import Looked, Report

PHRASE = marker()
NEEDLE = Needle.of("a phrase", PHRASE)


def found(*blocks: bytes) -> set[str]:
    return {hit.form for hit in Seeker([NEEDLE]).look(iter(blocks))[1]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd"])
def test_it_is_seen_in_every_form_wherever_it_begins(encoding: str, before: str) -> None:
    text = f"{before}{PHRASE} and more".encode(encoding)
    assert encoding in found(text)
    assert found(b"x" * 1001 + base64.b64encode(text))
    assert found(json.dumps({"a": base64.urlsafe_b64encode(text).decode()}).encode())


def test_it_is_seen_across_the_border_of_two_blocks() -> None:
    text = f"some words {PHRASE} more words".encode()
    for cut in range(len(text)):
        assert found(text[:cut], text[cut:]) == {"utf-8"}


@pytest.mark.parametrize("form", [form for form, _ in NEEDLE.forms])
def test_it_is_seen_at_whatever_place_it_begins(form: str) -> None:
    data = dict(NEEDLE.forms)[form]
    for before in range(17):
        for after in range(9):
            assert form in found(b"x" * before + data + b"y" * after)


def test_what_is_too_short_to_be_looked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Seeker([Needle.of("a phrase", "nine byte")])


def test_what_is_like_it_is_not_it() -> None:
    assert found(PHRASE[:-1].encode(), b"-", PHRASE.upper().encode(), marker().encode()) == set()


def test_each_value_of_each_table_is_read(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(database)) as made:
        made.execute('CREATE TABLE "odd "" name" (a TEXT, b BLOB, c INTEGER)')
        made.execute("CREATE TABLE empty (a TEXT)")
        row = ("x", PHRASE.encode("utf-16-le"))
        made.execute('INSERT INTO "odd "" name" VALUES (?, ?, 7)', row)
        made.commit()
    looked = {place.name: Seeker([NEEDLE]).look(place.blocks()) for place in tables(database)}
    assert looked["empty"] == (0, set())
    assert "utf-16-le" in {hit.form for hit in looked['odd " name'][1]}


def test_files_and_files_without_a_name_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text(PHRASE)
    (place,) = files("file", tmp_path, tmp_path)
    assert (place.name, Seeker([NEEDLE]).look(place.blocks())[0]) == ("a/b", len(PHRASE))
    with tempfile.TemporaryFile(dir=tmp_path) as nameless:
        nameless.write(PHRASE.encode())
        nameless.flush()
        hits = [Seeker([NEEDLE]).look(each.blocks())[1] for each in deleted_files(os.getpid())]
    assert any(hits)


def test_each_mapping_of_a_process_is_one_of_a_line() -> None:
    """Most of what a program makes lies in mappings without a name, one after the other."""
    text = (
        "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n"
        "7f0000002000-7f0000003000 rw-p 00000000 00:00 0 \n"
        "7f0000004000-7f0000005000 r--p 00001000 fe:00 77                 /usr/lib/x y.so\n"
    )
    assert [(start[-4:], name) for start, _, _, name in mappings(text)] == [
        ("0000", ""),
        ("2000", ""),
        ("4000", "/usr/lib/x y.so"),
    ]


def test_a_process_memory_is_read() -> None:
    held = bytearray(PHRASE.encode("utf-16-be"))
    read, hits = Seeker([NEEDLE]).look(memory(os.getpid()).blocks())
    assert read > 1_000_000
    assert "utf-16-be" in {hit.form for hit in hits}
    assert held


def test_a_report_tells_what_leaked_and_where_it_saw_nothing() -> None:
    def seen(needle: Needle, *blocks: bytes) -> Iterator[Looked]:
        read, hits = Seeker([needle]).look(iter(blocks))
        yield Looked("log", "a log", read, hits)

    control = Needle.of("planted", marker())
    report = Report("planted", [*seen(control, control.text.encode())])
    assert report.leaks == []
    assert "log" not in report.blind
    assert "memory" in report.blind
    report.looked += seen(NEEDLE, b"user said " + PHRASE.encode())
    assert report.leaks == ["log: a log: a phrase as utf-8"]
    assert not any(PHRASE in line for line in report.lines())
