"""What our own source never does, whoever writes it next."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/holdfast"
WEB = ROOT / "web/src"
#: Reading them can run what was read.
UNSAFE_READERS = {"dill", "marshal", "pickle", "shelve", "jsonpickle"}
#: Who may start a program: the command line, and the command that an operator sets for the key.
STARTERS = {"cli", "core/crypto/master_key.py"}
HASHES = {"sha256", "sha384", "sha512", "blake2b", "sha3_256", "file_digest", "new"}
#: Invented people, and walks that look for dead ends.
RANDOM_FOR_SHOW = {"cli/demo", "support/companion/walks.py"}


@cache
def trees() -> dict[str, ast.Module]:
    found = {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("*.py")
    }
    assert len(found) > 200
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def calls(tree: ast.Module, module: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of `module.name(...)`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == module
        ):
            yield node.func.attr, node


def who_imports(modules: set[str], allowed: set[str]) -> list[str]:
    return [
        path
        for path, tree in trees().items()
        if modules & set(imports(tree)) and not any(path.startswith(one) for one in allowed)
    ]


def test_nothing_is_read_that_could_run() -> None:
    assert who_imports(UNSAFE_READERS, set()) == []
    loads = [
        path
        for path, tree in trees().items()
        for name, call in calls(tree, "yaml")
        if name in {"load", "load_all", "unsafe_load", "full_load"}
        and not any(word.arg == "Loader" for word in call.keywords)
    ]
    assert loads == []
    named = {
        name
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Loader")
        for base in node.bases
        for name in re.findall(r"\w*Loader", ast.unparse(base))
    }
    assert named == {"SafeLoader", "CSafeLoader"}


def test_no_code_is_made_of_strings() -> None:
    made = [
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "__import__"}
    ]
    assert made == []


def test_programs_are_started_by_the_command_line_and_for_the_key_alone() -> None:
    assert who_imports({"subprocess", "pty"}, STARTERS) == []
    through_a_shell = [
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.keyword) and node.arg == "shell")
        or (
            isinstance(node, ast.Attribute)
            and node.attr in {"system", "popen"}
            and "os" in ast.unparse(node.value)
        )
    ]
    assert through_a_shell == []


def test_hashes_are_sha_256_or_stronger() -> None:
    weaker = [
        f"{path}:{call.lineno}"
        for path, tree in trees().items()
        for name, call in calls(tree, "hashlib")
        if name not in HASHES
        # To tell rows apart, where nobody gains by two that are alike; said in the call itself.
        and not any(
            word.arg == "usedforsecurity" and ast.unparse(word.value) == "False"
            for word in call.keywords
        )
    ]
    assert weaker == []


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    assert who_imports({"random"}, RANDOM_FOR_SHOW) == []
    written = [
        f"{path.relative_to(WEB)}"
        for path in scripts()
        if "Math.random" in path.read_text(encoding="utf-8")
    ]
    # How long a device waits before it tries again.
    assert written == ["queue/outbox.ts"]


def scripts() -> list[Path]:
    found = [
        path
        for path in WEB.rglob("*.ts*")
        if ".test." not in path.name and "generated" not in path.parts
    ]
    assert len(found) > 100
    return found


def test_no_page_listens_to_another_window() -> None:
    listening = re.compile(
        r"""(?:window|globalThis)\.addEventListener\(\s*["']message|"""
        r"""\.(?:opener|parent)\.postMessage|BroadcastChannel|window\.onmessage"""
    )
    assert [
        str(path.relative_to(WEB))
        for path in scripts()
        if listening.search(path.read_text(encoding="utf-8"))
    ] == []


def test_no_markup_is_made_of_words() -> None:
    made = re.compile(
        r"dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|document\.write\("
    )
    assert [
        str(path.relative_to(WEB))
        for path in scripts()
        if made.search(path.read_text(encoding="utf-8"))
    ] == []
