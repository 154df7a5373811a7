"""The model client against a real server: llama.cpp with tiny models, some of it killed.

One model says the same sound sentence, the other nonsense (`tiny_model.py`). People write at once;
each has the sentence or the script's words, nobody nonsense, and nobody waits longer than allowed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from holdfast.safety.engine.gate import shipped
from holdfast.support.companion.model import (
    Book,
    Facts,
    ModelConfig,
    Reflector,
    ReflectRequest,
    shipped_prompts,
)

HERE = Path(__file__).parent
PACKAGES = HERE / "model.txt"
SENTENCE = "You were shouted at in front of the others."
SAID = "My boss shouted at me in front of the others and I went home."
STARTING = 60.0


@dataclass
class Answers:
    """What people got: seconds until the first sentence or the end without one, and the facts."""

    waited: list[float] = field(default_factory=list)
    shown: list[list[str]] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)

    def why(self) -> dict[str, int]:
        """How often answers ended for which reason."""
        reasons = [one.why for one in self.facts]
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def packages() -> Path:
    """Where the server's packages are; installed once for each change of `model.txt`."""
    name = hashlib.sha256(PACKAGES.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"holdfast-model-{os.getuid()}-{name}"
    if not (folder / "xllamacpp").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--target", str(folder), "-r", str(PACKAGES)], check=True)
    return folder


@contextmanager
def served(kind: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A model of a kind behind llama.cpp's own server: its base address, and its process."""
    command = [sys.executable, str(HERE / "tiny_model.py"), str(folder / f"{kind}.gguf"), kind]
    with (folder / f"{kind}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(packages())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield _address(process), process
        finally:
            process.kill()
            process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    ends = time.monotonic() + STARTING
    while time.monotonic() < ends:
        line = process.stdout.readline().strip()
        if line.startswith("http"):
            return line
        if process.poll() is not None:
            break
    raise RuntimeError("the model's server did not start")


async def ask(reflector: Reflector, url: str, practice: str, answers: Answers) -> None:
    """One person writes, and waits for a first sentence or for the end without one."""
    request = ReflectRequest(
        "reflect", "en", (SAID,), level="none", consented=True, asked="What happened?"
    )
    reflection = reflector.reflect(
        ModelConfig.of({"url": url, "name": "tiny", "requests_a_day": 100_000}),
        request,
        practice=practice,
        now=datetime.now(UTC),
        hashed=lambda text: hashlib.sha256(text.encode()).hexdigest(),
    )
    began = time.monotonic()
    shown, first = [], None
    async with aclosing(reflection.sentences()) as sentences:
        async for sentence in sentences:
            first = first or time.monotonic()
            shown.append(sentence.text)
    answers.waited.append((first or time.monotonic()) - began)
    answers.shown.append(shown)
    answers.facts.append(reflection.facts)


async def crowd(reflector: Reflector, url: str, people: int, at_once: int) -> Answers:
    """So many people, so many at once, each of a practice of his own."""
    answers, places = Answers(), asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with places:
            await ask(reflector, url, f"practice-{number}", answers)

    await asyncio.gather(*(one(number) for number in range(people)))
    return answers


@dataclass
class Found:
    """The three crowds: at the sound model, at the nonsense, at one that is killed meanwhile."""

    sound: Answers
    nonsense: Answers
    killed: Answers


def run(people: int, at_once: int) -> Found:
    """Serve, ask, kill. The gate is ready before the clock runs, as in the live process."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        book = Book()
        stack.callback(book.close)
        reflector = Reflector(book, shipped_prompts(), shipped())
        sound, process = stack.enter_context(served("chain", folder))
        nonsense, _ = stack.enter_context(served("random", folder))
        first = asyncio.run(crowd(reflector, sound, people, at_once))
        second = asyncio.run(crowd(reflector, nonsense, people, at_once))

        async def killed_meanwhile() -> Answers:
            asyncio.get_running_loop().call_later(0.2, process.kill)
            return await crowd(reflector, sound, people, at_once)

        return Found(first, second, asyncio.run(killed_meanwhile()))
