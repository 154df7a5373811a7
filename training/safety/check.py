"""Rules and whole screen on the labelled pairs of a language, for those who write either."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.safety.engine.screen import Screener, Unscreened
from holdfast.safety.engine.screen.compiled import shipped_rules
from holdfast.safety.engine.screen.screen import shipped
from training.safety.pairs import Sentence, sentences
from training.safety.proportion import Proportion


def check(language: str, split: str | None = None, rules_only: bool = False) -> str:
    """The tables as text."""
    rows = [one for one in sentences(language) if split in (None, one.split)]
    if not rows:
        return f"no pairs for {language!r}"
    rules = shipped_rules()
    lines = []
    if language in rules:
        lines += _table("rules alone", Screener({language: rules[language]}), rows, language)
    else:
        lines.append(f"no rules for {language!r}")
    if not rules_only:
        try:
            lines += _table("the whole screen", shipped(), rows, language)
        except Unscreened as error:
            lines.append(f"no whole screen: {error}")
    return "\n".join(lines)


def _table(title: str, screener: Screener, rows: Iterable[Sentence], language: str) -> list[str]:
    counts: dict[tuple[bool, str], list[int]] = {}
    missed, false = [], []
    exact = total = 0
    for one in rows:
        said = screener.screen(one.text, locale=language)
        exact, total = exact + (said.level is one.level), total + 1
        for kind in (one.kind, "all"):
            count = counts.setdefault((one.alarm, kind), [0, 0])
            count[0] += said.alarm
            count[1] += 1
        if one.alarm and not said.alarm:
            missed.append(one.id)
        if said.alarm and not one.alarm:
            false.append(f"{one.id}({','.join(e.code for e in said.evidence if e.level > 1)})")
    lines = [f"== {title}"]
    for alarm, name in ((True, "recall"), (False, "false alarms")):
        for (kind_alarm, kind), (hits, of) in sorted(counts.items()):
            if kind_alarm is alarm:
                lines.append(f"  {name:12} {kind:22} {Proportion(hits, of)}")
    lines.append(f"  level exactly as labelled: {Proportion(exact, total)}")
    lines.append(f"  missed: {' '.join(missed) or 'none'}")
    lines.append(f"  false alarms: {' '.join(false) or 'none'}")
    return lines
