"""`holdfast audit`: verify the audit trail, export it, and verify an export."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.server import start_with_database

if TYPE_CHECKING:
    import uuid

    from holdfast.core.audit.engine import Misfit
    from holdfast.core.audit.verifying import Verification

audit_app = typer.Typer(
    help="Who read or changed what: verify it, export it, verify an export.", no_args_is_help=True
)
OfPractice = Annotated[
    str, typer.Option("--practice", metavar="SLUG", help="One practice, by its short name or id.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
WHY = {
    "changed": "it is not what was written",
    "missing": "it is not there",
    "appended": "it was added by somebody else",
    "rewritten": "history was written anew up to there",
    "unsigned": "the checkpoint there does not have the practice's signature",
}


@audit_app.command("verify")
def verify_command(practice: OfPractice = "", as_json: AsJson = False) -> None:
    """Recompute every hash, and name the first entry that does not fit.

    Ends with 1 where one does not. Safe beside a running server. What is not chained yet is
    counted: nothing vouches for it until the worker has come to it, about a second later.
    """
    start_with_database()
    from holdfast.core.audit import verifying

    chains = [_practice(practice)] if practice else verifying.chains()
    names = _names()
    found = [verifying.verify(one) for one in chains]
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found]))
    else:
        for one in found:
            _say(names.get(one.practice_id, str(one.practice_id)), one)
    if not all(one.intact for one in found):
        raise typer.Exit(1)


@audit_app.command("export")
def export_command(
    practice: Annotated[str, typer.Option("--practice", metavar="SLUG", help="Whose trail.")],
    to: Annotated[
        Path | None, typer.Option(help="A new file; without it, standard output.")
    ] = None,
) -> None:
    """Write a practice's audit trail as JSON Lines, with what is needed to verify it elsewhere.

    The export is itself an entry. docs/reference/audit.md describes the file.
    """
    start_with_database()
    from holdfast.core import clock
    from holdfast.core.actor import system
    from holdfast.core.audit import exporting

    chain = _practice(practice)
    try:
        lines = exporting.export(chain, by=system(chain, "command line"), now=clock.now())
        if to is None:
            sys.stdout.buffer.writelines(lines)
            return
        with to.open("xb") as file:
            to.chmod(0o600)
            file.writelines(lines)
    except (exporting.ChainBusy, FileExistsError) as error:
        typer.echo(str(error) or "The worker is at this chain; try again.", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"Written to {to}. Verify it anywhere with: holdfast audit check {to}")


@audit_app.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="An export.")],
    key: Annotated[
        str | None, typer.Option(help="The practice's public key, from `holdfast audit key`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify an export. Needs no database, and no installation.

    Without --key the file is held against the key that it names itself: that finds damage, and not
    a file that somebody made up. Ends with 1 where something does not fit.
    """
    from holdfast.core.audit import proof

    try:
        with file.open("rb") as lines:
            found = proof.check(lines, key)
    except proof.NotAnExport as error:
        typer.echo(f"{file}: {error}.", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        told = "intact" if found.broken is None else _broken(found.broken)
        typer.echo(f"{found.entries} entries, {told}.")
    if found.broken is not None:
        raise typer.Exit(1)


@audit_app.command("key")
def key_command(
    practice: Annotated[str, typer.Option("--practice", metavar="SLUG", help="Whose key.")],
) -> None:
    """Print the public key that a practice's checkpoints are signed with, to be kept elsewhere."""
    start_with_database()
    import base64

    from holdfast.core.audit import checkpoints
    from holdfast.core.audit.models import AuditChain

    key = checkpoints.public_key(AuditChain.objects.filter(pk=_practice(practice)).first())
    if key is None:
        typer.echo("Nothing was signed yet: the worker does so once a day.", err=True)
        raise typer.Exit(2)
    typer.echo(base64.b64encode(key).decode())


def _practice(name: str) -> uuid.UUID:
    """A practice's identifier, from that or from its short name; ends with 2 where none fits."""
    known = _names()
    for pk, slug in known.items():
        if name in {slug, str(pk)}:
            return pk
    typer.echo(f"There is no practice {name!r}. There are: {', '.join(known.values())}.", err=True)
    raise typer.Exit(2)


def _names() -> dict[uuid.UUID, str]:
    from holdfast.core.audit.models import INSTALLATION
    from holdfast.core.tenancy.models import Practice

    return {INSTALLATION: "installation", **dict(Practice.objects.values_list("pk", "slug"))}


def _plain(found: Verification) -> dict[str, object]:
    return {
        "practice": str(found.practice_id),
        "intact": found.intact,
        "entries": found.entries,
        "begins_after": found.begins,
        "unchained": found.unchained,
        "first_broken": None if found.broken is None else asdict(found.broken),
    }


def _say(name: str, found: Verification) -> None:
    told = "intact" if found.broken is None else _broken(found.broken)
    typer.echo(f"{name}: {found.entries} entries that fit, {told}.")
    if found.begins:
        typer.echo(f"  Entries up to number {found.begins} were removed as too old, under a seal.")
    if found.unchained:
        typer.echo(f"  {found.unchained} wait for their place in the chain.")


def _broken(misfit: Misfit) -> str:
    named = f" ({misfit.id})" if misfit.id else ""
    return f"broken at entry number {misfit.seq}{named}: {WHY[misfit.why]}"
