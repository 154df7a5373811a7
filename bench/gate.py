"""The gate: sentences a second on one core, the longest wait for one, and what it lets through.

The sentences are those of `training/gate`: pairs of what must be held back and what is fine near
it, reflections beside what was said, and what chat programs like to say. What was used to mend the
rules is told apart from what was not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable

from bench.report import Promise, Report, Row
from bench.vault import timed
from holdfast.safety.engine.gate import Gate, shipped
from training.gate import pairs

ROUNDS = 5
MOST_MICROSECONDS = 2_000
MOST_P99_MILLISECONDS = 10
MOST_UNWANTED = 0.02  # beside an ordinary text
MOST_HELD = 0.25  # of reflections as they should be

Case = tuple[str, str, str | None]  # language, sentence, what was said


def run() -> list[Report]:
    """Time and quality, in one table."""
    gate = shipped()
    said = {language: pairs.exchanges(language) for language in pairs.LANGUAGES}
    cases: list[Case] = [
        (language, reflection, text) for language, both in said.items() for text, reflection in both
    ]
    cases += [(pair.language, pair.fine, pair.fine) for pair in pairs.all_pairs()]
    _all(gate, cases)  # rules are compiled when a text first needs them
    timing = timed(lambda: _all(gate, cases), ROUNDS)
    each = statistics.median(timing.processor) / len(cases)
    bad = [(pair.language, pair.bad, None) for pair in pairs.all_pairs()]
    missed = len(bad) - _held(gate, bad)
    unwanted, reflections = _unwanted(), cases[: sum(map(len, said.values()))]
    passed = len(unwanted) - _held(gate, unwanted)
    held = _held(gate, reflections)
    return [
        Report(
            name="gate",
            title="The gate on generated sentences",
            peer="none",
            rows=[Row("sentences judged", len(cases), timing)],
            packages=["numpy", "pydantic", "pyyaml"],
            promises=[
                Promise("at most 2 ms a sentence (processor)", MOST_MICROSECONDS, each * 1e6),
                Promise(
                    "99 of 100 within 10 ms (processor)", MOST_P99_MILLISECONDS, _p99(gate, cases)
                ),
                Promise("sentences of the pairs to hold back that pass", 0, missed),
                Promise("share of unwanted that pass", MOST_UNWANTED, passed / len(unwanted)),
                Promise("share of reflections held back", MOST_HELD, held / len(reflections)),
            ],
            notes=list(_notes(gate)),
        )
    ]


def _all(gate: Gate, cases: Iterable[Case]) -> None:
    for language, sentence, said in cases:
        gate.check(sentence, said=said, language=language)


def _held(gate: Gate, cases: Iterable[Case]) -> int:
    return sum(
        not gate.check(sentence, said=said, language=language).allowed
        for language, sentence, said in cases
    )


def _p99(gate: Gate, cases: list[Case]) -> float:
    """Milliseconds of processor time within which 99 of 100 are judged."""
    taken = []
    for language, sentence, said in cases:
        began = time.thread_time()
        gate.check(sentence, said=said, language=language)
        taken.append(time.thread_time() - began)
    return statistics.quantiles(taken, n=100)[98] * 1000


def _unwanted() -> list[Case]:
    """Each unwanted sentence beside each text of its language."""
    return [
        (language, sentence, said)
        for language in pairs.LANGUAGES
        for part in pairs.sentences("unwanted", language).values()
        for sentence in part
        for said, _ in pairs.exchanges(language)
    ]


def _notes(gate: Gate) -> Iterable[str]:
    for language in pairs.LANGUAGES:
        all_pairs = list(pairs.read(language))
        out = [pair for pair in all_pairs if pair.held_out]
        fine = [(language, pair.fine, pair.fine) for pair in all_pairs]
        fine_out = [(language, pair.fine, pair.fine) for pair in out]
        bad_out = [(language, pair.bad, None) for pair in out]
        usual = [
            (language, one, one)
            for part in pairs.sentences("usual", language).values()
            for one in part
        ]
        both = [(language, reflection, said) for said, reflection in pairs.exchanges(language)]
        yield (
            f"{language}: pairs {len(all_pairs)}, fine held back {_held(gate, fine)}; held out: "
            f"{len(out) - _held(gate, bad_out)} of {len(out)} missed, "
            f"{_held(gate, fine_out)} fine held back; usual sentences held back "
            f"{_held(gate, usual)} of {len(usual)}; reflections beside what was said held back "
            f"{_held(gate, both)} of {len(both)}."
        )
