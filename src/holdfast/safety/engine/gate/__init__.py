"""The gate: a generated sentence in, whether a person may see it out. Pure.

A sentence is shown only where nothing speaks against it: the screen raises no alarm on it, it has
the form of a plain sentence in the person's language (`form`), it names what the person named
(`grounding`), and no rule of the output policy fits (`rules`, phrases that a clinician can read in
`content/gate/<language>.yaml`). When unsure it is held back: scripted words are there already. A
language without rules has no generated text.
Start at `check()`, `Gate` and docs/explanation/language-model.md.
"""

from __future__ import annotations

from holdfast.safety.engine.gate.gate import Decision, Gate, check, shipped
from holdfast.safety.engine.gate.rules import FAMILIES, Policy, PolicyError, shipped_policies

__all__ = [
    "FAMILIES",
    "Decision",
    "Gate",
    "Policy",
    "PolicyError",
    "check",
    "shipped",
    "shipped_policies",
]
