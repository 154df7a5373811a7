"""A flow as a Mermaid diagram: text that a reviewer can compare and a browser can draw."""

from __future__ import annotations

from holdfast.support.companion.engine.format import Branch, Step
from holdfast.support.companion.engine.library import CRISIS, END, Flow

_SHAPES = {None: ("(", ")"), "summary": ("[/", "/]")}


def mermaid(flow: Flow, language: str) -> str:
    """The flow's steps and ways on, labelled in a language; it ends with a line feed."""
    lines = ["flowchart TD", f"  %% {flow.name}, version {flow.version}"]
    targets: dict[str, None] = {}
    for name, step in flow.steps.items():
        before, after = _SHAPES.get(step.answer, ("[", "]"))
        label = flow.words(name, language).label
        kind = f"<br/><i>{step.answer}</i>" if step.answer else ""
        lines.append(f'  {name}{before}"{_safe(label)}{kind}"{after}')
        for condition, target in _ways(step):
            arrow = f' -->|"{_safe(condition)}"| ' if condition else " --> "
            lines.append(f"  {name}{arrow}{_node(target)}")
            targets[target] = None
    lines += [f'  {_node(t)}(["{_outside(t, flow)}"])' for t in targets if t not in flow.steps]
    lines.append("  %% from every step: back, skip, pause, another flow; a crisis leaves at once")
    return "\n".join(lines) + "\n"


def _ways(step: Step) -> list[tuple[str | None, str]]:
    if isinstance(step.next, str):
        return [(None, step.next)]
    branches: tuple[Branch, ...] = step.next
    return [(branch.condition, branch.go) for branch in branches]


def _node(target: str) -> str:
    """A word of Mermaid's own ("end") cannot name a node."""
    return f"to_{target.replace(':', '_').replace('-', '_')}" if _special(target) else target


def _special(target: str) -> bool:
    return target in {END, CRISIS} or target.startswith("flow:")


def _outside(target: str, flow: Flow) -> str:
    return {END: "The end", CRISIS: "Crisis protocol"}.get(target, _safe(target))


def _safe(text: str) -> str:
    return text.replace('"', "#quot;").replace("<", "#lt;")
