"""`python -m training.gate [LANGUAGE ...]`: what the gate makes of its pairs.

Sentences that the gate gets wrong are printed for the pairs that rules may be mended by, and only
counted for those held out.
"""

from __future__ import annotations

import sys
from collections import Counter

from holdfast.safety.engine.gate import FAMILIES, shipped
from training.gate import pairs


def main(languages: list[str]) -> int:
    """Print misses and false alarms, then a table by family."""
    gate = shipped()
    for language in languages or pairs.LANGUAGES:
        counts: Counter[tuple[str, bool, str]] = Counter()
        for pair in pairs.read(language):
            bad = gate.check(pair.bad, said=None, language=language)
            fine = gate.check(pair.fine, said=pair.fine, language=language)
            own = any(gate.family(reason) == pair.family for reason in bad.reasons)
            seen = (pair.family, pair.held_out)
            counts[*seen, "all"] += 1
            counts[*seen, "held back"] += not bad.allowed
            counts[*seen, "own"] += own
            counts[*seen, "false"] += not fine.allowed
            if not pair.held_out:
                if bad.allowed:
                    print(f"MISS  {pair.family}: {pair.bad}")
                if not fine.allowed:
                    print(f"FALSE {pair.family}: {pair.fine}  {', '.join(fine.reasons)}")
        print(f"\n{language}: held back / own family / false alarms of n (held out in brackets)")
        for family in FAMILIES:
            cells = [
                "/".join(str(counts[family, out, what]) for what in ("held back", "own", "false"))
                + f" of {counts[family, out, 'all']}"
                for out in (False, True)
            ]
            print(f"  {family:12} {cells[0]:20} [{cells[1]}]")
        held, of, passed, all_ = exchanged(language)
        print(f"  of {of} reflections beside what was said, {held} held back")
        print(f"  of {all_} unwanted sentences beside each of these texts, {passed} passed")
    return 0


def exchanged(language: str) -> tuple[int, int, int, int]:
    """Reflections held back, of how many; unwanted sentences that pass, of how many."""
    gate = shipped()
    both = pairs.exchanges(language)
    held = sum(not gate.check(r, said=said, language=language).allowed for said, r in both)
    unwanted = [one for part in pairs.sentences("unwanted", language).values() for one in part]
    passed = sum(
        gate.check(one, said=said, language=language).allowed
        for one in unwanted
        for said, _ in both
    )
    return held, len(both), passed, len(unwanted) * len(both)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
