"""What a clinician should mend in a flow before anybody meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from holdfast.support.companion.engine.conversation import (
    Chose,
    Place,
    Said,
    Screening,
    State,
)
from holdfast.support.companion.engine.format import Common, Original, StepWords, Translation
from holdfast.support.companion.engine.interpreter import step
from holdfast.support.companion.engine.library import (
    CRISIS,
    END,
    QUOTE,
    Flow,
    Library,
    Unreadable,
    library_of,
    lines_of,
)
from holdfast.support.companion.engine.reading import reading_age

LONG_LINE = 320  # characters that a phone shows without scrolling
_CHOICES = {"choice", "several"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, by which rule, and what to do."""

    flow: str
    language: str | None
    step: str | None
    rule: str
    message: str

    def as_json(self) -> dict[str, str | None]:
        """For machines."""
        return asdict(self)


def examine(
    flows: Mapping[str, Flow],
    unreadable: Iterable[Unreadable],
    common: Mapping[str, Common],
    languages: Iterable[str],
) -> list[Finding]:
    """Every finding; `languages` are those in which each flow is expected."""
    found = [Finding(f.file, None, None, "unreadable", f.reason) for f in unreadable]
    library = library_of(flows, common)
    for flow in flows.values():
        for rule in (_ways, _answers, _quotes, _sources, _reviews, _variants, _reading):
            found += rule(flow)
        found += _languages(flow, common, languages)
        if not any(f.flow == flow.name and f.rule in {"dead-end", "endless"} for f in found):
            found += _crisis_exit(flow, library)
    found += _links(flows)
    found += _common_texts(common)
    return found


def _ways(flow: Flow) -> Iterator[Finding]:
    """Every way leads to a step or an end, every step is reached, every step can end."""
    onward: dict[str, list[str]] = {}
    for name, ways in flow.ways.items():
        onward[name] = [target for _, target in ways]
        for target in onward[name]:
            if target not in flow.steps and not _outside(target):
                hint = f"there is no step “{target}”; write the name of a step, or “end”"
                yield Finding(flow.name, None, name, "dead-end", hint)
        if not ways or ways[-1][0] is not None:
            hint = "the last line of “next” needs no “if”: where does it go when none holds?"
            yield Finding(flow.name, None, name, "dead-end", hint)
        if any(condition is None for condition, _ in ways[:-1]):
            hint = "what stands after a line without “if” is never used"
            yield Finding(flow.name, None, name, "unreachable", hint)
    reached = _closure([flow.first], onward)
    for name in flow.steps:
        if name not in reached:
            yield Finding(flow.name, None, name, "unreachable", "no step leads here")
    backward: dict[str, list[str]] = {}
    for name, targets in onward.items():
        for target in targets:
            backward.setdefault(END if _outside(target) else target, []).append(name)
    ending = _closure([END], backward)
    for name in flow.steps:
        if name not in ending:
            yield Finding(flow.name, None, name, "dead-end", "no way from here leads to an end")
    silent = {n: onward[n] for n, s in flow.steps.items() if s.answer is None}
    for name in silent:
        if name in _closure(silent[name], silent):
            hint = "goes round without ever asking anything"
            yield Finding(flow.name, None, name, "endless", hint)


def _outside(target: str) -> bool:
    return target in {END, CRISIS} or target.startswith("flow:")


