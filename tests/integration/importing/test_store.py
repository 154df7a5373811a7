"""Imported records: each exactly once, whole or not at all, history that pages nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.flags.models import Flag, State
from holdfast.sense.measures.engine.catalogue import builtin
from holdfast.sense.measures.engine.scoring import score
from holdfast.sense.measures.importing import onsets, people, store
from holdfast.sense.measures.importing.records import ImportFault, Person
from holdfast.sense.measures.models import InstrumentRelease, LifeEvent, Response, Score
from tests.factories import make_member, make_practice, set_monitored_hours, set_on_call
from tests.integration.importing.tables import (
    PHQ9,
    Row,
    daily,
    fhir_line,
    import_rows,
    run,
    write_mapping,
    write_table,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    made = make_practice()
    dana = make_member(made, "clinician")
    set_monitored_hours(made, "00:01", "23:59", "1234567")
    set_on_call(made, dana)
    return made


def everything() -> tuple[int, ...]:
    models = (Client, Response, Score, LifeEvent, Flag, Notification, AuditEvent, InstrumentRelease)
    return tuple(model.objects.count() for model in models)


def test_a_row_is_kept_scored_and_marked_as_history(practice: Practice, tmp_path: Path) -> None:
    outcome = import_rows(practice, tmp_path, [("7", "2020-07-01T23:30:00", "111111110")])
    assert outcome.counts == (1, 1, 0, 0)
    response = Response.objects.get()
    assert response.answers == dict.fromkeys(PHQ9, 1) | {"phq9_9": 0}
    assert (response.source, response.historical, response.band) == ("import", True, "mild")
    assert response.answered_at.isoformat() == "2020-07-01T21:30:00+00:00"
    assert (response.time_zone, response.local_date.isoformat()) == ("Europe/Berlin", "2020-07-01")
    kept = Score.objects.get()
    assert (kept.scale, kept.value, kept.main, kept.historical) == ("total", 8.0, True, True)
    assert response.client.external_id == "clinic:7"
    assert response.client.display_name == "7"


def test_the_same_file_again_changes_nothing(practice: Practice, tmp_path: Path) -> None:
    rows = daily("1", ["111111111", "000000000", "222222220"]) + daily("2", ["xxxxxxxxx"])
    first = import_rows(practice, tmp_path, rows)
    assert first.counts == (4, 3, 0, 1)
    before = everything()
    again = import_rows(practice, tmp_path, rows)
    assert again.counts == (4, 0, 3, 1)
    assert everything() == before


def test_the_same_instant_spelt_with_another_offset_is_the_same_record(
    practice: Practice, tmp_path: Path
) -> None:
    assert import_rows(practice, tmp_path, [("1", "2020-01-01T10:00+01:00", "000000000")]).imported
    again = import_rows(practice, tmp_path, [("1", "2020-01-01T09:00Z", "000000000")])
    assert again.counts == (1, 0, 1, 0)


def test_other_answers_for_the_same_person_and_instant_are_refused(
    practice: Practice, tmp_path: Path
) -> None:
    import_rows(practice, tmp_path, daily("1", ["111111110"]))
    outcome = import_rows(practice, tmp_path, daily("1", ["111111120", "000000000"]))
    assert outcome.counts == (2, 1, 0, 1)
    assert outcome.refused == [(2, "other answers are recorded for this person and instant")]
    assert Response.objects.earliest("answered_at").answers["phq9_8"] == 1


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_row_twice_in_a_file_counts_once_in_the_same_batch_and_across_batches(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr(store, "BATCH", 2)
    rows = daily("1", ["000000000", "100000000", "200000000"])
    outcome = import_rows(practice, tmp_path, [*rows, rows[2], *rows], dry_run=dry_run)
    assert outcome.counts == (7, 3, 4, 0)


def test_a_dry_run_writes_nothing_and_counts_as_the_run_after_it(
    practice: Practice, tmp_path: Path
) -> None:
    rows = daily("1", ["111111111", "4", "000000000"]) + daily("2", ["333333333", "xxxxxxxxx"])
    table, mapping = write_table(tmp_path, rows), write_mapping(tmp_path)
    before = everything()
    dry = run(practice, table, mapping, dry_run=True)
    assert everything() == before
    real = run(practice, table, mapping)
    assert dry == real
    assert real.counts == (5, 3, 0, 2)
    assert everything() != before


def test_a_dry_run_leaves_no_pack_behind(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is installed must not be there for the tests after this one.
    monkeypatch.setenv("HOLDFAST_INSTRUMENTS_DIR", str(tmp_path / "instruments"))
    pack = Path(store.__file__).parents[1] / "content" / "instruments" / "phq-2-1.0.0.yaml"
    text = pack.read_text(encoding="utf-8").replace("id: phq-2\n", "id: phq-2-dry\n")
    (tmp_path / "phq-2-dry-1.0.0.yaml").write_text(text, encoding="utf-8")
    mapping = write_mapping(
        tmp_path,
        instruments=["phq-2-dry-1.0.0.yaml"],
        responses=[{"instrument": "phq-2-dry", "items": {"1": "q1", "2": "q2"}}],
    )
    table = write_table(tmp_path, daily("1", ["110000000"]))
    assert run(practice, table, mapping, dry_run=True).counts == (1, 1, 0, 0)
    assert not InstrumentRelease.objects.filter(instrument="phq-2-dry").exists()
    assert run(practice, table, mapping).counts == (1, 1, 0, 0)
    assert InstrumentRelease.objects.filter(instrument="phq-2-dry").exists()
    (tmp_path / "phq-2-dry-1.0.0.yaml").write_text(text.replace("recall: P2W", "recall: P1W"))
    with pytest.raises(ImportFault, match=r"phq-2-dry 1\.0\.0"):
        run(practice, table, mapping)


def test_a_batch_is_written_whole_or_not_at_all(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BATCH", 2)
    written: list[int] = []

    def insert(new: list[object]) -> None:
        real_insert(new)  # type: ignore[arg-type]
        written.append(len(new))
        if len(written) == 2:
            raise OSError("the power went")

    real_insert = store._insert
    monkeypatch.setattr(store, "_insert", insert)
    rows = daily("1", ["000000000"] * 5)
    with pytest.raises(OSError, match="power"):
        import_rows(practice, tmp_path, rows)
    assert Response.objects.count() == Score.objects.count() == 2
    assert AuditEvent.objects.filter(action="import").count() == 1
    monkeypatch.setattr(store, "_insert", real_insert)
    assert import_rows(practice, tmp_path, rows).counts == (5, 3, 2, 0)


def test_every_refusal_says_why_in_the_order_of_the_file(
    practice: Practice, tmp_path: Path
) -> None:
    long_name = "n" * 220
    outcome = import_rows(
        practice,
        tmp_path,
        [
            ("1", "1789-07-14", "000000000"),
            ("1", "2999-01-01", "000000000"),
            (long_name, "2020-01-01", "000000000"),
            ("1", "2020-01-01", "000000007"),
            ("1\x00", "2020-01-01", "000000000"),
            ("1", "2020-01-01", "0"),
        ],
    )
    assert outcome.imported == 0
    reasons = [
        "time: 1789-07-14 cannot be",
        "time: 2999-01-01 cannot be",
        "person: the identifier is longer than 200 characters",
        "phq-9: phq9_9: expected 0, 1, 2, 3, got 7.0",
        "person: a NUL character",
        "3 fields where the header has 11",
    ]
    for number, reason in enumerate(reasons):
        line, said = outcome.refused[number]
        assert (line, said.startswith(reason)) == (number + 2, True), said


def test_people_are_made_once_also_where_more_come_than_are_remembered(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "REMEMBERED", 3)
    monkeypatch.setattr(store, "BATCH", 4)
    rows = [
        (str(who), f"2020-01-{day:02}", "000000000") for day in range(1, 4) for who in range(10)
    ]
    assert import_rows(practice, tmp_path, rows).imported == 30
    assert Client.objects.filter(practice=practice).count() == 10
    made = people.People(practice, "UTC", dry_run=False)
    made.of({f"k{n}": Person(f"k{n}") for n in range(9)}, clock.now())
    assert len(made._known) == 3


def test_a_table_scores_as_one_by_one_does(practice: Practice, tmp_path: Path) -> None:
    codes = ["012301230", "x12301230", "xx2301231", "xxx301230", "333333333", "000000000",
             "xxxxxxxx1", "111111111", "222222222", "012301xx3"]  # fmt: skip
    import_rows(practice, tmp_path, daily("1", codes))
    phq9 = builtin().get("phq-9")
    for response in Response.objects.all():
        expected = score(phq9, response.answers)
        stored = dict(response.scores.values_list("scale", "value"))
        assert stored == {k: v for k, v in expected.scores.items() if v is not None}
        assert response.band == (expected.band or "")
        assert response.missing == list(expected.missing)
        skipped = {"self-harm-item-skipped"}
        assert {alert["code"] for alert in response.alerts} == {
            alert.code for alert in expected.alerts
        } - skipped


def test_totals_alone_are_kept_with_their_band_and_checked_against_the_range(
    practice: Practice, tmp_path: Path
) -> None:
    mapping = write_mapping(
        tmp_path, responses=[{"instrument": "phq-9", "scores": {"total": "q1"}}]
    )
    table = write_table(tmp_path, [])
    table.write_text("id,when,q1\n1,2020-01-01,21\n1,2020-01-02,28\n1,2020-01-03,NA\n")
    outcome = run(practice, table, mapping)
    assert outcome.refused == [
        (3, "phq-9 total: 28 is outside 0 to 27"),
        (4, "no value in any of the mapped columns"),
    ]
    response = Response.objects.get()
    assert (response.answers, response.missing, response.band) == ({}, [], "severe")
    assert Score.objects.get().value == 21
    assert not Flag.objects.exists()


# --- history pages nobody ---------------------------------------------------------------------


def flagged_days(client: Client) -> list[int]:
    flags = Flag.objects.filter(client=client).order_by("answered_at")
    return [flag.answered_at.day for flag in flags]


ITEM_9 = ["000000000", "000000001", "000000002", "000000000", "000000001", "000000001"]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_flags_stand_where_something_began_in_whatever_order_the_file_is(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int, batch: int
) -> None:
    monkeypatch.setattr(store, "BATCH", batch)
    rows = daily("1", ITEM_9)[::order]
    import_rows(practice, tmp_path, rows)
    assert flagged_days(Client.objects.get()) == [2, 5]
    for flag in Flag.objects.all():
        assert (flag.historical, flag.state, flag.owner_id) == (True, State.CLOSED, None)
        assert flag.due_at is None
        assert flag.escalate_at is None
    assert not Notification.objects.exists()
    import_rows(practice, tmp_path, rows)
    assert flagged_days(Client.objects.get()) == [2, 5]


def test_flags_cut_off_before_they_were_marked_are_marked_by_the_next_run(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(onsets, "mark", die)
        with pytest.raises(OSError, match="power"):
            import_rows(practice, tmp_path, daily("1", ITEM_9))
    assert not Flag.objects.exists()
    assert import_rows(practice, tmp_path, daily("1", ITEM_9)).counts == (6, 0, 6, 0)
    assert flagged_days(Client.objects.get()) == [2, 5]


def test_a_question_that_the_past_left_out_raises_no_flag(
    practice: Practice, tmp_path: Path
) -> None:
    import_rows(practice, tmp_path, daily("1", ["11111111x"] * 10))
    assert not Flag.objects.exists()
    assert Response.objects.first().missing == ["phq9_9"]  # type: ignore[union-attr]


# --- which practice ---------------------------------------------------------------------------


def test_a_file_goes_into_its_practice_alone(practice: Practice, tmp_path: Path) -> None:
    other = make_practice()
    rows = daily("1", ["000000001"])
    assert import_rows(practice, tmp_path, rows).counts == (1, 1, 0, 0)
    assert not Client.objects.filter(practice=other).exists()
    assert import_rows(other, tmp_path, rows).counts == (1, 1, 0, 0)
    for one in (practice, other):
        assert Client.objects.filter(practice=one).count() == 1
        assert Response.objects.filter(practice=one, client__practice=one).count() == 1
        assert Flag.objects.filter(practice=one).count() == 1


def test_an_import_takes_a_bounded_number_of_statements(practice: Practice, tmp_path: Path) -> None:
    def statements(people_: int) -> int:
        rows: list[Row] = [(f"{people_}-{n}", "2020-01-01", "000000000") for n in range(people_)]
        table, mapping = write_table(tmp_path, rows), write_mapping(tmp_path)
        with CaptureQueriesContext(connection) as captured:
            run(practice, table, mapping)
        return len([q for q in captured if q["sql"].startswith("SELECT")])

    statements(1)  # the practice's key is looked up once
    assert statements(40) == statements(4)


def test_a_bulk_export_of_fhir_goes_in_line_by_line(practice: Practice, tmp_path: Path) -> None:
    file = tmp_path / "QuestionnaireResponse.ndjson"
    lines = [fhir_line("p", f"2020-01-0{day}T09:00:00Z", "111111111") for day in range(1, 4)]
    file.write_text("\n".join([*lines, "{"]))
    assert run(practice, file, None).counts == (4, 3, 0, 1)
    assert Client.objects.get().external_id == "fhir:p"
