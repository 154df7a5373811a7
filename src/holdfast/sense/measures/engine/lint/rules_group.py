"""Rules that compare the languages and versions of one instrument with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from holdfast.sense.measures.engine.lint.languages import is_valid, near
from holdfast.sense.measures.engine.lint.model import Finding, Item, Questionnaire
from holdfast.sense.measures.engine.lint.polarity import direction, primary_language
from holdfast.sense.measures.engine.lint.recall import periods
from holdfast.sense.measures.engine.lint.references import plain
from holdfast.sense.measures.engine.lint.rules import found

MANY_ITEMS = 4
UNCOUNTED = frozenset({"info", "computed"})
LEAST_WORDS = 4
_V = TypeVar("_V", bound=Hashable)
_Member = tuple[Questionnaire, Item]


def odd_ones(
    values: Sequence[tuple[Questionnaire, _V]], expected: _V | None = None
) -> tuple[_V, list[Questionnaire]] | None:
    """The value the members should have and those that have another; None where all agree.

    The expected value is the reference's, else the majority's, else the English form's, else
    the first one's.
    """
    if len({v for _, v in values}) < 2:
        return None
    if expected is None:
        counts = Counter(v for _, v in values).most_common()
        expected = counts[0][0]
        if counts[0][1] == counts[1][1]:
            tied = {v for v, n in counts if n == counts[0][1]}
            english = [v for q, v in values if primary_language(q.language) == "en" and v in tied]
            expected = english[0] if english else values[0][1]
    return expected, [q for q, v in values if v != expected]


def by_item(group: Sequence[Questionnaire]) -> dict[str, list[_Member]]:
    members: dict[str, list[_Member]] = defaultdict(list)
    for questionnaire in group:
        for item in {i.id: i for i in questionnaire.asked}.values():
            members[item.id].append((questionnaire, item))
    return members


def polarity(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """`known` gives the direction of items whose instrument is recognised."""
    for name, members in by_item(group).items():
        ways = [
            (q, way) for q, i in members if (way := direction(i.options, q.language)) is not None
        ]
        odd = odd_ones(ways, known.get(name))
        if odd is None:
            wrong = [q for q, way in ways if name in known and way != known[name]]
            against = "the published form"
        else:
            wrong = odd[1]
            against = _others([q for q, way in ways if way == odd[0]]) or "the published form"
        for q in wrong:
            item = q.item(name)
            if item is not None:
                yield found(
                    q,
                    "polarity",
                    item,
                    f"options run the other way than in {against}: {_ends(item)}; every total"
                    " would be reversed",
                )


def _others(agreeing: list[Questionnaire]) -> str:
    return ", ".join(sorted({q.language or q.file for q in agreeing})[:6])


def _ends(item: Item) -> str:
    ordered = sorted((o for o in item.options if o.value is not None), key=lambda o: o.value or 0)
    first, last = ordered[0], ordered[-1]
    return f"{first.value:g} = {first.label.strip()!r}, {last.value:g} = {last.label.strip()!r}"


def code_sets(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    for name, members in by_item(group).items():
        sets = [(q, i.answers) for q, i in members if len(i.options) > 1]
        odd = odd_ones(sets)
        if odd is None:
            continue
        expected, others = odd
        for q in others:
            item = q.item(name)
            if item is not None:
                yield found(
                    q,
                    "code-set",
                    item,
                    f"coded {_list(item.answers)}, elsewhere {_list(expected)}",
                )


def _list(answers: frozenset[float] | frozenset[str]) -> str:
    numbers = sorted(a for a in answers if isinstance(a, float))
    return ", ".join([f"{n:g}" for n in numbers] or sorted(map(str, answers)))


def missing_labels(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """Single answers without a label. A scale labelled at its two ends only is no fault,
    unless another language labels the steps between."""
    for name, members in by_item(group).items():
        labelled = {o.code for _, i in members for o in i.options if o.label.strip()}
        for q, item in members:
            bare = [o.code for o in item.options if not o.label.strip()]
            if not item.text or not bare or len(bare) == len(item.options):
                continue
            ends = {item.options[0].code, item.options[-1].code}
            missing = [code for code in bare if code in labelled or code in ends]
            if missing:
                message = f"no label for the answer {', '.join(missing)}"
                yield found(q, "missing-options", name, message)


def item_counts(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """Items other languages or versions have and this one lacks."""
    extras = {i.id for q in group for i in q.items if i.never_scored}
    worded = {
        id(q): {i.id for i in q.items if i.text and i.kind not in UNCOUNTED and i.id not in extras}
        for q in group
    }
    counted = [q for q in group if worded[id(q)]]
    if len(counted) < 2:
        return
    holders = Counter(name for q in counted for name in worded[id(q)])
    english = {
        name for q in counted if primary_language(q.language) == "en" for name in worded[id(q)]
    }
    usual = [n for n, count in holders.items() if count * 2 >= len(counted) or n in english]
    excused = {
        (meant, name)
        for q in counted
        if is_stray(q, group) and (meant := meant_tag(q, group))
        for name in worded[id(q)]
    }
    for q in counted:
        mine = worded[id(q)]
        if is_stray(q, group):
            continue
        lacking = [n for n in usual if n not in mine and (q.language, n) not in excused]
        total = f"{len(usual) - len(lacking)} of {len(usual)} items"
        if len(lacking) >= MANY_ITEMS:
            yield found(q, "item-count", None, f"{total}; missing: {', '.join(lacking)}")
            continue
        for name in lacking:
            yield found(q, "item-count", name, f"{total}: {name} is missing")


def is_stray(q: Questionnaire, group: Sequence[Questionnaire]) -> bool:
    """Whether this is a few texts under a misspelt key; `unknown-language` says all of it."""
    if q.language is None:
        return False
    if is_valid(q.language):
        return meant_tag(q, group) is not None
    most = max(len(_worded(other)) for other in group)
    return len(_worded(q)) * 2 <= most


def meant_tag(q: Questionnaire, group: Sequence[Questionnaire]) -> str | None:
    """The tag this one is a misspelling of: alike in letters, and it fills that one's gaps."""
    mine = _worded(q)
    if q.language is None or not mine:
        return None
    tags = frozenset(o.language for o in group if o.language and is_valid(o.language))
    meant = near(q.language, tags - {q.language})
    if meant is None or not is_valid(q.language):
        return meant
    everything = set().union(*map(_worded, group))
    theirs = set().union(*(_worded(o) for o in group if o.language == meant))
    fills = everything - theirs == mine and len(mine) * 4 <= len(everything)
    return meant if fills and len({o.file for o in group}) == 1 else None


