"""`holdfast init`: the first practice, and a one-time link for its administrator."""

from __future__ import annotations

from typing import Annotated

import typer

from holdfast.cli.server import fail, migrate, start_django


def init_command(
    name: Annotated[str, typer.Option(prompt="Name of the practice", help="The practice's name.")],
    time_zone: Annotated[
        str, typer.Option(prompt="Time zone (IANA, such as Europe/Berlin)", help="IANA name.")
    ],
    country: Annotated[
        str, typer.Option(prompt="Country (two letters, such as DE)", help="ISO 3166-1 alpha-2.")
    ],
    email: Annotated[str, typer.Option(help="The administrator's address, if any.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Make the database and the first practice; print the administrator's one-time link."""
    start_django()
    migrate(quiet=True)
    from holdfast.core.actor import system
    from holdfast.core.problems import Problem
    from holdfast.core.tenancy.actions import create_practice, invite_administrator

    try:
        practice = create_practice(
            name=name, time_zone=time_zone, countries=[country.upper()], by=system(label="init")
        )
        link = invite_administrator(practice, email=email, by=system(label="init"))
    except Problem as problem:
        fail(problem.detail)
    if json_:
        import json

        typer.echo(json.dumps({"practice": practice.slug, "link": link}))
        return
    typer.echo(f"Practice {name} is made. It goes live once its checklist is complete.")
    typer.echo("Open this link once, within 7 days, to become its administrator:")
    typer.echo(f"  {link}")
    typer.echo("Then: holdfast doctor, and holdfast serve")
