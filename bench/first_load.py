"""What a browser fetches before the first screen stands: size of each kind, as sent.

A real browser opens `/` on the real server with nothing cached and no service worker; everything
it asks for until the first heading is on the screen counts, words and fonts included. Files that
other screens need come later and stand apart.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Response, sync_playwright

from bench.practice.served import running
from bench.report import Promise, SizeReport, SizeRow
from tools.system_packages import chromium

DIST = Path(__file__).parents[1] / "src/holdfast/web_dist"
LIMIT_SCRIPT_KB = 200.0
#: What an empty page of the same libraries (React and Mantine's provider) weighs, for scale.
SHELL_KB = 77.0
KINDS = {".js": "script", ".css": "style", ".woff2": "font", ".html": "page", ".svg": "image"}


@dataclass(frozen=True)
class File:
    """One file of the built client; sizes in bytes."""

    name: str
    raw: int
    gzip: int
    brotli: int | None
    sent: int | None = None

    @property
    def kind(self) -> str:
        return KINDS.get(Path(self.name).suffix, "other")


def run() -> list[SizeReport]:
    """Open the first page once: sizes do not vary."""
    fetched = first_screen()
    names = {file.name for file in fetched}
    others = weigh(
        {
            path: None
            for path in sorted(DIST.rglob("*.*"))
            if path.suffix in {".js", ".css"} and _address(path) not in names
        }
    )
    rows = [
        *(total(kind, f"first screen: {kind}", fetched) for kind in kinds(fetched)),
        summed("first screen: everything", fetched),
        *(total(kind, f"later, as needed: {kind}", others) for kind in ("script", "style")),
    ]
    scripts = sum(file.gzip for file in fetched if file.kind == "script") / 1000
    largest = sorted(fetched, key=lambda file: -file.gzip)[:8]
    return [
        SizeReport(
            name="first_load",
            title="First load of the client: what is fetched until the first screen stands",
            rows=rows,
            promises=[
                Promise(
                    f"first screen: script under {LIMIT_SCRIPT_KB:.0f} kB gz",
                    LIMIT_SCRIPT_KB,
                    scripts,
                )
            ],
            notes=[
                f"An empty page of React and Mantine is about {SHELL_KB:.0f} kB gz of script.",
                "Largest: "
                + ", ".join(
                    f"{Path(one.name).name} {one.gzip / 1000:.1f} kB gz" for one in largest
                ),
            ],
        )
    ]


def first_screen() -> list[File]:
    """The files of the client fetched until the first heading is there."""
    if not (DIST / "index.html").exists():
        raise AssertionError("The client is not built. Type: make setup")
    fetched: dict[str, int | None] = {}

    def note(response: Response) -> None:
        address = "/" + response.url.split("/", 3)[3].partition("?")[0]
        if address.startswith(("/api/", "/_allauth/")):
            return
        sent = response.headers.get("content-length")
        fetched[address] = int(sent) if sent else None

    with running() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        context = browser.new_context(service_workers="block", locale="en-GB")
        page = context.new_page()
        page.on("response", note)
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("heading", level=1).first.wait_for()
        page.evaluate("document.fonts.ready.then(() => true)")
        found = dict(fetched)
        browser.close()
    return weigh({_file(address): sent for address, sent in sorted(found.items())})


def _file(address: str) -> Path:
    path = DIST / address.lstrip("/")
    return path if path.is_file() else DIST / "index.html"


def _address(path: Path) -> str:
    return "/" + path.relative_to(DIST).as_posix()


def weigh(sent: dict[Path, int | None]) -> list[File]:
    """The files with their sizes; `sent` says how many bytes crossed the wire, where known."""
    found = []
    for (path, crossed), packed in zip(sent.items(), _brotli(list(sent)), strict=True):
        content = path.read_bytes()
        small = content if path.suffix == ".woff2" else gzip.compress(content, 9)
        found.append(File(_address(path), len(content), len(small), packed, crossed))
    return found


def _brotli(paths: list[Path]) -> list[int | None]:
    """Node, which builds the client, knows brotli; without it the column stays empty."""
    node = shutil.which("node")
    if node is None:
        return [None] * len(paths)
    script = (
        "const z=require('zlib'),f=require('fs');"
        "for(const p of process.argv.slice(1))"
        "console.log(z.brotliCompressSync(f.readFileSync(p)).length)"
    )
    command = [node, "-e", script, *map(str, paths)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [int(line) for line in shown.split()]


def kinds(files: Iterable[File]) -> list[str]:
    return sorted({file.kind for file in files})


def total(kind: str, label: str, files: Iterable[File]) -> SizeRow:
    return summed(label, [file for file in files if file.kind == kind])


def summed(label: str, files: list[File]) -> SizeRow:
    packed = [file.brotli for file in files if file.brotli is not None]
    sent = [file.sent for file in files if file.sent is not None]
    return SizeRow(
        label,
        len(files),
        sum(file.raw for file in files),
        sum(file.gzip for file in files),
        sum(packed) if len(packed) == len(files) else None,
        sum(sent) if len(sent) == len(files) else None,
    )
