"""`holdfast standings`: does every caseload stand in the order that the records ask for?"""

from __future__ import annotations

from typing import Annotated

import typer

from holdfast.cli.server import start_with_database


def standings_command(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Put right what differs instead of only saying so.")
    ] = False,
) -> None:
    """Work every person's place in the caseload out anew and compare it with what is kept.

    Ends with 1 where something differs and was left so. Safe beside a running server.
    """
    start_with_database()
    from holdfast.core import clock
    from holdfast.plan.overview import standings

    people = wrong = 0
    for practice_id, ids in standings.all_batches():
        differing = standings.differing(practice_id, ids, clock.now())
        if rebuild and differing:
            standings.put_right(practice_id, differing, clock.now())
        people += len(ids)
        wrong += len(differing)
    done = "put right" if rebuild else "differ from the records"
    typer.echo(f"{people} people, {wrong} {done}.")
    if wrong and not rebuild:
        typer.echo("Put them right with: holdfast standings --rebuild")
        raise typer.Exit(1)
