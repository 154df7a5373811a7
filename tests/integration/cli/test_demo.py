"""The demo practice: from published records or synthetic ones, once, and never beside real people.

The single case (Kossakowski et al. 2017) is the acceptance of the whole loop: its page, asked for
as the clinician's browser does, tells the story that the published work tells.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.cli.demo import build, print_log_ins
from holdfast.core import clock
from holdfast.core.identity import demo, kdf
from holdfast.core.identity.kdf import derive_auth_secret
from holdfast.core.identity.models import User
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy import readiness
from holdfast.core.tenancy.models import CareTeamMember, Client, Membership, Practice
from holdfast.safety.flags.models import Flag
from holdfast.sense.assessments import queries as assessments
from holdfast.sense.measures import facade as measures
from holdfast.sense.measures.engine.lint import lint
from holdfast.sense.measures.models import LifeEvent, Response, Score
from tests.factories import browser, make_practice
from tests.shared import shared_path

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

#: Day 1 of the single case.
DAY_1 = date(2012, 8, 13)


@pytest.fixture(autouse=True)
def _packs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_INSTRUMENTS_DIR", str(tmp_path / "instruments"))


@lru_cache
def _derive(password: str, salt: str) -> str:
    return derive_auth_secret(password, salt)


@pytest.fixture(autouse=True)
def _one_slow_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven accounts with one password: the memory-hard work is done once per run."""
    monkeypatch.setattr(kdf, "new_salt", lambda: "AAAAAAAAAAAAAAAAAAAAAA")
    monkeypatch.setattr(kdf, "derive_auth_secret", _derive)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Practice:
    monkeypatch.setenv("HOLDFAST_SHARED", str(shared_path("data", "real").parents[1]))
    return made()


