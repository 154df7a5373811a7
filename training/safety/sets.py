"""The sets of real texts, where they are: below `HOLDFAST_SHARED`, never in this repository.

`data/safety/README.md` there says what each is and which may train weights that ship.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

SHARED: Final = Path(os.environ.get("HOLDFAST_SHARED", Path(__file__).parents[3] / "shared"))
HELD_OUT: Final = 0.3  # of the stressors: never trained on


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a set. `alarm` is None where its label does not say."""

    id: str
    text: str
    lang: str
    alarm: bool | None
    row: Mapping[str, Any]


class NoData(RuntimeError):
    """The shared data is not there."""


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of the data folder. Raises NoData."""
    path = SHARED / "data" / "safety" / f"{name}.jsonl.gz"
    if not path.exists():
        raise NoData(f"{path.name} is not below HOLDFAST_SHARED")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def share(identity: str) -> float:
    """A number in [0, 1) that an id always has: splits that need no list."""
    return int.from_bytes(blake2b(identity.encode(), digest_size=8).digest()) / 2**64


def _number(row: Mapping[str, Any]) -> bool | None:
    return bool(int(row["label"]))


def _chinese(row: Mapping[str, Any]) -> bool | None:
    """Crisis: any class of suicide or self-harm. Aggression alone says neither."""
    labels = [label for label in row["label"] if "无关" not in label]
    if any("自杀" in label or "自伤" in label for label in labels):
        return True
    return None if labels else False


def _hazard(row: Mapping[str, Any]) -> bool | None:
    return bool(row["label"] == "ssh")


def _no_alarm(row: Mapping[str, Any]) -> bool | None:
    return False


LABELS: Final[Mapping[str, Callable[[Mapping[str, Any]], bool | None]]] = {
    "psysuicide_zh_train": _chinese,
    "peer_support_en_dev": _number,
    "moderation_self_harm_en_dev": _number,
    "hazard_prompts_en_dev": _hazard,
    "hazard_prompts_fr_dev": _hazard,
    "stressors_en_train": _no_alarm,
    "emotions_en_dev": _no_alarm,
    "everyday_requests_en_dev": _no_alarm,
}


def texts(name: str) -> list[Text]:
    """A labelled set."""
    label = LABELS[name]
    return [Text(row["id"], row["text"], row["lang"], label(row), row) for row in rows(name)]


def stressors(held_out: bool) -> list[Text]:
    """The part of the stressors that is never trained on, or the rest."""
    return [one for one in texts("stressors_en_train") if (share(one.id) < HELD_OUT) is held_out]
