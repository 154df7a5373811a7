"""The rule of the house for import-linter: another capability is reached through its doors only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def capability(module: str, root: str) -> tuple[str, ...]:
    """(wing, capability) of a module: ("safety", "flags") for holdfast.safety.flags.models."""
    return tuple(module.removeprefix(f"{root}.").split(".")[:2])


class CapabilityContract(Contract):
    """No capability imports another's insides.

    Options: `root` package; `doors`, the modules of a capability that others may import;
    `open_wings`, which all may import as they like; `assemblers`, the wings that may import
    anything because they put the capabilities together.
    """

    type_name = "capability"
    root = fields.StringField()
    doors: Any = fields.ListField(subfield=fields.StringField())
    open_wings: Any = fields.ListField(subfield=fields.StringField())
    assemblers: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(self._violations(graph))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, line in check.metadata["broken"]:
            output.print_error(
                f"{importer} (line {line}) imports {imported}: use {' or '.join(self.doors)}"
            )

    def _violations(self, graph: ImportGraph) -> Iterator[tuple[str, str, int]]:
        root = str(self.root)
        own = [m for m in graph.modules if m.startswith(f"{root}.")]
        for importer in own:
            here = capability(importer, root)
            if here[0] in self.assemblers:
                continue
            for imported in graph.find_modules_directly_imported_by(importer):
                if not imported.startswith(f"{root}.") or imported.count(".") < 3:
                    continue
                there = capability(imported, root)
                if there == here or there[0] in self.open_wings:
                    continue
                # `safety.engine` belongs to the whole wing; a capability's own stands one deeper.
                if not set(imported.split(".")[2:4]) & set(self.doors):
                    details = graph.get_import_details(importer=importer, imported=imported)
                    yield importer, imported, details[0]["line_number"] if details else 0
