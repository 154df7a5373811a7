"""Every operation that the API has, as its OpenAPI document lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from holdfast.config.api import api

PREFIX = "/api/v1"

#: The letters of matrix.yaml.
LETTERS = {
    "S": "client/self",
    "O": "client/other",
    "Ct": "clinician/care_team",
    "Cf": "clinician/flag_owner",
    "Ch": "clinician/flag_handled",
    "Cn": "clinician/none",
    "Pt": "prescriber/care_team",
    "Pf": "prescriber/flag_owner",
    "Ph": "prescriber/flag_handled",
    "Pn": "prescriber/none",
    "Ss": "supervisor/supervised",
    "Sf": "supervisor/flag_owner",
    "Sh": "supervisor/flag_handled",
    "Sn": "supervisor/none",
    "A": "administrator/none",
    "R": "researcher/none",
}


@dataclass(frozen=True)
class Operation:
    """One method of one path. `access` is `resource.action`, PUBLIC, SEALED or SIGNED_IN."""

    method: str
    path: str
    access: str
    takes_body: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def in_practice(self) -> bool:
        return "." in self.access

    def url(self, values: dict[str, str]) -> str:
        return PREFIX + re.sub(r"{(\w+)}", lambda match: values[match[1]], self.path)


@cache
def operations() -> tuple[Operation, ...]:
    found = []
    document: dict[str, Any] = dict(api.get_openapi_schema())
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            found.append(
                Operation(
                    method.upper(),
                    path.removeprefix(PREFIX),
                    described.get("x-access", "not stated"),
                    "requestBody" in described,
                )
            )
    return tuple(found)


@cache
def matrix() -> dict[str, frozenset[str]]:
    """resource.action -> standings that may."""
    text = Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8")
    rows: dict[str, str] = yaml.safe_load(text)
    found = {}
    for access, letters in rows.items():
        standings = {LETTERS[letter] for letter in letters.split()}
        if "clinician/none" in standings:
            standings.add("clinician/ended")
        for role in ("clinician", "prescriber", "supervisor"):
            # Whoever dealt with a flag is of the practice, too.
            if f"{role}/none" in standings:
                standings.add(f"{role}/flag_handled")
        found[access] = frozenset(standings)
    return found
