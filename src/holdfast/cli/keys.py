"""`holdfast keys`: where the keys stand, a new master key, and new keys for old ones."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.cli.server import fail, start_with_database

if TYPE_CHECKING:
    from holdfast.core.crypto.rotation import Report, Status, Step

keys_app = typer.Typer(
    name="keys",
    help="The master key and the keys under it: docs/how-to/keys.md.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
Json = Annotated[bool, typer.Option("--json", help="For machines: one JSON object a line.")]


@keys_app.command("new")
def new_command(
    file: Annotated[Path, typer.Argument(help="Where to; outside data and backup folders.")],
) -> None:
    """Make a master key for a new installation, in a file that only its owner can read."""
    from holdfast.core.crypto import master_key

    _refuse_beside_data(file)
    secret = master_key.new_secret()
    try:
        master_key.create_file(file, [secret])
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    typer.echo(f"Master key {master_key.fingerprint(secret)} is made. Keep a copy elsewhere:")
    typer.echo("without it names, contact details and notes can never be read again.")
    typer.echo("Set before the first start:")
    typer.echo(f"HOLDFAST_MASTER_KEY_FILE={file.resolve()}")


@keys_app.command("move")
def move_command(
    file: Annotated[Path, typer.Argument(help="Where to; outside data and backup folders.")],
) -> None:
    """Take the master key out of the secrets file, which lies with the data, into FILE."""
    from holdfast.cli.archive.make import place
    from holdfast.core.crypto import master_key

    _refuse_beside_data(file)
    here = place()
    source = here.master
    if source.kind != "secrets":
        fail(f"The master key is not in the secrets file: it comes from {source.where}.")
    try:
        held = source.secrets()
        master_key.create_file(file, held)
    except master_key.MasterKeyFault as fault:
        fail(str(fault))
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    if master_key.Source("file", file).secrets() != held:
        fail(f"{file} does not hold what was written; the secrets file is as it was.")
    values = json.loads(here.secrets.read_text(encoding="utf-8"))
    for name in ("master_key", "previous_master_keys"):
        values.pop(name, None)
    master_key.replace(here.secrets, json.dumps(values))
    typer.echo("Moved. Set this, and restart at once: until then nothing that starts finds the key")
    typer.echo(f"HOLDFAST_MASTER_KEY_FILE={file.resolve()}")


def _refuse_beside_data(file: Path) -> None:
    from holdfast.cli.archive.make import place

    if file.resolve().is_relative_to(place().data):
        fail(f"{file} lies in the data folder: whoever takes that has both. Name another place.")


@keys_app.command("rotate")
def rotate_command(
    master: Annotated[bool, typer.Option("--master", help="The master key alone.")] = False,
    practices: Annotated[
        bool, typer.Option("--practices", help="The keys of the practices alone.")
    ] = False,
    json_: Json = False,
) -> None:
    """Put new keys in the place of the old, while the server goes on; go on after a kill."""
    start_with_database()
    from holdfast.core.crypto import rotation
    from holdfast.core.crypto.master_key import MasterKeyFault

    both = master == practices
    report = _report(json_=json_)
    try:
        if master or both:
            _say(json_, "master", rotation.rotate_master(report).pk)
        if practices or both:
            _say(json_, "practices", rotation.rotate_practices(report).pk)
    except MasterKeyFault as fault:
        fail(str(fault))


def _report(*, json_: bool) -> Report:
    def tell(step: Step) -> None:
        if json_:
            values = asdict(step) | {
                "practice_id": str(step.practice_id) if step.practice_id else None
            }
            typer.echo(json.dumps(values))
        elif step.total > 1 or step.done == step.total:
            typer.echo(f"{step.name.replace('-', ' ')}: {step.done} of {step.total}")

    return tell


def _say(json_: bool, what: str, run: int) -> None:
    if json_:
        typer.echo(json.dumps({"finished": what, "rotation": run}))
    elif what == "master":
        typer.echo("Every key is under the new master key. Back up now (holdfast backup):")
        typer.echo("older backups open with the older keys file only. Keep it with them, or")
        typer.echo("destroy it and they are unreadable for ever.")
    else:
        typer.echo("Every record key is under its practice's new key.")


@keys_app.command("status")
def status_command(json_: Json = False) -> None:
    """Which master key is in use and what is under it; ends with 1 where something is amiss."""
    start_with_database()
    from holdfast.core.crypto import rotation

    found = rotation.status()
    if json_:
        typer.echo(json.dumps(asdict(found)))
    else:
        _print(found)
    if not found.openable or found.unfinished:
        raise typer.Exit(1)


def _print(found: Status) -> None:
    typer.echo(f"master key: {found.current or 'not to be had'} ({found.where})")
    for name, count in sorted(found.masters.items()):
        typer.echo(f"  {count} keys under {name}")
    typer.echo(f"practices: {found.practices}, older keys of theirs: {found.older_keys}")
    typer.echo(f"record keys under an older key: {found.waiting}, destroyed: {found.destroyed}")
    for what in found.unfinished:
        typer.echo(f"The rotation ({what}) is not finished. Run: holdfast keys rotate --{what}")
    if found.fault:
        typer.secho(found.fault, fg=typer.colors.RED)
