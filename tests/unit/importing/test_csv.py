"""CSV with a mapping: what each row becomes, and why a row is refused."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.importing.mapping import check_against, load_mapping
from holdfast.sense.measures.importing.readers import csv
from holdfast.sense.measures.importing.records import Entry, ImportFault

PLAN: dict[str, Any] = {
    "name": "study",
    "time_zone": "Europe/Amsterdam",
    "person": {"column": "id"},
    "time": {"column": "when"},
    "responses": [{"instrument": "phq-2", "items": {"phq2_1": "a", "phq2_2": "b"}}],
}


def entries(folder: Path, content: str | bytes, name: str = "f.csv", **changes: Any) -> list[Entry]:
    mapping = folder / "m.yaml"
    mapping.write_text(yaml.safe_dump({**PLAN, **changes}), encoding="utf-8")
    file = folder / name
    raw = content.encode() if isinstance(content, str) else content
    file.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return list(csv.read(file, load_mapping(mapping)))


def test_a_row_becomes_a_persons_answers_at_an_instant(tmp_path: Path) -> None:
    [one] = entries(tmp_path, "id,when,a,b\n7.0,2020-01-31T09:30:00,1,2.0\n")
    assert one.line == 2
    assert one.person is not None
    assert one.person.external_id == "study:7"
    assert one.answers[0].items == {"phq2_1": 1.0, "phq2_2": 2.0}
    assert one.answers[0].at.astimezone(UTC) == datetime(2020, 1, 31, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "name"),
    [
        ("utf-8", ",", "plain.csv"),
        ("utf-8-sig", ";", "from-excel.csv"),
        ("latin-1", ";", "old.csv"),
        ("utf-16", "\t", "wide.csv"),
        ("utf-8", ",", "packed.csv.gz"),
    ],
)
def test_encoding_delimiter_and_packing(
    tmp_path: Path, encoding: str, delimiter: str, name: str
) -> None:
    table = "id,when,größe,b\nÄnne,2020-01-31,1,NA\n".replace(",", delimiter)
    [one] = entries(
        tmp_path,
        table.encode(encoding),
        name,
        encoding=encoding,
        delimiter=delimiter,
        responses=[{"instrument": "phq-2", "items": {"phq2_1": "größe", "phq2_2": "b"}}],
    )
    assert one.person is not None
    assert one.person.external_id == "study:Änne"
    assert one.answers[0].items == {"phq2_1": 1.0, "phq2_2": None}


def test_bytes_of_another_encoding_name_the_line(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"f\.csv: line \d+:.*decode"):
        entries(tmp_path, b"id,when,a,b\n1,2020-01-31,1,1\n\xe4,2020-01-31,1,1\n")


def test_a_truncated_archive_is_a_fault_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "f.csv.gz"
    file.write_bytes(gzip.compress(b"id,when,a,b\n" + b"1,2020-01-31,1,1\n" * 5000)[:-40])
    mapping = tmp_path / "m.yaml"
    mapping.write_text(yaml.safe_dump(PLAN))
    with pytest.raises(ImportFault, match="cannot be read"):
        list(csv.read(file, load_mapping(mapping)))


@pytest.mark.parametrize(
    ("header", "reason"),
    [("id,when,a", "file lacks: b"), ("id,when,a,b,a", "there twice: a"), ("", "file lacks: a, b")],
)
def test_a_header_that_does_not_fit_the_mapping_is_refused_as_a_whole(
    tmp_path: Path, header: str, reason: str
) -> None:
    with pytest.raises(ImportFault, match=reason):
        entries(tmp_path, f"{header}\n")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2020-01-31,1", "3 fields where the header has 4"),
        ("1,2020-01-31,1,1,1", "5 fields where the header has 4"),
        ("NA,2020-01-31,1,1", "id: no person"),
        ("1,NA,1,1", "when: no time"),
        ("1,31.01.2020,1,1", "when: '31.01.2020' is no time in the format"),
        ("1,2020-01-31,much,1", "a: 'much' is no number"),
        ("1,2020-01-31,inf,1", "a: 'inf' is no number"),
        ("1,2020-01-31,NA,", "no value in any of the mapped columns"),
    ],
)
def test_a_row_is_refused_with_its_line_and_reason(tmp_path: Path, row: str, reason: str) -> None:
    [one, good] = entries(tmp_path, f"id,when,a,b\n{row}\n1,2020-01-31,1,1\n")
    assert (one.line, one.reason) == (2, reason)
    assert good.reason == ""


def test_a_quoted_newline_is_part_of_its_row_and_blank_lines_are_none(tmp_path: Path) -> None:
    found = entries(tmp_path, 'id,when,a,b\n"x\ny",2020-01-31,1,1\n\n2,2020-01-31,1,1\n')
    assert [one.line for one in found] == [3, 5]
    assert found[0].person is not None
    assert found[0].person.external_id == "study:x\ny"


def test_codes_are_translated_and_rows_with_a_gap_left_out_where_asked(tmp_path: Path) -> None:
    found = entries(
        tmp_path,
        "id,when,a,b\n1,2020-01-31,never,2\n1,2020-02-01,never,NA\n",
        responses=[
            {
                "instrument": "phq-2",
                "items": {"phq2_1": "a", "phq2_2": "b"},
                "recode": {"never": 0, "2": 3},
                "complete": True,
            }
        ],
    )
    assert found[0].answers[0].items == {"phq2_1": 0, "phq2_2": 3}
    assert found[1].reason == "no value in any of the mapped columns"


def test_visits_are_put_in_order_by_a_table_of_instants(tmp_path: Path) -> None:
    time = {"column": "when", "instants": {"1": "2020-01-31T10:00:00"}}
    first, unknown = entries(tmp_path, "id,when,a,b\n1,1.0,1,1\n1,5,1,1\n", time=time)
    assert first.answers[0].at.isoformat() == "2020-01-31T10:00:00+01:00"
    assert unknown.reason == "when: '5' is not in the mapping's instants"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("28/10/12 01:30", "2012-10-27T23:30:00+00:00"),
        ("28/10/12 02:30", "2012-10-28T00:30:00+00:00"),  # shown twice: the first
        ("28/10/12 03:30", "2012-10-28T02:30:00+00:00"),
        ("31/03/13 02:30", "2013-03-31T01:30:00+00:00"),  # skipped: as if not yet changed
    ],
)
def test_local_times_when_the_clocks_change(tmp_path: Path, local: str, utc: str) -> None:
    time = {"column": "when", "format": "%d/%m/%y %H:%M"}
    [one] = entries(tmp_path, f"id,when,a,b\n1,{local},1,1\n", time=time)
    assert one.answers[0].at.astimezone(UTC).isoformat() == utc


def test_a_clock_in_a_column_of_its_own_and_a_time_of_day_where_there_is_none(
    tmp_path: Path,
) -> None:
    time = {"column": "when", "format": "%d/%m/%y", "clock_column": "b", "at": "18:00:00"}
    responses = [{"instrument": "phq-2", "items": {"phq2_1": "a"}}]
    found = entries(
        tmp_path,
        "id,when,a,b\n1,31/01/20,1,09:05:01\n1,31/01/20,1,NA\n1,31/01/20,1,9h\n",
        time=time,
        responses=responses,
    )
    assert [one.answers[0].at.hour for one in found[:2]] == [9, 18]
    assert found[2].reason == "b: '9h' is no time in the format"


def test_an_answer_repeated_on_the_days_rows_has_the_day_as_its_occasion(tmp_path: Path) -> None:
    responses = [{"instrument": "phq-2", "items": {"phq2_1": "a"}, "per": "day"}]
    found = entries(
        tmp_path,
        "id,when,a,b\n1,2020-01-31T08:00,1,\n1,2020-01-31T20:00,1,\n",
        responses=responses,
    )
    assert {one.answers[0].occasion for one in found} == {"2020-01-31"}


def test_an_event_stands_where_a_persons_value_changes(tmp_path: Path) -> None:
    events = [{"kind": "medication", "label": "{value} mg", "on_change_of": "b", "dose": "b"}]
    found = entries(
        tmp_path,
        "id,when,a,b\n1,2020-01-01,1,50\n2,2020-01-01,1,9\n1,2020-01-02,1,50\n"
        "1,2020-01-03,1,NA\n1,2020-01-04,1,25.0\n",
        events=events,
        responses=[{"instrument": "phq-2", "items": {"phq2_1": "a"}}],
    )
    steps = [(one.line, each.label, each.dose) for one in found for each in one.happenings]
    assert steps == [(2, "50 mg", 50.0), (3, "9 mg", 9.0), (6, "25 mg", 25.0)]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"time_zone": "Europe/Nowhere"}, "time_zone: .*no IANA time zone"),
        ({"encoding": "latin-99"}, "encoding: .*no encoding"),
        ({"person": {}}, "person: .*column or constant"),
        ({"delimiter": "||"}, "delimiter: "),
        ({"colour": "red"}, "colour: "),
        ({"responses": [{"instrument": "phq-2"}]}, "responses.0: .*items or scores"),
        ({"responses": []}, "give responses, events or both"),
        ({"person": {"column": "id", "sex": {"column": "s", "map": {"m": "man"}}}}, "map.m: "),
    ],
)
def test_a_faulty_mapping_names_file_and_place(
    tmp_path: Path, changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(ImportFault, match=rf"m\.yaml: .*{place}"):
        entries(tmp_path, "id,when,a,b\n", **changes)


@pytest.mark.parametrize(
    ("response", "place"),
    [
        ({"instrument": "phq-77", "items": {"x": "a"}}, r"responses\.0\.instrument: no instrument"),
        ({"instrument": "phq-2", "items": {"x": "a"}}, r"items\.x: is no item of phq-2"),
        ({"instrument": "phq-2", "items": {"phq2_1": "a", "1": "b"}}, "is mapped twice"),
        ({"instrument": "phq-2", "scores": {"sum": "a"}}, r"scores\.sum: is no scale of phq-2"),
    ],
)
def test_a_mapping_is_checked_against_the_instruments_at_hand(
    tmp_path: Path, response: dict[str, Any], place: str
) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(yaml.safe_dump({**PLAN, "responses": [response]}))
    with pytest.raises(ImportFault, match=place):
        check_against(load_mapping(path), builtin(), path)


def test_a_mapping_that_is_not_there_or_no_yaml_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match="not readable as UTF-8 YAML"):
        load_mapping(tmp_path / "none.yaml")
    (tmp_path / "m.yaml").write_text("a: [")
    with pytest.raises(ImportFault, match="not readable as UTF-8 YAML"):
        load_mapping(tmp_path / "m.yaml")
