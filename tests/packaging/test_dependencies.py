"""What is installed is locked, hashed, explained and free to use."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.lock import LOCKS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(
    r"^([a-z0-9._-]+)==(\S+)(?: ; .*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", re.M
)

#: A test starts it as a program of its own, on the other end of a socket: it is in nothing of ours.
RUN_APART = {"radicale"}


def direct(*groups: str) -> list[Requirement]:
    """The requirements pyproject.toml states for the engines, an extra or a group."""
    project = PROJECT["project"]
    stated = {
        "engines": project["dependencies"],
        **project["optional-dependencies"],
        **PROJECT["dependency-groups"],
    }
    return [Requirement(text) for group in groups for text in stated[group]]


def pins(lock: str) -> dict[str, list[Version]]:
    text = (ROOT / f"requirements/{lock}.lock").read_text()
    found: dict[str, list[Version]] = {}
    for name, version, _hashes in PIN.findall(text):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    assert sum(map(len, found.values())) == len(re.findall(r"^[a-z].*==", text, re.M))
    return found


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("engines", ["engines"]),
        ("server", ["engines", "server"]),
        ("dev", ["engines", "server", "dev", "build"]),
        ("build", ["build"]),
        ("node", ["node"]),
    ],
)
def test_a_lock_holds_every_stated_dependency_with_hashes(lock: str, groups: list[str]) -> None:
    pinned = pins(lock)
    for requirement in direct(*groups):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not in {lock}.lock: run make locks"
        assert all(requirement.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("lock", sorted(set(LOCKS) - {"dev", "node"}))
def test_a_smaller_lock_has_the_versions_that_are_tested(lock: str) -> None:
    tested = pins("dev")
    assert {name: tested[name] for name in pins(lock)} == pins(lock)


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    text = (ROOT / f"requirements/{lock}.lock").read_text()
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_the_node_lock_names_no_place_and_has_every_hash() -> None:
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    fetched = {name: entry for name, entry in packages.items() if name and "link" not in entry}
    assert [name for name, entry in fetched.items() if "resolved" in entry] == []
    assert [
        name
        for name, entry in fetched.items()
        if not str(entry.get("integrity", "")).startswith("sha512-") and not entry.get("inBundle")
    ] == []


def client_packages() -> list[str]:
    manifest = json.loads((ROOT / "web/package.json").read_text())
    return sorted({**manifest["dependencies"], **manifest["devDependencies"]})


def test_the_client_states_exact_versions() -> None:
    manifest = json.loads((ROOT / "web/package.json").read_text())
    stated = {**manifest["dependencies"], **manifest["devDependencies"]}
    loose = {n: v for n, v in stated.items() if not re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", v)}
    assert loose == {}


def test_all_mantine_packages_have_one_version() -> None:
    manifest = json.loads((ROOT / "web/package.json").read_text())
    versions = {v for n, v in manifest["dependencies"].items() if n.startswith("@mantine/")}
    assert len(versions) == 1


def test_every_dependency_is_explained() -> None:
    explained = (ROOT / "docs/explanation/dependencies.md").read_text()
    rows = set(re.findall(r"`([^`]+)`", explained))
    names = [r.name for r in direct("engines", "server", "dev", "build", "node")]
    assert sorted({*names, *client_packages()} - rows) == []


def test_no_package_has_a_licence_that_would_bind_holdfast() -> None:
    """GPL and AGPL packages would bind the whole; the LGPL of psycopg and fonts' OFL do not."""
    packages = json.loads((ROOT / "web/package-lock.json").read_text())["packages"]
    licences = {name: str(entry.get("license", "")) for name, entry in packages.items() if name}
    bound = {n: v for n, v in licences.items() if re.search(r"\bA?GPL", v) and " OR " not in v}
    assert bound == {}
    code = (
        "import importlib.metadata as m, json\n"
        "print(json.dumps({d.name: [d.metadata.get('License-Expression') or '', "
        "*(c for c in d.metadata.get_all('Classifier') or [] if c.startswith('License'))] "
        "for d in m.distributions()}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    installed: dict[str, list[str]] = json.loads(shown.stdout)
    assert not RUN_APART & set(pins("server"))
    locked = {canonicalize_name(name) for name in pins("dev")} - RUN_APART
    found = {
        name: terms
        for name, terms in installed.items()
        if canonicalize_name(name) in locked
        and any(re.search(r"(?<!Lesser )General Public|\bA?GPL(?!.* OR )", t) for t in terms)
        and not any(re.search(r"Lesser|LGPL", t) for t in terms)
    }
    assert found == {}
