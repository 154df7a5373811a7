"""Renew keys while the server answers, a little at a time, and go on after a kill.

A master key's rotation re-wraps every key under the new one; a practice key's makes a new version
and re-wraps every record key under it. What is sealed under a record key is not touched. What is
left to do stands in the database itself, so that a run that was killed anywhere is gone on with by
the next one. An old key's row goes last: the foreign keys that name it refuse, in the database,
both to let it go while something is under it and to take what is wrapped under it afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from holdfast.core import clock
from holdfast.core.actor import system
from holdfast.core.audit.actions import record
from holdfast.core.crypto import keys, master_key, records
from holdfast.core.crypto.master_key import Keeper, MasterKeyFault, Source
from holdfast.core.crypto.models import Key, KeyedRecord, MasterKeyName, Rotation

#: Rows re-wrapped in one transaction: other writers wait no longer than that.
BATCH = 200
#: Attempts to let an old key go; each re-wraps what came meanwhile.
ATTEMPTS = 20


@dataclass(frozen=True)
class Step:
    """What was just done. `done` of `total`, in the unit of `name`; it is on the disk."""

    name: str
    done: int
    total: int
    practice_id: uuid.UUID | None = None


Report = Callable[[Step], None]


def _nobody(step: Step) -> None:
    pass


# --- the master key ---------------------------------------------------------------------------


def rotate_master(report: Report = _nobody) -> Rotation:
    """Put every key under a new master key and forget the old one; or go on with doing so.

    From an environment variable or a KMS the new key has to be configured first, beside the old.
    Raises MasterKeyFault, and then nothing was changed.
    """
    source: Source = settings.MASTER_KEY_SOURCE
    by = _new_master(source)
    run = _begin(Rotation.What.MASTER)
    report(Step("new-master-key", 1, 1))
    MasterKeyName.objects.get_or_create(pk=by.name, defaults={"noted_at": clock.now()})
    for attempt in range(ATTEMPTS):
        _rewrap_keys(by, report)
        try:
            with transaction.atomic():
                MasterKeyName.objects.exclude(pk=by.name).delete()
            break
        except (ProtectedError, IntegrityError):
            if attempt == ATTEMPTS - 1:
                raise
    report(Step("old-master-key-refused", 1, 1))
    if source.writable:
        for old in source.keepers()[1:]:
            source.drop(old.name)
    report(Step("old-master-key-dropped", 1, 1))
    return _finish(run, {"master": by.name})


def _new_master(source: Source) -> Keeper:
    """The key to wrap under: one that a run before this one made, or that the operator gave."""
    current = source.keepers()[0]
    is_new = not Key.objects.filter(master_id=current.name).exists()
    unfinished = (
        Rotation.objects.filter(what=Rotation.What.MASTER, finished_at=None).exists()
        or Key.objects.exclude(master_id=current.name).exists()
    )
    if is_new or unfinished:
        for name in _masters_in_use() - {current.name}:
            source.keeper(name)  # raises where it is not to be had: before anything is written
        return current
    if not source.writable:
        raise MasterKeyFault(
            f"Every key is under the master key of {source.where} already. Give the new one there"
            " and keep the old one readable (docs/how-to/keys.md), restart, and run this again."
        )
    source.add(master_key.new_secret())
    return source.keepers()[0]


def _masters_in_use() -> set[str]:
    return set(Key.objects.values_list("master_id", flat=True).distinct())


def _rewrap_keys(by: Keeper, report: Report) -> None:
    waiting = Key.objects.exclude(master_id=by.name).order_by("pk")
    total, done = waiting.count(), 0
    while batch := list(waiting[:BATCH]):
        # A KMS may be slow: it is asked outside the transaction.
        again = [(row, by.wrap(keys.open_row(row), keys.context(row))) for row in batch]
        with transaction.atomic():
            for row, wrapped in again:
                Key.objects.filter(pk=row.pk, master_id=row.master_id).update(
                    master_id=by.name, wrapped=wrapped
                )
        done += len(batch)
        report(Step("keys", done, max(total, done)))


# --- practice keys ----------------------------------------------------------------------------


def rotate_practices(report: Report = _nobody) -> Rotation:
    """Give every practice a new key and put its record keys under it; or go on with doing so."""
    run = _begin(Rotation.What.PRACTICES)
    practice_ids = list(
        Key.objects.filter(purpose=Key.Purpose.PRACTICE, current=True)
        .order_by("practice_id")
        .values_list("practice_id", flat=True)
    )
    for number, practice_id in enumerate(practice_ids, start=1):
        _rotate_practice(run, practice_id, report)
        report(Step("practices", number, len(practice_ids), practice_id))
    return _finish(run, {"practices": len(practice_ids)})


def _rotate_practice(run: Rotation, practice_id: uuid.UUID, report: Report) -> None:
    current = _new_version(run, practice_id)
    report(Step("new-practice-key", 1, 1, practice_id))
    old = Key.objects.filter(
        practice_id=practice_id, purpose=Key.Purpose.PRACTICE, version__lt=current.version
    )
    for attempt in range(ATTEMPTS):
        for model in keyed_models():
            _rewrap_records(model, current, list(old.values_list("pk", flat=True)), report)
        try:
            with transaction.atomic():
                old.delete()
            return
        except (ProtectedError, IntegrityError):
            # A record was made under the old key while we went through.
            if attempt == ATTEMPTS - 1:
                raise


def _new_version(run: Rotation, practice_id: uuid.UUID) -> Key:
    """The practice's new key, made by this run; once, however often the run is begun again."""
    with transaction.atomic():
        current = Key.objects.select_for_update(no_key=True).get(
            practice_id=practice_id, purpose=Key.Purpose.PRACTICE, current=True
        )
        if current.made_at >= run.started_at:
            return current
        Key.objects.filter(pk=current.pk).update(current=False)
        made: Key = keys.make(Key.Purpose.PRACTICE, practice_id, version=current.version + 1)
    return made


