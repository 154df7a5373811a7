"""Reads a container file as its instructions."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = frozenset({"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM"}) | {
    *("HEALTHCHECK", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}


@dataclass(frozen=True)
class Instruction:
    name: str
    arguments: str


def parse(text: str) -> list[Instruction]:
    """Instructions in order, continued lines joined; ValueError for one that does not exist."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: list[Instruction] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, arguments = line.strip().partition(" ")
        if name not in NAMES:
            raise ValueError(f"no such instruction: {name!r}")
        found.append(Instruction(name, " ".join(arguments.split())))
    return found
