"""The bills of material list what a practice runs, and nothing that only builds or tests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion

from tests.packaging.test_dependencies import pins
from tools import sbom


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Both bills as written; writing validates them against CycloneDX's own schema."""
    paths = sbom.write(tmp_path_factory.mktemp("sbom"))
    return {path.name.split(".")[0]: json.loads(path.read_text()) for path in paths}


def names(bill: Any) -> set[str]:
    return {component["name"] for component in bill["components"]}


@pytest.mark.exhaustive
def test_the_servers_bill_is_its_lock(bills: dict[str, Any]) -> None:
    listed = {c["name"]: c["version"] for c in bills["sbom-python"]["components"]}
    locked = pins("server")
    assert listed.keys() == locked.keys()
    assert listed["django"] == str(locked["django"][0])


@pytest.mark.exhaustive
def test_every_python_component_carries_its_hashes(bills: dict[str, Any]) -> None:
    for component in bills["sbom-python"]["components"]:
        hashes = [h for r in component["externalReferences"] for h in r.get("hashes", [])]
        assert hashes, component["name"]


@pytest.mark.exhaustive
def test_the_clients_bill_has_what_is_built_in_and_no_tools(bills: dict[str, Any]) -> None:
    listed = names(bills["sbom-client"])
    assert {"react", "@mantine/core", "hash-wasm"} <= listed
    assert listed.isdisjoint({"vite", "vitest", "typescript", "oxlint", "jsdom"})


@pytest.mark.exhaustive
def test_the_project_itself_is_the_subject(bills: dict[str, Any]) -> None:
    assert bills["sbom-python"]["metadata"]["component"]["name"] == "holdfast"


@pytest.mark.exhaustive
def test_a_damaged_bill_is_refused() -> None:
    good = sbom.client_bill()
    assert sbom.fault(good, SchemaVersion.V1_5) is None
    damaged = json.loads(good) | {"components": [{"name": "no type"}]}
    assert sbom.fault(json.dumps(damaged), SchemaVersion.V1_5) is not None
