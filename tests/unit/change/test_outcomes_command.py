"""`holdfast outcomes`, from the command line to what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from holdfast.cli.main import app
from tests.unit.change.claus import path as claus_path

CLAUS = {
    "id": "id", "time": "time", "outcome": "hamd", "pre": "1", "post": "4", "reliability": "0.8",
    "functional-mean": "8", "functional-sd": "8", "direction": "lower", "cutoff": "c",
}  # fmt: skip
SMALL = {"id": "id", "time": "time", "outcome": "score", "pre": "1", "post": "2",
         "reliability": "0.8", "cutoff": "a"}  # fmt: skip
GOOD = "id,time,score\na,1,30\na,2,10\nb,1,34\nb,2,33\nc,1,26\nc,2,40\n"


def invoke(file: Path, options: dict[str, str], *flags: str) -> Result:
    named = [part for name, value in options.items() for part in (f"--{name}", value)]
    return CliRunner().invoke(app, ["outcomes", str(file), *named, *flags])


def answer(file: Path, options: dict[str, str]) -> Any:
    result = invoke(file, options, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def numbers(part: Any) -> list[int]:
    return [part["categories"][name]["n"] for name in part["categories"]]


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "scores.csv") -> Path:
        file = tmp_path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    return write


Write = Callable[..., Path]


def test_the_published_answer_for_claus_et_al() -> None:
    report = answer(claus_path(), {**CLAUS, "method": "JT"})
    assert report == {
        "method": "JT",
        "n": 40,
        "categories": {
            "recovered": {"n": 26, "percent": 65.0},
            "improved": {"n": 3, "percent": 7.5},
            "unchanged": {"n": 10, "percent": 25.0},
            "deteriorated": {"n": 1, "percent": 2.5},
            "harmed": {"n": 0, "percent": 0.0},
        },
    }


def test_the_growth_model_needs_no_pair_of_times_and_no_reliability() -> None:
    options = {name: value for name, value in CLAUS.items() if name not in ("pre", "post")}
    del options["reliability"]
    assert numbers(answer(claus_path(), {**options, "method": "hlm"})) == [10, 1, 20, 9, 0]


def test_groups_share_the_figures_of_everybody_and_have_their_own_percentages() -> None:
    report = answer(claus_path(), {**CLAUS, "outcome": "bdi", "cutoff": "a", "group": "treatment"})
    assert list(report["groups"]) == ["PA", "TAU"]
    assert numbers(report["groups"]["TAU"]) == [3, 2, 14, 0, 0]
    assert numbers(report["groups"]["PA"]) == [7, 6, 8, 0, 0]
    assert report["groups"]["PA"]["n"] == 21
    assert report["groups"]["PA"]["categories"]["recovered"]["percent"] == pytest.approx(100 / 3)
    assert report["n"] == 40


def test_hageman_and_arrindell_report_the_group_level_too() -> None:
    report = answer(claus_path(), {**CLAUS, "method": "HA"})
    assert report["group_level"]["changed"]["percent"] == pytest.approx(90.31, abs=0.01)


def test_people_read_a_table() -> None:
    result = invoke(claus_path(), {**CLAUS, "group": "treatment"})
    assert result.exit_code == 0
    assert "40 of 43 people analysed" in result.stdout
    for text in ("recovered", "26   65.00 %", "TAU (n = 19)", "Cut-off 19.89"):
        assert text in result.stdout


def test_times_and_ids_may_be_texts_in_any_order_of_rows(csv_file: Write) -> None:
    rows = ["Ana;after;10", "Bo;before;34", "Ana;before;30", "Cy;before;26", "Bo;after;33"]
    mixed = csv_file("\ufeffid;time;score\n" + "\n".join([*rows, "Cy;after;40"]) + "\n")
    options = {**SMALL, "pre": "before", "post": "after"}
    plain = answer(csv_file(GOOD, "plain.csv"), SMALL)
    assert answer(mixed, options) == plain


def test_one_and_one_point_nought_are_the_same_time(csv_file: Write) -> None:
    file = csv_file(GOOD.replace("b,1,", "b,1.0,").replace("a,2,", "a,2.00,"))
    assert answer(file, SMALL)["n"] == 3


def test_the_order_of_rows_does_not_matter(csv_file: Write) -> None:
    header, *rows = GOOD.strip().split("\n")
    turned = csv_file("\n".join([header, *reversed(rows)]) + "\n", "turned.csv")
    assert answer(turned, SMALL) == answer(csv_file(GOOD), SMALL)


@pytest.mark.parametrize("missing", ["", "NA", "NaN", "nan", "null", "N/A", "None"])
def test_incomplete_people_are_left_out_however_missing_is_written(
    csv_file: Write, missing: str
) -> None:
    file = csv_file(GOOD + f"d,1,20\nd,2,{missing}\ne,1,22\n\n")
    assert answer(file, SMALL)["n"] == 3
    assert "3 of 5 people analysed" in invoke(file, SMALL).stdout


def test_people_without_a_group_are_left_out_of_a_grouped_analysis(csv_file: Write) -> None:
    rows = "a,1,30,x\na,2,10,x\nb,1,34,y\nb,2,33,\nc,1,26,\nc,2,40,\nd,1,20,y\nd,2,19,y\n"
    report = answer(csv_file("id,time,score,arm\n" + rows), {**SMALL, "group": "arm"})
    assert report["n"] == 3
    assert {name: part["n"] for name, part in report["groups"].items()} == {"x": 1, "y": 2}


BAD_FILES = {
    "no number": (GOOD + "d,1,many\n", "line 8: outcome 'many' is not a number"),
    "infinite": (GOOD + "d,1,inf\n", "line 8: outcome 'inf' is not a number"),
    "decimal comma": (GOOD.replace(",", ";") + "d;1;2,5\n", "line 8: outcome '2,5' is not"),
    "line breaks in a field": ('id,time,score\n"a\nb",1,3\nc,1,x\n', "line 4: outcome 'x'"),
    "twice": (GOOD + "a,1.0,9\n", "line 8: a second row for id 'a' at time '1.0'"),
    "no id": (GOOD + ",1,9\n", "line 8: a row without an id"),
    "too many fields": (GOOD + "d,1,9,9\n", "line 8: 4 fields where the header has 3"),
    "not UTF-8": (GOOD.encode() + b"\xff,1,9\n", "line 8: the text is not UTF-8"),
    "header not UTF-8": (b"\xffid,time,score\n", "line 1: the header is not UTF-8"),
    "column twice": ("id,time,score,score\n", "line 1: column 'score' (--outcome) is twice in"),
    "empty": ("", "line 1: the file is empty"),
    "nobody complete": ("id,time,score\na,1,3\nb,2,4\n", "two complete cases"),
    "one person": ("id,time,score\na,1,3\na,2,4\n", "two complete cases"),
    "all alike": ("id,time,score\na,1,3\na,2,4\nb,1,3\nb,2,4\n", "must be above 0"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_exits_2_with_file_line_and_reason(csv_file: Write, name: str) -> None:
    text, reason = BAD_FILES[name]
    file = csv_file(text)
    result = invoke(file, SMALL, "--json")
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert reason in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"outcome": "mood"}, "line 1: column 'mood' (--outcome) is not in the header: id, time"),
        ({"group": "arm"}, "column 'arm' (--group) is not in the header"),
        ({"pre": "7"}, "no row has time '7'; times are: 1, 2"),
        ({"post": "1.0"}, "--pre and --post name the same time"),
        ({"method": "ABC"}, "unknown method 'ABC'"),
        ({"reliability": "1"}, "--reliability must be between 0 and 1"),
        ({"reliability": "-0.2"}, "--reliability must be between 0 and 1"),
        ({"reliability": "nan"}, "--reliability must be between 0 and 1"),
        ({"method": "NK", "reliability-post": "1.5"}, "--reliability-post must be between 0 and 1"),
        ({"cutoff": "c"}, "cut-off c needs the functional mean"),
        ({"cutoff": "c", "functional-mean": "8"}, "cut-off c needs the functional SD"),
        ({"cutoff": "b"}, "cut-off b needs the functional mean"),
        ({"cutoff": "d"}, "cut-off must be a, b or c"),
        ({"direction": "sideways"}, "direction must be lower or higher"),
    ],
)
def test_bad_options_exit_2_with_file_and_reason(
    csv_file: Write, changed: dict[str, str], reason: str
) -> None:
    file = csv_file(GOOD)
    result = invoke(file, {**SMALL, **changed})
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert reason in result.stderr


@pytest.mark.parametrize("left_out", ["reliability", "pre", "post"])
def test_what_a_method_needs_must_be_given(csv_file: Write, left_out: str) -> None:
    options = {name: value for name, value in SMALL.items() if name != left_out}
    result = invoke(csv_file(GOOD), options)
    assert result.exit_code == 2
    assert f"--{left_out}" in result.stderr


def test_a_file_that_is_not_there_exits_2(tmp_path: Path) -> None:
    result = invoke(tmp_path / "nowhere.csv", SMALL)
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


@pytest.mark.parametrize("method", ["JT", "HLM"])
def test_a_person_in_two_groups_is_refused_with_the_line(csv_file: Write, method: str) -> None:
    rows = "a,1,30,x\na,2,10,x\nb,1,34,y\nb,2,33,z\n"
    file = csv_file("id,time,score,arm\n" + rows)
    result = invoke(file, {**SMALL, "method": method, "group": "arm"})
    assert result.exit_code == 2
    assert "line 5: id 'b' was in group 'y' and now is in 'z'" in result.stderr


def test_the_growth_model_needs_times_that_are_numbers(csv_file: Write) -> None:
    file = csv_file(GOOD.replace("b,2,", "b,later,"))
    result = invoke(file, {**SMALL, "method": "HLM"})
    assert result.exit_code == 2
    assert "line 5: time 'later' is not a number" in result.stderr


def test_the_growth_model_refuses_two_rows_for_one_time(csv_file: Write) -> None:
    result = invoke(csv_file(GOOD + "b,2.0,33\n"), {**SMALL, "method": "HLM"})
    assert result.exit_code == 2
    assert "line 8: a second row for id 'b'" in result.stderr


def test_the_growth_model_uses_people_with_three_scores(csv_file: Write) -> None:
    courses = ["a 9 7 6 2", "b 8 9 7 8", "c 7 6 6 3", "d 9 8 4 4", "e 9 NA 4 NA"]
    rows = [
        f"{line.split()[0]},{time},{score}"
        for line in courses
        for time, score in enumerate(line.split()[1:], 1)
    ]
    file = csv_file("id,time,score\n" + "\n".join(rows) + "\n")
    result = invoke(file, {**SMALL, "method": "HLM"})
    assert result.exit_code == 0, result.stderr
    assert "4 of 5 people analysed" in result.stdout


def test_nothing_slow_is_loaded_to_offer_the_command() -> None:
    code = (
        "import sys, holdfast.cli.outcomes;"
        "slow = {'numpy', 'polars', 'scipy', 'statsmodels', 'pandas', 'django'};"
        "print(sorted(slow & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_engine_loads_no_statistics_package() -> None:
    code = (
        "import sys, holdfast.sense.measures.engine.change;"
        "slow = {'scipy', 'statsmodels', 'pandas', 'polars', 'django'};"
        "print(sorted(slow & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