def keyed_models() -> list[type[KeyedRecord]]:
    """The models whose rows have record keys."""
    return [model for model in apps.get_models() if issubclass(model, KeyedRecord)]


def _rewrap_records(
    model: type[KeyedRecord], current: Key, old: list[uuid.UUID], report: Report
) -> None:
    label = model._meta.label_lower
    rows = model._default_manager.filter(record_key_under_id__in=old)
    total, done = rows.count(), 0
    while True:
        with transaction.atomic():
            batch = list(
                rows.order_by("pk").values_list("pk", "record_key", "record_key_under_id")[:BATCH]
            )
            for pk, wrapped, under in batch:
                if wrapped is None or under is None:  # never: chosen by what it is under
                    continue
                key = records.unwrap(label, pk, bytes(wrapped), under)
                # Not where it was destroyed, or re-wrapped by another run, in this moment.
                model._default_manager.filter(pk=pk, record_key_under_id=under).update(
                    record_key=records.wrap(key, label, pk, current.pk),
                    record_key_under_id=current.pk,
                )
        if not batch:
            return
        done += len(batch)
        report(Step(model._meta.model_name or label, done, max(total, done), current.practice_id))


# --- both -------------------------------------------------------------------------------------


def _begin(what: str) -> Rotation:
    """The run that is open, or a new one."""
    with transaction.atomic():
        run, _ = Rotation.objects.get_or_create(
            what=what, finished_at=None, defaults={"started_at": clock.now()}
        )
    return run


def _finish(run: Rotation, detail: dict[str, Any]) -> Rotation:
    with transaction.atomic():
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at"])
        record("rotate", "keys", by=system(label="keys"), detail={"what": run.what} | detail)
    return run


@dataclass(frozen=True)
class Status:
    """Where the keys stand. `masters` maps each master key's name to the keys under it.

    `openable`: this installation has every master key that something is under. `waiting` counts
    record keys under an older practice key, `destroyed` people whose key was destroyed.
    """

    source: str
    where: str
    current: str
    masters: dict[str, int]
    openable: bool
    practices: int
    older_keys: int
    waiting: int
    destroyed: int
    unfinished: list[str]
    fault: str = ""


def status() -> Status:
    """Looks at everything, changes nothing. Raises DatabaseError without migrations."""
    source: Source = settings.MASTER_KEY_SOURCE
    masters: dict[str, int] = {}
    for name in Key.objects.values_list("master_id", flat=True):
        masters[name] = masters.get(name, 0) + 1
    current, fault = "", ""
    try:
        current = source.keepers()[0].name
        for row in Key.objects.filter(practice_id=uuid.UUID(int=0)):
            keys.open_row(row)
        for name in masters:
            source.keeper(name)
    except MasterKeyFault as error:
        fault = str(error)
    of_practices = Key.objects.filter(purpose=Key.Purpose.PRACTICE)
    client = apps.get_model("tenancy.client")
    return Status(
        source=source.kind,
        where=source.where,
        current=current,
        masters=masters,
        openable=not fault,
        practices=of_practices.filter(current=True).count(),
        older_keys=of_practices.filter(current=False).count(),
        waiting=sum(
            model._default_manager.filter(record_key_under__current=False).count()
            for model in keyed_models()
        ),
        destroyed=client._default_manager.filter(record_key=None).count(),
        unfinished=list(
            Rotation.objects.filter(finished_at=None).order_by("pk").values_list("what", flat=True)
        ),
        fault=fault,
    )
