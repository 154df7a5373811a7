"""`holdfast demo`: a practice to look at, filled with real, openly published records where they
are at hand and with a small generated set, labelled synthetic, where they are not."""

from __future__ import annotations

from typing import Annotated

import typer

from holdfast.cli.server import fail, start_django

demo_app = typer.Typer(help="A practice to look at. Demo data can never enter a live practice.")


@demo_app.callback(invoke_without_command=True)
def demo(context: typer.Context) -> None:
    """Make the demo practice, or show its log-ins when it is there."""
    if context.invoked_subcommand is not None:
        return
    start_django()
    from holdfast.cli.server import migrate, unapplied_migrations

    if unapplied_migrations():
        migrate(quiet=True)
    make_demo()
    print_log_ins()


@demo_app.command("code")
def code(login: Annotated[str, typer.Argument(help="Whose second-factor code.")]) -> None:
    """The present second-factor code of a demo account."""
    start_django()
    from holdfast.core.identity.demo import accounts

    found = next((one for one in accounts() if one.login == login), None)
    if found is None or found.totp_code is None:
        fail(f"{login}: no demo account with a second factor")
    typer.echo(found.totp_code)


def make_demo() -> None:
    """Make the demo practice unless it is there; refuses where a practice that is none stands."""
    from holdfast.core.problems import Problem

    try:
        from holdfast.cli.demo import build

        build.build()
    except Problem as problem:
        fail(problem.detail)


def print_log_ins() -> None:
    """Who can log in, with which password, and the second-factor code of this half minute."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from holdfast.core.identity.demo import accounts

    table = Table(title="Demo log-ins", box=SIMPLE_HEAD)
    for heading in ("Role", "Name", "Log in as", "Password", "Code"):
        # What is to be typed must never be cut short.
        table.add_column(heading, no_wrap=heading != "Name", overflow="fold")
    for one in accounts():
        table.add_row(one.role, one.display_name, one.login, one.password, one.totp_code or "-")
    console = Console()
    console.print(table)
    console.print("A code holds for 30 seconds; a new one: .venv/bin/holdfast demo code LOGIN")
