"""`python -m training.safety check LANG | compile | train`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__)


@app.command("check")
def check_command(
    language: Annotated[str, typer.Argument(help="for example es")],
    split: Annotated[str | None, typer.Option(help="train or dev; both if left out")] = None,
    rules_only: Annotated[bool, typer.Option("--rules", help="leave out the classifier")] = False,
) -> None:
    """Recall and false alarms of the rules alone and of the whole screen on a language's pairs."""
    from training.safety.check import check

    typer.echo(check(language, split, rules_only))


@app.command("compile")
def compile_command() -> None:
    """Write the copy of the rules that loads fast, after a change of rules."""
    from training.safety.train import compile_rules

    typer.echo(compile_rules())


@app.command("train")
def train_command() -> None:
    """Write the weights that ship anew."""
    from training.safety.train import main

    typer.echo(main())


if __name__ == "__main__":
    app()
