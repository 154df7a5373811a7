"""Puts the commands together. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import typer

import holdfast
from holdfast.cli.audit import audit_app
from holdfast.cli.backup import (
    backup_check_command,
    backup_command,
    backup_key_command,
    restore_command,
    upgrade_command,
)
from holdfast.cli.client import client_command
from holdfast.cli.companion import companion_app
from holdfast.cli.demo import demo_app
from holdfast.cli.doctor import doctor_command
from holdfast.cli.importing import import_command
from holdfast.cli.init import init_command
from holdfast.cli.instruments import instruments_app
from holdfast.cli.keys import keys_app
from holdfast.cli.metrics import metrics_command
from holdfast.cli.outcomes import outcomes_command
from holdfast.cli.retention import open_kept_record_command, retention_command
from holdfast.cli.score import score_command
from holdfast.cli.screen import screen_command
from holdfast.cli.serve import migrate_command, serve_command, worker_command
from holdfast.cli.standings import standings_command

app = typer.Typer(
    name="holdfast",
    help="A self-hosted platform for hybrid mental-health care.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold somebody's answers
    add_completion=False,
)


def _version(show: bool) -> None:
    if show:
        typer.echo(holdfast.__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """A self-hosted platform for hybrid mental-health care."""


app.command("init")(init_command)
app.command("migrate")(migrate_command)
app.command("serve")(serve_command)
app.command("client")(client_command)
app.command("worker", hidden=True)(worker_command)
app.command("metrics", hidden=True)(metrics_command)
app.command("backup")(backup_command)
app.command("backup-key")(backup_key_command)
app.command("backup-check")(backup_check_command)
app.command("restore")(restore_command)
app.command("upgrade")(upgrade_command)
app.add_typer(keys_app, name="keys")
app.add_typer(demo_app, name="demo")
app.command("import")(import_command)
app.command("score")(score_command)
app.command("screen")(screen_command)
app.add_typer(instruments_app, name="instruments")
app.add_typer(companion_app, name="companion")
app.command("outcomes")(outcomes_command)
app.command("standings")(standings_command)
app.command("doctor")(doctor_command)
app.add_typer(audit_app, name="audit")
app.command("retention")(retention_command)
app.command("open-kept-record")(open_kept_record_command)

if __name__ == "__main__":
    app()
