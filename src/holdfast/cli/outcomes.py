"""`holdfast outcomes`: clinically significant change in a file of scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer

if TYPE_CHECKING:
    from holdfast.sense.measures.engine.change import Classification

_METHODS = "JT, GLN, HLL, EN, NK, HA or HLM"


def outcomes_command(
    file: Annotated[Path, typer.Argument(help="CSV, one row per person and measurement.")],
    id_column: Annotated[str, typer.Option("--id", help="Column that names the person.")],
    time: Annotated[str, typer.Option(help="Column that names the measurement.")],
    outcome: Annotated[str, typer.Option(help="Column with the score.")],
    pre: Annotated[str | None, typer.Option(help="Time before treatment. HLM uses all.")] = None,
    post: Annotated[str | None, typer.Option(help="Time after treatment. HLM uses all.")] = None,
    reliability: Annotated[
        float | None, typer.Option(help="Reliability of the measure, between 0 and 1; not for HLM.")
    ] = None,
    reliability_post: Annotated[
        float | None, typer.Option(help="Reliability after treatment (NK); else the same.")
    ] = None,
    functional_mean: Annotated[
        float | None, typer.Option(help="Mean of the functional population (cut-offs b, c).")
    ] = None,
    functional_sd: Annotated[
        float | None, typer.Option(help="SD of the functional population (cut-off c).")
    ] = None,
    direction: Annotated[str, typer.Option(help="Which way is better: lower or higher.")] = "lower",
    method: Annotated[str, typer.Option(help=f"{_METHODS}.")] = "JT",
    cutoff: Annotated[str, typer.Option(help="Cut-off a, b or c.")] = "a",
    group: Annotated[str | None, typer.Option(help="Column to break results down by.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """How many people recovered, improved, did not change, deteriorated or were harmed.

    Conventions are those of the R package clinicalsignificance: complete cases only; every SD is
    that of their scores before treatment, over all groups together. Bad input exits with code 2.
    """
    from holdfast.cli.outcome_file import Columns, OutcomeFile, OutcomeFileError
    from holdfast.sense.measures.engine import change

    rule = {
        "cutoff": cutoff.lower(), "direction": direction.lower(),
        "functional_mean": functional_mean, "functional_sd": functional_sd,
    }  # fmt: skip
    name = method.upper()
    try:
        _check(name, pre, post, reliability, reliability_post)
        source = OutcomeFile(file, Columns(id_column, time, outcome, group))
        if name == "HLM":
            courses = source.courses(at_least=change.MIN_MEASUREMENTS)
            groups, people = courses.group, courses.people_in_file
            result = change.classify_growth(
                courses.person, courses.time, courses.score, **cast(Any, rule)
            )
        else:
            pairs = source.pairs(cast(str, pre), cast(str, post))
            groups, people = pairs.group, pairs.people_in_file
            result = change.classify(
                pairs.pre, pairs.post, method=cast(change.Method, name), reliability=reliability,
                reliability_post=reliability_post, **cast(Any, rule),
            )  # fmt: skip
    except OutcomeFileError as fault:
        _refuse(str(fault))
    except change.ChangeError as fault:
        _refuse(f"{file}: {fault.detail}")
    report = _report(result, groups)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print_table(report, result, people)


def _check(
    method: str,
    pre: str | None,
    post: str | None,
    reliability: float | None,
    reliability_post: float | None,
) -> None:
    """Refuse options that cannot work before a large file is read."""
    from holdfast.sense.measures.engine import change

    if method not in change.METHODS:
        raise change.ChangeError("method", f"unknown method {method!r}: use {_METHODS}")
    if reliability is not None:
        change.check_reliability(reliability, "--reliability")
    if reliability_post is not None:
        change.check_reliability(reliability_post, "--reliability-post")
    if method == "HLM":
        return
    if reliability is None:
        raise change.ChangeError("reliability", f"method {method} needs --reliability")
    if pre is None or post is None:
        raise change.ChangeError("time", f"method {method} needs --pre and --post")


def _report(result: Classification, groups: Any) -> dict[str, Any]:
    """The machine-readable answer; percentages are of all analysed cases, or of the group."""
    report: dict[str, Any] = {
        "method": result.method,
        "n": result.figures.n,
        "categories": result.counts(),
    }
    if result.group_level is not None:
        report["group_level"] = {
            name: {"percent": 100.0 * share} for name, share in result.group_level.items()
        }
    if groups is not None:
        report["groups"] = {
            value: {"n": int((groups == value).sum()), "categories": result.counts(groups == value)}
            for value in sorted(set(groups.tolist()))
        }
    return report


def _print_table(report: dict[str, Any], result: Classification, people: int) -> None:
    from rich.console import Console
    from rich.table import Table

    figures = result.figures
    table = Table(
        title=f"Clinically significant change, method {result.method}", title_justify="left"
    )
    table.add_column("category")
    parts = {"all": report} | report.get("groups", {})
    for value in parts:
        table.add_column(f"{value} (n = {parts[value]['n']})", justify="right")
    for category in report["categories"]:
        cells = [part["categories"][category] for part in parts.values()]
        table.add_row(category, *(f"{cell['n']}  {cell['percent']:6.2f} %" for cell in cells))
    console = Console()
    console.print(table)
    console.print(
        f"{figures.n} of {people} people analysed. Cut-off {result.cutoff:.2f}. "
        f"Reliable: beyond ±{result.critical:.2f} standard errors.\n"
        f"Before: mean {figures.mean_pre:.2f}, SD {figures.sd_pre:.2f}; "
        f"after: mean {figures.mean_post:.2f}, SD {figures.sd_post:.2f}.",
        highlight=False,
    )
    for name, share in report.get("group_level", {}).items():
        console.print(f"Truly {name}, as a group: {share['percent']:.2f} %")


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"holdfast outcomes: {reason}", err=True)
    raise typer.Exit(2)
