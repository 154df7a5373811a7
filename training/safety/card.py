"""The tables of the model card, from the benchmark's JSON and the manifest of the weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from training.safety.train import WEIGHTS

ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = ROOT / "bench" / "results" / "safety.json"
CARD: Final = ROOT / "docs" / "explanation" / "safety-screen-model-card.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"


def tables() -> str:
    """Bars, sets and weights as Markdown."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    manifest = json.loads((WEIGHTS / "manifest.json").read_text(encoding="utf-8"))
    lines = ["| bar | wanted | measured | kept |", "|---|---|---|---|"]
    lines += [
        f"| {one['name']} | {one['wanted']} | {one['measured']}"
        f" | {'yes' if one['kept'] else '**no**'} |"
        for one in found["bars"]
    ]
    lines += ["", "| set | layer | recall | false alarms |", "|---|---|---|---|"]
    for one in found["sets"]:
        for name, layer in one["layers"].items():
            lines.append(
                f"| {one['set']} | {name} | {_share(layer['recall'])}"
                f" | {_share(layer['false_alarms'])} |"
            )
    promised = manifest["promised"]
    lines += [
        "",
        f"Weights `{manifest['file']}`, SHA-256 `{manifest['sha256']}`; threshold"
        f" {manifest['threshold']}: false alarms at most {promised['false_alarms']:.1%} of calm"
        f" texts with confidence {1 - promised['delta']:.0%}"
        f" ({promised['calibration_negatives']} calibration texts); out-of-fold recall of the"
        f" classifier alone there {promised['recall_at_threshold']:.3f}.",
    ]
    return "\n".join(lines) + "\n"


def _share(one: dict[str, Any]) -> str:
    if not one["of"]:
        return "–"
    share = one["hits"] / one["of"]
    return f"{share:.3f} [{one['low']:.3f}, {one['high']:.3f}] {one['hits']}/{one['of']}"


def with_tables(card: str) -> str:
    """The card with its tables made anew."""
    head, rest = card.split(BEGIN)
    return f"{head}{BEGIN}{tables()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    CARD.write_text(with_tables(CARD.read_text(encoding="utf-8")), encoding="utf-8")
