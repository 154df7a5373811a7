"""`python -m holdfast.support.companion.model ADDRESS NAME`: what an endpoint makes of a sample.

Asks it to reflect a sample text in a language, and prints each sentence that the gate lets through,
what it decided of each, and why the answer ended. The key, if any, is `HOLDFAST_MODEL_KEY`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final

from typer import echo

from holdfast.safety.engine.gate import shipped
from holdfast.support.companion.model.book import Book
from holdfast.support.companion.model.config import ConfigError, ModelConfig
from holdfast.support.companion.model.prompts import PURPOSES, shipped_prompts
from holdfast.support.companion.model.reflect import Reflection, Reflector, ReflectRequest

SAMPLES: Final = {
    "en": "My boss shouted at me in front of everyone. I was ashamed and went home early.",
    "de": "Mein Chef hat mich vor allen angeschrien. Ich habe mich geschämt und bin früh gegangen.",
    "es": "Mi jefe me gritó delante de todos. Me dio vergüenza y me fui pronto a casa.",
    "ar": "صرخ مديري في وجهي أمام الجميع. شعرت بالخجل وعدت إلى البيت مبكرا.",
}


def main(arguments: list[str] | None = None) -> int:
    """0 where at least one sentence was shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("name")
    parser.add_argument("--language", choices=sorted(SAMPLES), default="en")
    parser.add_argument("--purpose", choices=PURPOSES, default="reflect")
    asked = parser.parse_args(arguments)
    key = os.environ.get("HOLDFAST_MODEL_KEY", "")
    try:
        config = ModelConfig.of({"url": asked.address, "name": asked.name, "key": key})
    except ConfigError as fault:
        echo(f"not asked: {fault.code}")
        return 1
    said = SAMPLES[asked.language]
    request = ReflectRequest(asked.purpose, asked.language, (said,), level="none", consented=True)
    book = Book()
    reflector = Reflector(book, shipped_prompts(), shipped())
    now = datetime.now(UTC)
    reflection = reflector.reflect(config, request, practice="", now=now, hashed=lambda _: "")
    echo(f"said: {said}")
    asyncio.run(_read(reflection))
    book.close()
    facts = reflection.facts
    for one in facts.gate:
        echo(f"{one.decision}: {', '.join(one.reasons) or 'nothing against it'}")
    first = "none" if facts.first_ms is None else f"{facts.first_ms} ms"
    echo(f"ended: {facts.why}; first sentence: {first}; whole: {facts.whole_ms} ms")
    return 0 if facts.source == "model" else 1


async def _read(reflection: Reflection) -> None:
    async with aclosing(reflection.sentences()) as sentences:
        async for sentence in sentences:
            echo(f"shown: {sentence.text}")


if __name__ == "__main__":
    raise SystemExit(main())
