"""`python -m bench [NAME ...]`: run every benchmark, or those named, and print their tables."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench
from bench.report import Measured

# `safety` trains models and takes minutes: it has a command of its own.
HELPERS = {"__main__", "report", "peers", "practice", "results", "safety"}


def main(wanted: list[str]) -> int:
    """Run the benchmarks; 1 where a promise was not kept."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    names = [name for name in sorted(names) if name not in HELPERS]
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        print(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(names)}")
        return 2
    reports: list[Measured] = []
    for name in wanted or names:
        print(f"bench: {name} ...", flush=True)
        for report in importlib.import_module(f"bench.{name}").run():
            report.show()
            report.write()
            reports.append(report)
    broken = [promise for report in reports for promise in report.promises if not promise.kept]
    for promise in broken:
        print(f"bench: not kept: {promise.text} (measured {promise.measured})")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
