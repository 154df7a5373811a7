"""How long a practice keeps each kind of data, and the nightly run."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from holdfast.cli import retention as command
from holdfast.cli.main import app
from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.leaving import retention
from holdfast.core.leaving.models import Departure, RetentionRun
from holdfast.core.notify.models import Notification
from holdfast.core.tenancy.models import Practice
from tests import factories
from tests.integration.core import wire
from tests.integration.leaving.scene import make_scene

pytestmark = pytest.mark.django_db


def tell(practice: Practice, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    user = factories.make_user()
    Notification.objects.create(practice=practice, recipient=user, kind="try", created_at=at)


def test_what_is_older_than_its_period_goes_each_night_once_and_is_in_the_audit_trail() -> None:
    practice = factories.make_practice(time_zone="Europe/Berlin")
    other = factories.make_practice(time_zone="Europe/Berlin")
    for days_ago in (10, 400, 500):
        tell(practice, days_ago)
    night = clock.now().replace(hour=2, minute=30)  # 03:30 in Berlin in winter, 04:30 in summer
    assert retention.apply_nightly(night) == 2
    assert Notification.objects.filter(practice=practice).count() == 1
    assert RetentionRun.objects.get(practice=practice).removed == {"messages": 2}
    assert RetentionRun.objects.get(practice=other).removed == {}
    event = AuditEvent.objects.get(action="expire")
    assert (event.resource, event.detail["removed"]) == ("messages", 2)
    assert retention.apply_nightly(night + timedelta(hours=1)) == 0
    assert retention.apply_nightly(night + timedelta(days=1)) == 2


def test_before_three_in_the_practice_s_night_nothing_runs() -> None:
    factories.make_practice(time_zone="Asia/Tokyo")
    assert retention.apply_nightly(clock.now().replace(hour=17, minute=59)) == 0  # 02:59 there
    assert retention.apply_nightly(clock.now().replace(hour=18, minute=0)) == 1


def test_a_dry_run_says_what_would_go_and_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # Django is set up here already, with the log where pytest looks for it.
    monkeypatch.setattr(command, "start_with_database", lambda: None)
    practice = factories.make_practice()
    tell(practice, 400)
    one = ["retention", "--practice", practice.slug]
    said = CliRunner().invoke(app, [*one, "--dry-run", "--json"])
    told = json.loads(said.stdout)
    assert (told["practice"], told["dry_run"]) == (practice.slug, True)
    counts = {one["kind"]: one["count"] for one in told["kinds"]}
    assert (counts["messages"], counts["kept-records"]) == (1, 0)
    assert Notification.objects.exists()
    said = CliRunner().invoke(app, one)
    assert "messages" in said.stdout
    assert "1 gone" in said.stdout
    assert not Notification.objects.exists()


def test_receipts_go_when_nothing_is_kept_of_their_person_any_more() -> None:
    bare, treated = make_scene(met=False), make_scene()
    bare.leave(receipt=None)
    treated.leave(receipt=None)
    later = clock.now() + timedelta(days=4 * 365)
    assert retention.apply(bare.practice, later)["receipts"] == 1
    assert "receipts" not in retention.apply(treated.practice, later)
    assert Departure.objects.count() == 1


def test_the_administrator_sets_periods_and_sees_what_the_next_run_removes() -> None:
    practice = factories.make_practice()
    browser = factories.browser(factories.make_member(practice, "administrator").user)
    path = f"/api/v1/practices/{practice.pk}/retention"
    tell(practice, 100)
    seen = browser.get(path).json()
    assert seen["law"]["years"] == 10
    assert {one["kind"]: one["due"] for one in seen["periods"]}["messages"] == 0
    body = {"legal_years": 12, "days": {"messages": 60, "receipts": None}}
    changed = wire.send(browser, "PUT", path, body).json()
    periods = {one["kind"]: one for one in changed["periods"]}
    assert (changed["legal_years"], periods["messages"]["due"]) == (12, 1)
    assert (periods["receipts"]["days"], periods["invitations"]["days"]) == (None, 90)
    assert AuditEvent.objects.filter(action="change", resource="retention").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"legal_years": None, "days": {"messages": 5}},
        {"legal_years": None, "days": {"diaries": 50}},
        {"legal_years": 101, "days": {}},
        {"legal_years": None, "days": {"messages": 10**6}},
    ],
)
def test_a_period_that_may_not_be_is_refused(body: dict[str, object]) -> None:
    practice = factories.make_practice()
    browser = factories.browser(factories.make_member(practice, "administrator").user)
    answer = wire.send(browser, "PUT", f"/api/v1/practices/{practice.pk}/retention", body)
    assert answer.status_code == 422
