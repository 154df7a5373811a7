"""`holdfast retention` and `holdfast open-kept-record`."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from holdfast.cli.server import fail, start_with_database


class Reason(StrEnum):
    """Why somebody's name is put back to a record without one; stands in the audit trail."""

    PERSON = "person"
    COURT = "court"
    COMPLAINT = "complaint"
    AUDIT = "audit"


def retention_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per practice.")] = False,
    practice: Annotated[str, typer.Option(help="Only the practice of this short name.")] = "",
) -> None:
    """Remove what is older than its period; the worker does so each night by itself."""
    start_with_database()
    from holdfast.core import clock
    from holdfast.core.identity import erasure
    from holdfast.core.leaving import retention
    from holdfast.core.tenancy.models import Practice

    now = clock.now()
    practices = Practice.objects.order_by("slug")
    if practice:
        practices = practices.filter(slug=practice)
        if not practices:
            fail(f"There is no practice {practice}.")
    for one in practices:
        found = retention.due(one, now)
        if not dry_run:
            retention.apply(one, now)
        kinds = [
            {
                "kind": due.kind,
                "days": due.days,
                "before": due.before.isoformat() if due.before else None,
                "count": due.count,
            }
            for due in found
        ]
        told = {"practice": one.slug, "dry_run": dry_run, "kinds": kinds}
        typer.echo(json.dumps(told) if as_json else _table(told))
    if not dry_run:
        erasure.run_pending(until=now)


def _table(told: dict[str, Any]) -> str:
    done = "would go" if told["dry_run"] else "gone"
    lines = [f"{told['practice']}:"]
    for one in told["kinds"]:
        period = "kept by law" if one["kind"] == "kept-records" else "no period"
        if one["days"] is not None:
            period = f"{one['days']} days"
        lines.append(f"  {one['kind']:<16}{period:<14}{one['count']:>8} {done}")
    return "\n".join(lines)


def open_kept_record_command(
    record: Annotated[str, typer.Argument(help="The record's number, as the receipt says it.")],
    reason: Annotated[Reason, typer.Option(help="Why; stands in the audit trail.")],
    to: Annotated[Path, typer.Option(help="A new file, readable by its owner alone.")],
) -> None:
    """Put a record that is kept by law together with its name again, into a file."""
    start_with_database()
    from django.core.exceptions import ValidationError

    from holdfast.core import clock
    from holdfast.core.actor import system
    from holdfast.core.audit.actions import record as note
    from holdfast.core.leaving import keeping
    from holdfast.core.leaving.models import KeptRecord
    from holdfast.sense.measures import facade as measures

    try:
        kept = KeptRecord.objects.select_related("client").filter(pk=record).first()
    except ValidationError:
        kept = None
    if kept is None or kept.client is None:
        fail("No record is kept under this number.")
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(f"{to}: {error.strerror}")
    by = system(kept.practice_id, "operator")
    note("open-kept-record", "kept-record", by=by, resource_id=kept.pk,
         client_id=kept.client_id, detail={"reason": reason.value})  # fmt: skip
    bundle = b"".join(measures.copy_of(kept.client, clock.now()))
    content = {"identity": keeping.identity_of(kept), "record": json.loads(bundle)}
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
    typer.echo(f"{to}: the record and whose it is. Delete the file when it has served its purpose.")
