"""A small valid pack that a test changes in the one place it is about."""

from __future__ import annotations

from typing import Any


def a_pack(*, optional: str | None = None, **scale: Any) -> dict[str, Any]:
    """Three items coded 0 to 3 and a total; keywords replace fields of the scale."""
    names = ["q1", "q2", "q3"]
    return {
        "id": "example",
        "version": "1.0.0",
        "title": "Example",
        "topic": "example",
        "licence": {"name": "Apache-2.0", "acceptance": "none"},
        "credit": "Nobody",
        "recall": "P2W",
        "direction": "lower",
        "option_sets": {"often": [0, 1, 2, 3]},
        "items": [
            {"id": name, "options": "often", **({"optional": True} if name == optional else {})}
            for name in names
        ],
        "scales": [
            {
                "id": "total",
                "items": names,
                "method": "sum",
                "range": [0, 9],
                "missing": {"rule": "refuse"},
                "bands": [
                    {"id": "low", "min": 0, "max": 4},
                    {"id": "high", "min": 5, "max": 9},
                ],
                "bands_source": "someone",
                **scale,
            }
        ],
        "references": {"someone": "Someone (2001)"},
        "texts": {
            "en": {
                "status": "official",
                "source": "test",
                "items": {name: f"Question {name}" for name in names},
                "options": {"often": ["Never", "Seldom", "Often", "Always"]},
            }
        },
    }