def _worded(q: Questionnaire) -> set[str]:
    return {i.id for i in q.items if i.text}


def stray_keys(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """A registered tag that is nevertheless a misspelling."""
    for q in group:
        if q.language is None or not is_valid(q.language):
            continue
        meant = meant_tag(q, group)
        for name in sorted(_worded(q)) if meant else []:
            message = f"{q.language!r} is probably {meant!r} misspelt"
            yield found(q, "unknown-language", name, message)


def recall_periods(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """Introductions that ask about different periods, or not about the one declared."""
    spoken = [(q, _one(periods(q.stem, q.language))) for q in group]
    sure = [(q, days) for q, days in spoken if days is not None]
    declared = {q.recall_days for q in group if q.recall_days is not None}
    wanted = int(declared.pop()) if len(declared) == 1 else None
    if wanted is not None:
        wanted = 30 if 28 <= wanted <= 31 else wanted
        for q, days in sure:
            if days != wanted:
                yield found(q, "recall-period", None, f"asks about {days} days, declares {wanted}")
        return
    odd = odd_ones(sure)
    if odd is not None:
        for q in odd[1]:
            days = {id(m): d for m, d in sure}[id(q)]
            yield found(
                q, "recall-period", None, f"asks about {days} days, other forms about {odd[0]}"
            )


def _one(found_periods: frozenset[int]) -> int | None:
    return next(iter(found_periods)) if len(found_periods) == 1 else None


def untranslated_texts(group: Sequence[Questionnaire], known: dict[str, int]) -> Iterator[Finding]:
    """Another language's form that still asks in English."""
    english = next((q for q in group if primary_language(q.language) == "en"), None)
    if english is None:
        return
    originals = {i.id: plain(i.text) for i in english.items}
    for q in group:
        if primary_language(q.language) == "en":
            continue
        for item in q.asked:
            text = plain(item.text)
            if text.count(" ") >= LEAST_WORDS - 1 and text == originals.get(item.id):
                yield found(q, "text-variant", item, f"is still in English: {item.text.strip()!r}")


GROUP: tuple[Callable[[Sequence[Questionnaire], dict[str, int]], Iterator[Finding]], ...] = (
    polarity,
    code_sets,
    missing_labels,
    item_counts,
    stray_keys,
    recall_periods,
    untranslated_texts,
)