@pytest.fixture
def synthetic(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Practice:
    monkeypatch.setenv("HOLDFAST_SHARED", str(tmp_path / "nothing-here"))
    return made()


def made() -> Practice:
    build.build(say=lambda text: None)
    return Practice.objects.get()


def day_of(at: datetime) -> int:
    return (at.date() - DAY_1).days + 1


def as_dana(path: str, client: Client) -> Any:
    dana = User.objects.get(login="dana")
    address = f"/api/v1/practices/{client.practice_id}/clients/{client.pk}/{path}"
    answer = browser(dana).get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def single_case() -> Client:
    return Client.objects.get(external_id="kossakowski-2017:single-case")


def series_of(answer: Any, instrument: str, scale: str = "total") -> Any:
    [found] = [
        one for one in answer["series"] if (one["instrument"], one["scale"]) == (instrument, scale)
    ]
    return found


# --- the single case ---------------------------------------------------------------------------


def test_the_single_case_has_every_moment_week_and_dose_step(published: Practice) -> None:
    client = single_case()
    responses = Response.objects.filter(client=client)
    assert responses.filter(instrument="momentary-mood").count() == 1476
    assert responses.filter(instrument="scl-90-r-depression").count() == 28
    assert all(responses.values_list("historical", flat=True))
    steps = LifeEvent.objects.filter(client=client).order_by("at")
    assert [step.dose for step in steps] == [150, 105, 73, 51, 37, 25, 18, 12, 9, 0]
    assert {step.kind for step in steps} == {"medication"}
    last = responses.latest("answered_at")
    assert day_of(last.answered_at) == 239


def test_its_weekly_scores_are_the_published_ones(published: Practice) -> None:
    text = shared_path("data", "real", "esm_single_case_weekly.csv").read_text(encoding="utf-8")
    expected = {}
    for line in text.strip().split("\n")[1:]:
        _, day, dep = line.split(",")
        expected[int(float(day))] = float(dep)
    scores = Score.objects.filter(client=single_case(), instrument="scl-90-r-depression")
    found = {day_of(score.answered_at): score.value for score in scores}
    assert found.keys() == expected.keys()
    for number, mean in expected.items():
        assert found[number] == pytest.approx(mean, abs=0.0006)


def test_the_first_thought_of_death_is_flagged_on_day_148_and_pages_nobody(
    published: Practice,
) -> None:
    first = Flag.objects.filter(client=single_case()).earliest("answered_at")
    assert first.answered_at.date() == date(2013, 1, 7)
    assert day_of(first.answered_at) == 148
    assert (first.historical, first.state, first.reason) == (True, "closed", "thoughts-of-death")
    # Of the appointments that the demo books people are told; of flags nobody is.
    assert not Notification.objects.exclude(kind__startswith="appointment-").exists()
    flags = [one for one in as_dana("flags", single_case())["items"] if one["historical"]]
    assert min(one["answered_at"] for one in flags).startswith("2013-01-07")


def test_its_page_places_the_change_in_weekly_depression_around_day_127(
    published: Practice,
) -> None:
    progress = as_dana("progress", single_case())
    weekly = series_of(progress, "scl-90-r-depression")
    shift = weekly["changepoint"]
    assert shift is not None
    placed = [day_of(datetime.fromisoformat(shift[key])) for key in ("at", "first_after")]
    assert any(120 <= day <= 134 for day in placed), placed
    assert shift["level_after"] > shift["level_before"]
    assert len([one for one in progress["events"] if one["kind"] == "medication"]) == 10
    assert len(series_of(progress, "momentary-mood", "pleasant")["points"]) > 1000


def test_its_overview_tells_what_changed_since_the_recorded_meeting(published: Practice) -> None:
    overview = as_dana("overview", single_case())
    assert overview["since"].startswith("2012-11-30")
    weekly = [one for one in overview["scores"] if one["instrument"] == "scl-90-r-depression"]
    assert [one["now"] > one["then"] for one in weekly if one["then"] is not None] == [True]


# --- the others --------------------------------------------------------------------------------


def test_forty_three_inpatients_with_up_to_four_measurements(published: Practice) -> None:
    people = [one for one in Client.objects.all() if one.external_id.startswith("claus-2020:")]
    assert len(people) == 43
    for client in people:
        scores = Score.objects.filter(client=client, instrument="ham-d")
        assert 1 <= scores.count() <= 4
    pre = Score.objects.filter(instrument="ham-d", answered_at__date=date(2018, 3, 5))
    assert pre.count() == 43
    assert {one.sex for one in people} == {"female", "male"}


@pytest.mark.parametrize("source", ["published", "synthetic"])
def test_danas_caseload_is_everybody_and_robin_is_asked_today(
    source: str, request: pytest.FixtureRequest
) -> None:
    practice = request.getfixturevalue(source)
    dana = Membership.objects.get(practice=practice, user__login="dana")
    clients = Client.objects.filter(practice=practice)
    teams = CareTeamMember.objects.filter(practice=practice, membership=dana)
    assert set(teams.values_list("client_id", flat=True)) == set(
        clients.values_list("pk", flat=True)
    )
    robin = clients.get(user__login="robin")
    due = measures.due_now(robin, clock.now())
    assert {one.instrument for one in due} == {"mood", "phq-9", "gad-7"}
    # Of the appointments that the demo books people are told; of flags nobody is.
    assert not Notification.objects.exclude(kind__startswith="appointment-").exists()
    assert not Flag.objects.exclude(state="closed").exists()


def test_robin_is_reliably_worse_than_at_the_last_meeting(synthetic: Practice) -> None:
    overview = as_dana("overview", Client.objects.get(user__login="robin"))
    met = datetime.fromisoformat(overview["since"])
    assert timedelta(days=14) < clock.now() - met < timedelta(days=28)
    verdicts = {
        one["instrument"]: one["verdict"] for one in overview["scores"] if one["scale"] == "total"
    }
    assert verdicts == {"phq-9": "deteriorated", "gad-7": "deteriorated"}


def test_robin_has_a_finished_assessment_and_no_worrying_answer_in_it(synthetic: Practice) -> None:
    robin = Client.objects.get(practice=synthetic, user__login="robin")
    (one,) = assessments.assessments(robin, clock.now())
    assert (one.state, one.days) == ("finished", 14)
    _, report = assessments.report(robin, one.id, clock.now())
    assert (report.prompts.answered, report.prompts.missed, report.prompts.late) == (35, 7, 0)
    reported = {feature.id: feature.reported for feature in report.features}
    assert reported["death"] == 0
    assert max(reported.values()) >= 7


def test_without_published_records_the_demo_is_synthetic_and_says_so(synthetic: Practice) -> None:
    clients = Client.objects.filter(practice=synthetic)
    assert clients.count() == 10
    for client in clients:
        assert client.synthetic
        assert "synthetic" in client.display_name.lower()
    single = clients.get(external_id="synthetic:single-case")
    assert Response.objects.filter(client=single, instrument="momentary-mood").count() == 120
    assert LifeEvent.objects.filter(client=single).count() == 3
    course = series_of(as_dana("progress", single), "phq-8")
    assert course["changepoint"]["level_after"] > course["changepoint"]["level_before"]
    assert not Flag.objects.filter(reason="thoughts-of-death").exists()


def test_the_demo_lacks_nothing_that_going_live_asks_for(synthetic: Practice) -> None:
    lacking = [one.code for one in readiness.requirements(synthetic) if not one.met]
    assert lacking == []
    assert synthetic.status == Practice.Status.PREPARING


# --- once, and never beside real people --------------------------------------------------------


def snapshot() -> tuple[int, ...]:
    models = (Practice, User, Client, Response, Score, LifeEvent, Flag, CareTeamMember)
    return tuple(model.objects.count() for model in models)


def test_a_second_time_changes_nothing_whatever_was_edited_since(synthetic: Practice) -> None:
    Practice.objects.update(contact_phone="")
    before, same = snapshot(), synthetic.pk
    assert made().pk == same
    assert snapshot() == before


@pytest.mark.parametrize("at", ["_records", "_care_teams", "_robin"])
def test_a_demo_that_was_cut_off_is_made_again_from_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: str
) -> None:
    monkeypatch.setenv("HOLDFAST_SHARED", str(tmp_path / "nothing-here"))

    def die(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(build, at, die)
        with pytest.raises(OSError, match="power"):
            made()
    made()
    again = snapshot()
    assert again[:3] == (1, 7, 10)
    made()
    assert snapshot() == again


def test_demo_data_never_enters_an_installation_with_a_live_practice() -> None:
    make_practice()
    before = snapshot()
    with pytest.raises(build.LivePracticeHere):
        made()
    assert snapshot() == before


def test_the_log_ins_are_whole_and_their_password_opens_the_accounts(
    synthetic: Practice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_log_ins()
    printed = capsys.readouterr().out
    assert "…" not in printed
    for one in demo.accounts():
        user = User.objects.get(login=one.login)
        assert user.check_password(derive_auth_secret(one.password, user.kdf_salt))
        line = next(line for line in printed.splitlines() if f" {one.login} " in line)
        assert one.password in line
        assert (one.totp_code is None) == (one.role == "client")


def test_the_log_ins_are_told_nowhere_once_there_is_another_practice(synthetic: Practice) -> None:
    assert demo.accounts()
    make_practice()
    assert demo.accounts() == []


def test_the_demos_packs_hold_no_wording_but_their_own_and_pass_the_linter() -> None:
    folder = build.CONTENT / "packs"
    licensed = [one for one in folder.glob("*.yaml") if "momentary" not in one.name]
    assert len(licensed) == 5
    for path in licensed:
        assert "texts: {}" in path.read_text(encoding="utf-8")
    assert lint(folder) == []
