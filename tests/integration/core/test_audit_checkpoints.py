"""Checkpoints: history written anew is noticed, old entries go under a seal, exports are proof."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit import checkpoints, exporting, proof, removing, rows, tasks, verifying
from holdfast.core.audit.actions import record
from holdfast.core.audit.chaining import chain_waiting
from holdfast.core.audit.engine import Position, digest
from holdfast.core.audit.models import INSTALLATION, AuditChain, AuditCheckpoint, AuditEvent
from holdfast.core.audit.verifying import verify
from holdfast.core.ids import uuid7
from holdfast.core.leaving import retention
from holdfast.core.problems import Invalid
from holdfast.core.tenancy.models import Practice
from tests import factories

pytestmark = pytest.mark.django_db

NOW = clock.now().replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def practice() -> Practice:
    return factories.make_practice()


def write(practice: Practice, number: int, at: datetime = NOW) -> None:
    for _ in range(number):
        record("read", "client", by=system(practice.pk), at=at)
    chain_waiting()


def broken(practice: Practice) -> tuple[int, str] | None:
    found = verify(practice.pk).broken
    return None if found is None else (found.seq, found.why)


def write_history_anew(practice: Practice) -> None:
    """What somebody can do who may write to the database, and knows all of this code."""
    position = Position()
    for seq, _, entry in list(rows.links(practice.pk, 0, 99)):
        if seq == 2:
            entry = (*entry[:5], "blink", *entry[6:])
            AuditEvent.objects.filter(practice_id=practice.pk, seq=2).update(action="blink")
        position = Position(seq, digest(position.hash, seq, entry))
        AuditEvent.objects.filter(practice_id=practice.pk, seq=seq).update(hash=position.hash)
    AuditChain.objects.filter(pk=practice.pk).update(hash=position.hash)


# --- the daily look, and the signature after it


def test_once_a_day_each_chain_is_looked_at_and_signed(practice: Practice) -> None:
    write(practice, 3)
    assert tasks.look_after_chains(NOW) == 3
    chain = AuditChain.objects.get(pk=practice.pk)
    assert (chain.checked_at, chain.broken_seq) == (NOW, None)
    [made] = checkpoints.of_chain(practice.pk)
    assert (made.position.seq, made.removes) == (3, False)
    assert tasks.look_after_chains(NOW + DAY / 2) == 0
    tasks.look_after_chains(NOW + DAY)
    assert AuditCheckpoint.objects.count() == 1, "nothing came: nothing to sign"
    write(practice, 1)
    tasks.look_after_chains(NOW + 2 * DAY)
    assert AuditCheckpoint.objects.count() == 2
    assert verify(practice.pk).intact


def test_a_long_chain_is_looked_at_some_entries_at_a_tick(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "ENTRIES_PER_TICK", 4)
    write(practice, 10)
    read = [tasks.look_after_chains(NOW + timedelta(seconds=tick)) for tick in range(4)]
    assert read == [4, 4, 2, 0]
    AuditEvent.objects.filter(practice_id=practice.pk, seq=9).update(action="blink")
    for tick in range(3):
        tasks.look_after_chains(NOW + 2 * DAY + timedelta(seconds=tick))
    assert AuditChain.objects.get(pk=practice.pk).broken_seq == 9


def test_history_written_anew_does_not_fit_what_was_signed(practice: Practice) -> None:
    write(practice, 4)
    tasks.look_after_chains(NOW)
    write(practice, 2)
    write_history_anew(practice)
    assert broken(practice) == (4, "rewritten")
    tasks.look_after_chains(NOW + 2 * DAY)
    assert AuditChain.objects.get(pk=practice.pk).broken_seq == 4
    assert AuditCheckpoint.objects.count() == 1, "what is broken is not signed"


def test_a_checkpoint_without_the_practices_signature_counts_for_nothing(
    practice: Practice,
) -> None:
    write(practice, 4)
    tasks.look_after_chains(NOW)
    write_history_anew(practice)
    chain = AuditChain.objects.get(pk=practice.pk)
    AuditCheckpoint.objects.update(hash=chain.hash)
    assert broken(practice) == (4, "unsigned")
    other = factories.make_practice()
    write(other, 1)
    tasks.look_after_chains(NOW)
    theirs = AuditChain.objects.get(pk=other.pk).signing_sealed
    AuditChain.objects.filter(pk=practice.pk).update(signing_sealed=theirs)
    assert broken(practice) == (4, "unsigned")


def test_the_installations_own_chain_is_signed_and_that_of_a_practice_that_is_gone_is_not() -> None:
    record("rotate", "keys", by=system())
    record("read", "client", by=system(uuid7()))
    chain_waiting()
    assert tasks.look_after_chains(NOW) == 2
    [made] = AuditCheckpoint.objects.all()
    assert made.practice_id == INSTALLATION
    assert verify(INSTALLATION).intact
    AuditCheckpoint.objects.update(hash="0" * 64)
    misfit = verify(INSTALLATION).broken
    assert misfit is not None
    assert misfit.why == "unsigned"


# --- removing what is old


def test_old_entries_go_under_a_seal_and_the_rest_stays_verifiable(practice: Practice) -> None:
    write(practice, 5, NOW - 400 * DAY)
    write(practice, 3, NOW - 100 * DAY)
    before = NOW - 365 * DAY
    assert removing.removable(practice.pk, before) == 5
    assert verify(practice.pk).entries == 8
    assert removing.remove(practice.pk, before, 2) == 2
    assert (removing.removable(practice.pk, before), broken(practice)) == (3, None)
    assert [removing.remove(practice.pk, before, 2) for _ in range(3)] == [2, 1, 0]
    chain_waiting()
    found = verify(practice.pk)
    assert (found.begins, found.entries, found.intact) == (5, 4, True)
    assert AuditEvent.objects.get(action="remove").detail["through"] == 5
    tasks.look_after_chains(NOW)
    assert AuditChain.objects.get(pk=practice.pk).broken_seq is None
    AuditEvent.objects.filter(practice_id=practice.pk, seq=7).update(action="blink")
    assert broken(practice) == (7, "changed")


def test_removing_again_goes_on_from_the_last_seal(practice: Practice) -> None:
    for days in (30, 20, 10):
        write(practice, 2, NOW - days * DAY)
    for days in (25, 15, 5):
        assert removing.remove(practice.pk, NOW - days * DAY, 100) == 2
    chain_waiting()
    assert (verify(practice.pk).begins, broken(practice)) == (6, None)
    AuditEvent.objects.filter(practice_id=practice.pk, seq=7).delete()
    assert broken(practice) == (7, "missing")


def test_entries_taken_away_without_a_seal_are_missed(practice: Practice) -> None:
    write(practice, 5)
    AuditEvent.objects.filter(seq__lte=3).delete()
    assert broken(practice) == (1, "missing")


def test_nothing_of_a_broken_chain_is_removed(practice: Practice) -> None:
    write(practice, 3, NOW - 400 * DAY)
    AuditEvent.objects.filter(seq=2).update(action="blink")
    tasks.look_after_chains(NOW)
    assert removing.remove(practice.pk, NOW, 100) == 0
    assert AuditEvent.objects.filter(practice_id=practice.pk).count() == 3


def test_a_practices_period_for_the_trail_is_applied_at_night_after_a_dry_run(
    practice: Practice,
) -> None:
    write(practice, 3, NOW - 400 * DAY)
    write(practice, 1)
    found = {one.kind: one.count for one in retention.due(practice, NOW)}
    assert found["audit"] == 0, "kept for ever unless the practice says otherwise"
    by = system(practice.pk)
    with pytest.raises(Invalid):
        retention.change(practice, legal_years=None, days={"audit": 364}, by=by)
    retention.change(practice, legal_years=None, days={"audit": 365}, by=by)
    found = {one.kind: one.count for one in retention.due(practice, NOW)}
    assert found["audit"] == 3
    assert AuditEvent.objects.filter(practice_id=practice.pk, seq__lte=3).count() == 3
    assert retention.apply(practice, NOW)["audit"] == 3
    chain_waiting()
    assert (verify(practice.pk).begins, broken(practice)) == (3, None)


# --- exports


def exported(practice: Practice) -> list[bytes]:
    return list(exporting.export(practice.pk, by=system(practice.pk), now=NOW))


def key_of(practice: Practice) -> str:
    key = checkpoints.public_key(AuditChain.objects.get(pk=practice.pk))
    assert key is not None
    return base64.b64encode(key).decode()


def test_an_export_is_verified_without_the_database(practice: Practice) -> None:
    write(practice, 5, NOW - 400 * DAY)
    tasks.look_after_chains(NOW - 300 * DAY)
    removing.remove(practice.pk, NOW - 365 * DAY, 2)
    write(practice, 3)
    lines = exported(practice)
    found = proof.check(lines, key_of(practice))
    # The three that came, that some were removed, and that this was exported.
    assert (found.practice, found.entries, found.broken) == (practice.pk.hex, 5, None)
    assert AuditEvent.objects.get(action="export").resource == "audit"


def test_whatever_is_changed_in_an_export_is_noticed(practice: Practice) -> None:
    write(practice, 3)
    lines = exported(practice)
    key = key_of(practice)

    def why(changed: list[bytes]) -> str:
        misfit = proof.check(changed, key).broken
        assert misfit is not None
        return misfit.why

    def line(number: int, **values: Any) -> list[bytes]:
        row = orjson.loads(lines[number]) | values
        return [*lines[:number], orjson.dumps(row) + b"\n", *lines[number + 1 :]]

    assert why(line(2, action="blink")) == "changed"
    assert why(line(2, hash="0" * 64)) == "changed"
    assert why([*lines[:2], *lines[3:]]) == "missing"
    assert why(lines[:-1]) == "missing"
    sign = orjson.loads(lines[-1])["checkpoint"]
    assert why(line(len(lines) - 1, checkpoint=sign | {"hash": "0" * 64})) == "unsigned"
    other = factories.make_practice()
    write(other, 3)
    exported(other)
    misfit = proof.check(lines, key_of(other)).broken
    assert misfit is not None
    assert misfit.why == "unsigned"


@pytest.mark.parametrize("lines", [[], [b"no"], [b"{}\n"], [b'{"form":"holdfast-audit-export-1"}']])
def test_what_is_no_export_is_said_to_be_none(lines: list[bytes]) -> None:
    with pytest.raises(proof.NotAnExport):
        proof.check(lines)
