"""RADAR aRMT answers in the forms its platform writes them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast.sense.measures.importing.readers import radar
from holdfast.sense.measures.importing.records import Entry, ImportFault

AT = 1_580_219_820.03


def answer(question: str, value: object) -> dict[str, object]:
    return {"questionId": {"string": question}, "value": value, "startTime": AT, "endTime": AT + 2}


def record(**changes: Any) -> dict[str, Any]:
    value = {
        "time": AT,
        "timeCompleted": AT + 60,
        "timeNotification": None,
        "name": "PHQ8",
        "version": "1.0",
        "answers": [answer(f"phq8_{number}", {"int": number % 4}) for number in range(1, 9)],
    }
    key = {"projectId": {"string": "radar-1"}, "userId": "u-1", "sourceId": "s-1"}
    return {"key": key, "value": {**value, **changes}}


def read(folder: Path, text: str, name: str = "f.jsonl") -> list[Entry]:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return list(radar.read(path))


def test_a_line_of_json_with_unions_of_avro(tmp_path: Path) -> None:
    [one] = read(tmp_path, json.dumps(record()) + "\n\n")
    assert one.person is not None
    assert one.person.external_id == "radar:radar-1:u-1"
    assert one.answers[0].instrument == "PHQ8"
    assert one.answers[0].items["phq8_3"] == 3
    assert one.answers[0].at == datetime.fromtimestamp(AT, UTC)
    assert one.answers[0].key == "radar|radar-1|s-1"


def test_a_list_and_a_record_without_key_and_value(tmp_path: Path) -> None:
    flat = {"userId": "u", **record()["value"], "answers": [answer("phq8_1", "2")]}
    found = read(tmp_path, json.dumps([record(), flat]), "f.json")
    assert [one.reason for one in found] == ["", ""]
    assert found[1].answers[0].items == {"phq8_1": "2"}


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])
def test_the_flattened_table_of_the_output_tool(tmp_path: Path, name: str) -> None:
    head = "key.projectId,key.userId,key.sourceId,value.time,value.timeCompleted,value.name"
    for number in (0, 1, 10):
        head += f",value.answers.{number}.questionId,value.answers.{number}.value"
    row = "p,u-1,s,1.58021982003E9,1.5802199E9,GAD7,gad7_1,1,gad7_2,3,,"
    one, ragged = read(tmp_path, f"{head}\n{row}\nx,y\n", name)
    assert one.answers[0].items == {"gad7_1": "1", "gad7_2": "3"}
    assert one.answers[0].at == datetime.fromtimestamp(AT, UTC)
    assert (ragged.line, ragged.reason) == (3, "2 fields where the header has 12")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]x", "not JSON"),
        ("3", "not a record"),
        (json.dumps(record(answers=None)), "answers: missing"),
        (json.dumps(record(answers=[1])), "answers: not a list of records"),
        (json.dumps(record(answers=[])), "answers: none"),
        (json.dumps(record(answers=[answer("a", 1), answer("a", 1)])), "given twice"),
        (json.dumps(record(name="")), "name: missing"),
        (json.dumps(record(time="yesterday")), "time: not seconds since 1970"),
        (json.dumps(record(time=1e300)), "time: not seconds since 1970"),
        (json.dumps({"value": record()["value"]}), "userId: missing"),
    ],
)
def test_a_line_is_refused_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    found = read(tmp_path, json.dumps(record()) + f"\n{line}\n")
    assert found[0].reason == ""
    assert found[1].line == 2
    assert reason in found[1].reason


def test_a_table_of_something_else_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match="line 1: no column such as"):
        read(tmp_path, "key.userId,value.time,value.luminance\nu,1,2\n", "f.csv")
