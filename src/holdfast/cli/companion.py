"""`holdfast companion`: check, walk and draw the companion's flows, and begin a new one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from holdfast.support.companion.engine.library import Flow, Library, Unreadable
    from holdfast.support.companion.engine.lint import Finding

companion_app = typer.Typer(no_args_is_help=True, help="Check, walk and draw conversation flows.")

Folder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A folder of flows; without one, ours.")
]
Language = Annotated[str, typer.Option("--language", help="Such as en, es, de or ar.")]


@companion_app.callback()
def companion() -> None:
    """Check, walk and draw conversation flows."""


@companion_app.command("lint")
def lint_command(
    folder: Folder = None,
    languages: Annotated[
        str, typer.Option("--languages", help="Languages each flow should have, with commas.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
) -> None:
    """Find dead ends, steps nobody reaches, missing words, sources and ways out, hard language.

    Ends with 1 when there is any finding, 0 when there is none, 2 when nothing could be read.
    """
    from holdfast.support.companion.engine.library import shipped_common
    from holdfast.support.companion.engine.lint import examine

    flows, unreadable = _flows(folder)
    wanted = [language.strip() for language in languages.split(",") if language.strip()]
    findings = examine(flows, unreadable, shipped_common(), wanted)
    if as_json:
        typer.echo(json.dumps([f.as_json() for f in findings], ensure_ascii=False, indent=1))
    else:
        _print(findings, flows)
    raise typer.Exit(1 if findings else 0)


def _flows(folder: Path | None) -> tuple[dict[str, Flow], list[Unreadable]]:
    from importlib.resources import as_file, files

    from holdfast.support.companion.engine.library import read_flows

    if folder is None:
        with as_file(files("holdfast.support.companion") / "content/flows") as shipped:
            return read_flows(shipped)
    flows, unreadable = read_flows(folder) if folder.is_dir() else ({}, [])
    if not flows and not unreadable:
        typer.echo(
            f"holdfast companion: no flows in {folder}; expected {folder}/<flow>/<language>.yaml",
            err=True,
        )
        raise typer.Exit(2)
    return flows, unreadable


def _print(findings: list[Finding], flows: dict[str, Flow]) -> None:
    for f in findings:
        where = " · ".join(part for part in (f.flow, f.language, f.step) if part)
        typer.echo(f"{where}: {f.rule}: {f.message}")
    if findings:
        typer.echo(f"{len(findings)} findings in {len(flows)} flows")
    else:
        typer.echo(f"No faults found in {len(flows)} flows.")


@companion_app.command("simulate")
def simulate_command(
    folder: Folder = None,
    walks: Annotated[int, typer.Option("--walks", min=1, help="How many walks.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The first walk's seed.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object.")] = False,
) -> None:
    """Walk through all flows at random and with ill will; find dead ends and steps never reached.

    Ends with 1 when a walk did not end well or a step was never reached; each fault names its seed.
    """
    from holdfast.support.companion.walks import walk_all

    report = walk_all(_library(folder), walks=walks, seed=seed)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines():
            typer.echo(line)
    raise typer.Exit(0 if report.well else 1)


def _library(folder: Path | None) -> Library:
    from holdfast.support.companion.engine.library import library_of, shipped_common

    flows, unreadable = _flows(folder)
    for fault in unreadable:
        typer.echo(f"{fault.file}: {fault.reason}", err=True)
    if unreadable:
        raise typer.Exit(2)
    return library_of(flows, shipped_common()).with_drafts()


@companion_app.command("map")
def map_command(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="The flow's name.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="A folder of flows.")] = None,
    language: Language = "en",
) -> None:
    """Print a flow as a Mermaid diagram."""
    from holdfast.support.companion.engine.chart import mermaid

    flows, _ = _flows(folder)
    if flow not in flows:
        typer.echo(f"no flow “{flow}”; there are: {', '.join(flows)}", err=True)
        raise typer.Exit(2)
    typer.echo(mermaid(flows[flow], language), nl=False)


@companion_app.command("new")
def new_command(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="A name such as morning-walk.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where your flows lie.")],
    language: Language = "en",
) -> None:
    """Begin a flow of your own from the template: one file to fill in."""
    import re
    from importlib.resources import files

    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", flow) or not re.fullmatch(r"[a-z]{2,3}", language):
        typer.echo("a flow's name has small letters and hyphens: morning-walk", err=True)
        raise typer.Exit(2)
    path = folder / flow / f"{language}.yaml"
    if path.exists():
        typer.echo(f"{path} is there already; nothing was changed", err=True)
        raise typer.Exit(2)
    template = files("holdfast.support.companion") / "content" / "template.yaml"
    text = template.read_text(encoding="utf-8")
    text = text.replace("flow: my-flow", f"flow: {flow}").replace(
        "language: en", f"language: {language}"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    typer.echo(f"{path}\nNow change the words, then: holdfast companion lint {folder}")
