"""Rules that need one questionnaire only. Each takes it and yields its findings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from holdfast.sense.measures.engine.lint import conditions
from holdfast.sense.measures.engine.lint.conditions import Constant, Unread
from holdfast.sense.measures.engine.lint.damage import damage, untranslated
from holdfast.sense.measures.engine.lint.languages import is_valid
from holdfast.sense.measures.engine.lint.model import Finding, Formula, Item, Questionnaire
from holdfast.sense.measures.engine.lint.references import plain

FREE_TEXT_LENGTH = 12  # shorter equal texts ("If yes") are a form's habit, not a fault
RATING_STEPS = 3
FORM_WORDS = frozenset({"other", "others", "left", "right", "comment", "comments", "none", "time"})


def found(
    questionnaire: Questionnaire, rule: str, item: Item | str | None, message: str
) -> Finding:
    """A finding of this questionnaire, at the file its item stands in."""
    held = questionnaire.item(item) if isinstance(item, str) else item
    name = item.id if isinstance(item, Item) else item
    return Finding(
        questionnaire.file_of(held), rule, name, questionnaire.language, " ".join(message.split())
    )


def missing_licence(q: Questionnaire) -> Iterator[Finding]:
    if not q.licensed:
        yield Finding(
            q.file,
            "missing-licence",
            None,
            q.language,
            "names no licence and no source: nobody can tell whose wording this is",
        )


def unknown_language(q: Questionnaire) -> Iterator[Finding]:
    if q.language is None or is_valid(q.language):
        return
    with_text = [i for i in q.items if i.text]
    message = f"{q.language!r} is no registered language tag (BCP 47)"
    if all(i.text for i in q.asked) or not with_text:
        yield found(q, "unknown-language", None, message)
        return
    for item in with_text:
        yield found(q, "unknown-language", item, message)


def duplicate_fields(q: Questionnaire) -> Iterator[Finding]:
    for name, count in Counter(i.id for i in q.items).items():
        if count > 1:
            yield found(
                q,
                "duplicate-field",
                name,
                f"the name {name!r} stands {count} times; answers overwrite each other",
            )


def duplicate_texts(q: Questionnaire) -> Iterator[Finding]:
    seen: dict[tuple[str, str, tuple[str, ...]], Item] = {}
    for item in q.asked:
        text = plain(item.text)
        if not _telling(text, item):
            continue
        key = (text, item.context, tuple(o.code for o in item.options))
        first = seen.setdefault(key, item)
        if first is not item and first.id != item.id:
            yield found(
                q,
                "duplicate-text",
                item,
                f"asks the same as {first.id}: {item.text.strip()!r}",
            )
        elif plain(q.stem) == text and len(q.asked) > 1:
            yield found(
                q, "duplicate-text", item, f"repeats the introduction: {item.text.strip()!r}"
            )


def _telling(text: str, item: Item) -> bool:
    """Whether the text says what is asked: a symptom on a rating scale may be one word."""
    if len(text) >= FREE_TEXT_LENGTH:
        return True
    return len(text) >= 4 and len(item.options) >= RATING_STEPS and text not in FORM_WORDS


def missing_options(q: Questionnaire) -> Iterator[Finding]:
    for item in q.asked:
        if not item.text or item.outside_options:
            continue
        if not item.options:
            yield found(q, "missing-options", item, "has no answer options")
        elif not any(o.label.strip() for o in item.options):
            yield found(q, "missing-options", item, f"no answer has a label in {q.language}")


def repeated_codes(q: Questionnaire) -> Iterator[Finding]:
    for item in q.asked:
        codes = Counter(o.code.strip() for o in item.options)
        twice = [code for code, count in codes.items() if count > 1]
        if twice:
            yield found(
                q,
                "code-set",
                item,
                f"the code {', '.join(twice)} stands for more than one answer",
            )


def padded_codes(q: Questionnaire) -> Iterator[Finding]:
    """A blank around a code: " 1" is stored, and equals no "1" of another language or version."""
    for item in q.items:
        padded = [o.code for o in item.options if o.code != o.code.strip(" \xa0")]
        if padded:
            yield found(
                q,
                "code-set",
                item,
                f"blanks around the codes {', '.join(map(repr, padded))}; they equal no other",
            )


def control_characters(q: Questionnaire) -> Iterator[Finding]:
    for item in q.items:
        bad = [o.code for o in item.options if _unclean(o.code)]
        if bad:
            yield found(q, "control-char", item, f"in the codes {', '.join(map(repr, bad))}")
        elif _unclean(item.id):
            yield found(q, "control-char", item, f"in the field name {item.id!r}")
        elif re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", item.text):
            yield found(q, "control-char", item, "in the text")


def _unclean(code: str) -> bool:
    return any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for c in code)


def damaged_texts(q: Questionnaire) -> Iterator[Finding]:
    """One finding per item; a damaged answer that items share is reported once, for no item."""
    labels: dict[str, list[Item]] = defaultdict(list)
    for item in q.items:
        own = damage(item.text, q.language) if item.text else None
        if own is None and item.asked:
            own = untranslated(item.text, q.language)
        if own is not None:
            yield found(q, "damaged-text", item, f"{own}: {_short(item.text)!r}")
        for option in item.options:
            labels[option.label].append(item)
    stems = dict.fromkeys(t for t in (q.stem, *(i.header for i in q.items)) if t)
    for stem in stems:
        if (reason := damage(stem, q.language)) is not None:
            yield found(q, "damaged-text", None, f"introduction: {reason}: {_short(stem)!r}")
    for label, items in labels.items():
        if label and (reason := damage(label, q.language)) is not None:
            holder = items[0] if len(items) == 1 else None
            yield found(q, "damaged-text", holder, f"answer {label!r}: {reason}")


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:67] + "..."


def unreachable_items(q: Questionnaire) -> Iterator[Finding]:
    order = {item.id: place for place, item in reversed(list(enumerate(q.items)))}
    codes = {i.id: [o.code for o in i.options] for i in q.items if i.asked and i.options}
    several = frozenset(i.id for i in q.items if i.kind == "multiple")
    for place, item in enumerate(q.items):
        if item.condition is None:
            continue
        reason = _unreachable(item.condition, item, place, order, codes, several)
        if reason is not None:
            yield found(q, "unreachable", item, reason)


def _unreachable(
    condition: conditions.Condition,
    item: Item,
    place: int,
    order: dict[str, int],
    codes: dict[str, list[str]],
    several: frozenset[str],
) -> str | None:
    if isinstance(condition, Unread) and condition.broken:
        return (
            f"its condition cannot be evaluated (brackets do not close): {_short(condition.text)!r}"
        )
    named = conditions.items_named(condition)
    absent = [n for n in named if n not in order]
    if absent:
        return f"its condition names {', '.join(map(repr, absent))}, which does not exist"
    if item.id in named:
        return "its condition depends on its own answer"
    if isinstance(condition, Constant) and not condition.value:
        return "is never shown"
    late = [n for n in named if order[n] > place]
    if late and len(late) == len(named):
        return f"its condition depends on {late[0]}, which is asked later"
    for compare in conditions.compares(condition):
        known = codes.get(compare.item)
        if (
            known
            and compare.operator == "=="
            and not conditions.possible(compare, codes, several=several)
        ):
            return (
                f"its condition waits for {compare.item} = {compare.value!r},"
                " which is none of its codes"
            )
    if not conditions.possible(condition, codes, several=several):
        return "no answers make its condition true"
    return None


def formulas(q: Questionnaire) -> Iterator[Finding]:
    """Scores that name what does not exist, add something twice, or exceed their own maximum."""
    for formula in q.formulas:
        yield from _formula(q, formula)


def _formula(q: Questionnaire, formula: Formula) -> Iterator[Finding]:
    items = {i.id: i for i in q.items}
    faults = [
        (name, f"the score {formula.name} uses {name!r}, which is no item")
        for name in dict.fromkeys(formula.uses)
        if name not in items and not _is_score(q, name)
    ]
    if formula.is_sum:
        faults += _sum_faults(q, formula, items)
        if not faults and (excess := _excess(formula, items)) is not None:
            faults.append((formula.name, excess))
    for name, message in faults:
        yield found(q, "scoring-item", name, message)


def _sum_faults(
    q: Questionnaire, formula: Formula, items: dict[str, Item]
) -> Iterator[tuple[str, str]]:
    for name, count in Counter(formula.uses).items():
        item = items.get(name)
        if count > 1:
            yield name, f"the score {formula.name} adds {name} twice"
        if item is not None and (item.never_scored or is_difficulty(item)):
            yield name, f"the score {formula.name} adds {name}, which is not a scored item"
        elif name == formula.name or (item is not None and item.kind == "computed"):
            yield name, f"the score {formula.name} adds a score, {name}"


def _excess(formula: Formula, items: dict[str, Item]) -> str | None:
    """Items that add up to more than the score's own maximum."""
    tops = [items[u].top for u in formula.uses if u in items]
    known = [t for t in tops if t is not None]
    if formula.highest is None or not known or len(known) < len(tops):
        return None
    if sum(known) <= formula.highest:
        return None
    return (
        f"the items of {formula.name} add up to {sum(known):g}, its maximum is {formula.highest:g}"
    )


def _is_score(q: Questionnaire, name: str) -> bool:
    return any(f.name == name for f in q.formulas)


_DIFFICULTY = re.compile(
    r"how difficult have (these|those|the) problems|how difficult .*these problems"
    r"|erschwert|dificultad le han|quanto? .*dificultaram|difficile\(s\) \?$"
    r"|moeilijk hebben deze problemen",
    re.IGNORECASE,
)


def is_difficulty(item: Item) -> bool:
    """The functional-difficulty question printed under the PHQ and GAD forms."""
    return _DIFFICULTY.search(item.text) is not None


SINGLE: tuple[Callable[[Questionnaire], Iterator[Finding]], ...] = (
    missing_licence,
    unknown_language,
    duplicate_fields,
    duplicate_texts,
    missing_options,
    repeated_codes,
    padded_codes,
    control_characters,
    damaged_texts,
    unreachable_items,
    formulas,
)