def _closure(start: Iterable[str], onward: Mapping[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += onward.get(name, [])
    return reached


def _answers(flow: Flow) -> Iterator[Finding]:
    """Replies where they are needed; conditions that can be true."""
    for name, step_ in flow.steps.items():
        if step_.answer in _CHOICES and len(step_.replies) < 2:
            yield Finding(flow.name, None, name, "replies", f"a {step_.answer} needs two replies")
        if step_.answer not in _CHOICES and step_.replies:
            hint = "replies are for “answer: choice” and “answer: several”"
            yield Finding(flow.name, None, name, "replies", hint)
        if step_.answer == "summary" and not step_.summary:
            yield Finding(flow.name, None, name, "replies", "a summary needs “summary:” lines")
        if step_.answer == "number" and step_.low >= step_.high:
            yield Finding(flow.name, None, name, "replies", "“low” must be below “high”")
        for condition, _ in flow.ways[name]:
            if condition is None:
                continue
            asked = flow.steps.get(condition.step)
            if asked is None or asked.answer is None:
                hint = f"“{condition.step}” is no step that asks"
                yield Finding(flow.name, None, name, "condition", hint)
            elif condition.code and condition.code not in asked.replies:
                hint = f"“{condition.step}” has no reply “{condition.code}”"
                yield Finding(flow.name, None, name, "condition", hint)
            elif condition.test in {"at least", "below"} and asked.answer != "number":
                hint = f"“{condition.step}” is no number"
                yield Finding(flow.name, None, name, "condition", hint)


def _quotes(flow: Flow) -> Iterator[Finding]:
    """What a line quotes has been asked before, and there is a line for those who skipped it."""
    before = _asked_before(flow)
    for head in flow.heads():
        for name, words in head.steps.items():
            if name not in flow.steps:
                continue
            for line in lines_of(words):
                for quoted in QUOTE.findall(line):
                    if quoted not in flow.steps or flow.steps[quoted].answer is None:
                        hint = f"{{{quoted}}} is no step that asks"
                        yield Finding(flow.name, head.language, name, "quote", hint)
                    elif quoted not in before[name] and line not in words.summary:
                        hint = f"{{{quoted}}} may not have been asked yet on every way to this line"
                        yield Finding(flow.name, head.language, name, "quote", hint)
            if all(QUOTE.search(line) for line in words.say):
                hint = "one line must do without {…}, for somebody who skipped that question"
                yield Finding(flow.name, head.language, name, "quote", hint)


def _asked_before(flow: Flow) -> dict[str, set[str]]:
    """For each step the steps that every way to it has asked; `after` lines include the step."""
    asking = {name for name, s in flow.steps.items() if s.answer is not None}
    asked = {name: set(asking) for name in flow.steps}
    asked[flow.first] = set()
    changed = True
    while changed:
        changed = False
        for name, ways in flow.ways.items():
            known = asked[name] | ({name} & asking)
            for _, target in ways:
                if target in asked and not asked[target] <= known:
                    asked[target] &= known
                    changed = True
    return {name: steps | ({name} & asking) for name, steps in asked.items()}


def _sources(flow: Flow) -> Iterator[Finding]:
    if not flow.original.sources:
        hint = "“sources” is empty: where does the method come from?"
        yield Finding(flow.name, None, None, "missing-source", hint)
    elif not any(s.source for s in flow.steps.values()):
        hint = "no step says “source:”, so nobody can tell what the sources are for"
        yield Finding(flow.name, None, None, "missing-source", hint)
    for name, step_ in flow.steps.items():
        if step_.source and step_.source not in flow.original.sources:
            hint = f"“{step_.source}” is not among the sources"
            yield Finding(flow.name, None, name, "missing-source", hint)


def _reviews(flow: Flow) -> Iterator[Finding]:
    for head in flow.heads():
        if (head.status == "reviewed") != (head.reviewed_by is not None):
            hint = "“status: reviewed” and a name in “reviewed_by” belong together"
            yield Finding(flow.name, head.language, None, "review", hint)


def _variants(flow: Flow) -> Iterator[Finding]:
    """Two ways to say each thing, none of them twice, none too long for a phone."""
    for head in flow.heads():
        seen: dict[str, str] = {}
        for name, words in head.steps.items():
            if len(words.say) < 2:
                hint = "write a second way to say it, so that nobody hears the same line again"
                yield Finding(flow.name, head.language, name, "variants", hint)
            for line in (*words.say, *words.after):
                if line in seen:
                    hint = f"the same line stands in “{seen[line]}”: “{line[:60]}”"
                    yield Finding(flow.name, head.language, name, "variants", hint)
                seen[line] = name
            for line in (*words.say, *words.after, *((words.explain,) if words.explain else ())):
                if len(line) > LONG_LINE:
                    hint = f"{len(line)} characters in one line; {LONG_LINE} fit on a phone"
                    yield Finding(flow.name, head.language, name, "long-line", hint)


def _reading(flow: Flow) -> Iterator[Finding]:
    limit = flow.original.reading_age
    for head in flow.heads():
        found = reading_age(spoken(head), head.language, limit)
        if found and found.too_hard:
            age = f"age {found.age:.0f}, {limit} is aimed at" if found.age else "shorter is better"
            hint = f"{found.formula}: {found.measure} ({age})"
            yield Finding(flow.name, head.language, None, "reading-age", hint)


def spoken(head: Original | Translation) -> list[str]:
    """Every line of a flow that a person reads, without summaries and buttons."""
    steps: Iterable[StepWords] = head.steps.values()
    lines = [[*w.say, *w.after, *([w.explain] if w.explain else [])] for w in steps]
    return [line for of_step in lines for line in of_step]


def _languages(
    flow: Flow, common: Mapping[str, Common], languages: Iterable[str]
) -> Iterator[Finding]:
    for head in flow.heads():
        if head.language not in common:
            hint = f"there are no common words in “{head.language}”; it cannot be spoken"
            yield Finding(flow.name, head.language, None, "untranslated", hint)
    for language in languages:
        if not flow.has(language):
            yield Finding(flow.name, language, None, "untranslated", "there is no file for it")
    for translation in flow.translations.values():
        yield from _untranslated(flow, translation)


def _untranslated(flow: Flow, translation: Translation) -> Iterator[Finding]:
    def missing(step_: str | None, message: str) -> Finding:
        return Finding(flow.name, translation.language, step_, "untranslated", message)

    if translation.translates != flow.version:
        hint = f"was written for version {translation.translates}, the flow is {flow.version}"
        yield missing(None, hint)
    for name in translation.steps.keys() - flow.steps.keys():
        yield missing(name, "the flow has no such step")
    for name, own in flow.steps.items():
        words = translation.steps.get(name)
        if words is None:
            yield missing(name, "the step has no words in this language")
            continue
        if set(words.replies) != set(own.replies):
            odd = ", ".join(sorted(set(words.replies) ^ set(own.replies)))
            yield missing(name, f"replies differ: {odd}")
        if len(words.summary) != len(own.summary):
            yield missing(name, f"{len(words.summary)} summary lines instead of {len(own.summary)}")
        if bool(words.explain) != bool(own.explain):
            yield missing(name, "“explain” stands in one of the two languages only")
        same = {line for line in words.say if len(line) > 12} & set(own.say)
        if same:
            yield missing(name, f"not translated: “{next(iter(same))[:60]}”")


def _links(flows: Mapping[str, Flow]) -> Iterator[Finding]:
    for flow in flows.values():
        for name, ways in flow.ways.items():
            for _, target in ways:
                if not target.startswith("flow:"):
                    continue
                other = flows.get(target[5:])
                if other is None:
                    hint = f"there is no flow “{target[5:]}”"
                    yield Finding(flow.name, None, name, "dead-end", hint)
                    continue
                for head in flow.heads():
                    if not other.has(head.language):
                        hint = f"leads to “{other.name}”, which does not speak this language"
                        yield Finding(flow.name, head.language, name, "untranslated", hint)


def _crisis_exit(flow: Flow, library: Library) -> Iterator[Finding]:
    """Run it: from every step that asks, alarming words leave at once and the way back is open."""
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)
    alarm = Said("…", Screening("concern", ("active_ideation",)))
    for name, step_ in flow.steps.items():
        if step_.answer is None:
            continue
        state = State(mode="asking", place=Place(flow.name, flow.version, name))
        for language in (head.language for head in flow.heads() if head.language in library.common):
            left = step(library, state, alarm, now=now, seed=0, language=language)
            back = step(library, left.state, Chose(("@go_on",)), now=now, seed=0, language=language)
            out = any(effect.kind == "crisis" for effect in left.effects) and not left.messages
            place = back.state.place
            if not out or place is None or place.step != name or back.ask is None:
                hint = "alarming words do not reach the crisis protocol from here"
                yield Finding(flow.name, language, name, "crisis-exit", hint)
            elif not any(c.code == "@help_now" for c in back.ask.commands):
                hint = "the button for help now is missing here"
                yield Finding(flow.name, language, name, "crisis-exit", hint)


def _common_texts(common: Mapping[str, Common]) -> Iterator[Finding]:
    """The interpreter's own words: complete in every language, no line twice."""
    reference = common.get("en") or next(iter(common.values()), None)
    for language, words in common.items():
        if reference is None:
            return
        pools: Callable[[Common], dict[str, tuple[str, ...]]] = _pools
        lines = [line for pool in pools(words).values() for line in pool]
        for line in sorted({line for line in lines if lines.count(line) > 1}):
            yield Finding("common", language, None, "variants", f"stands twice: “{line[:60]}”")
        if set(words.emotions) != set(reference.emotions):
            odd = ", ".join(sorted(set(words.emotions) ^ set(reference.emotions)))
            yield Finding("common", language, None, "untranslated", f"emotions differ: {odd}")
        for part in ("said_as", "hints", "days", "parts_of_day"):
            lacking = getattr(reference, part).keys() - getattr(words, part).keys()
            if lacking:
                hint = f"{part} lacks {', '.join(sorted(lacking))}"
                yield Finding("common", language, None, "untranslated", hint)


def _pools(words: Common) -> dict[str, tuple[str, ...]]:
    names = (
        "again unsure menu did_you_mean help paused resumed back not_it at_start skipped changed "
        "gone too_long finished after_crisis noted strength had"
    )
    return {name: getattr(words, name) for name in names.split()}
