"""Rules that compare a recognised instrument with what is published of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from holdfast.sense.measures.engine.lint.model import Finding, Formula, Item, Questionnaire
from holdfast.sense.measures.engine.lint.polarity import direction, primary_language
from holdfast.sense.measures.engine.lint.recall import periods, same_period
from holdfast.sense.measures.engine.lint.references import (
    Recognised,
    Wording,
    plain,
    references,
    similarity,
)
from holdfast.sense.measures.engine.lint.rules import found, is_difficulty

SAME_WORDING = 0.6
SAME_FORM = 0.72
FORM_SHARE = 0.6
SAME_STEM = 0.75
MOST_CUT = 4
SAME_LABEL = 0.5


def known_directions(group: Sequence[Questionnaire], known: Recognised) -> dict[str, int]:
    """Which way each item's options run in the published form."""
    pack = known.reference.pack
    if pack is None:
        return {}
    scored = [i for i in pack.items if not i.never_scored]
    ways = [direction(i.options, pack.language) for i in scored]
    found_ways = {
        name: way
        for name, place in known.places.items()
        if place < len(ways) and (way := ways[place]) is not None
    }
    return found_ways


def codes(group: Sequence[Questionnaire], known: Recognised) -> Iterator[Finding]:
    for q in group:
        for item in q.asked:
            place = known.places.get(item.id)
            allowed = _allowed(place, known)
            if not allowed or len(item.values) < 2 or item.values in allowed:
                continue
            if any(item.values < a for a in allowed) and any(o.value is None for o in item.options):
                continue
            yield found(
                q,
                "codes-differ-from-reference",
                item,
                f"coded {_list(item.values)}; {known.reference.id} codes {_list(allowed[0])}",
            )


def _allowed(place: int | None, known: Recognised) -> tuple[frozenset[float], ...]:
    every = known.reference.codes
    return every[place] if place is not None and place < len(every) else ()


def _list(values: frozenset[float]) -> str:
    return ", ".join(f"{v:g}" for v in sorted(values))


def size(group: Sequence[Questionnaire], known: Recognised) -> Iterator[Finding]:
    """Fewer or more items than published, where all languages of the group agree on it."""
    if not known.whole:
        return
    reference = known.reference
    for q in _one_per_file(group):
        count = len(q.asked)
        if count < reference.size:
            yield found(
                q, "item-count", None, f"{count} items; {reference.id} has {reference.size}"
            )
        elif count > reference.size + reference.extra:
            strange = [i.id for i in q.asked if i.id not in known.places]
            extra = f": {', '.join(strange)}" if strange else ""
            yield found(
                q,
                "item-count",
                None,
                f"{count} items; {reference.id} has {reference.size}{extra}",
            )


def recall(group: Sequence[Questionnaire], known: Recognised) -> Iterator[Finding]:
    wanted = known.reference.recall_days
    if wanted is None:
        return
    for q in group:
        if q.recall_days is not None and not same_period(q.recall_days, wanted):
            yield found(q, "recall-period", None, _wrong(q.recall_days, wanted, known.reference.id))
            continue
        spoken = periods(q.stem, q.language)
        if spoken and not any(same_period(days, wanted) for days in spoken):
            yield found(q, "recall-period", None, _wrong(min(spoken), wanted, known.reference.id))
        for item in q.asked:
            own = periods(item.text, q.language)
            if not own or item.id not in known.places:
                continue
            if not any(same_period(days, wanted) for days in own):
                message = _wrong(min(own), wanted, known.reference.id)
                yield found(q, "recall-period", item, message)


def _wrong(days: float, wanted: float, name: str) -> str:
    return f"asks about {days:g} days; {name} asks about {wanted:g}"


def scoring(group: Sequence[Questionnaire], known: Recognised) -> Iterator[Finding]:
    """A total that adds an item the published score does not have, or leaves one out."""
    if not known.whole or len(set(known.places.values())) < known.reference.size * 0.8:
        return
    for q in _one_per_file(group):
        items = {i.id: i for i in q.items}
        for formula in q.formulas:
            uses = [items[u] for u in formula.uses if u in items]
            inside = {i.id for i in uses if i.id in known.places}
            if formula.is_sum and len(inside) * 2 >= known.reference.size:
                yield from _score(q, formula, uses, known)


def _score(
    q: Questionnaire, formula: Formula, uses: Sequence[Item], known: Recognised
) -> Iterator[Finding]:
    name, reference = formula.name, known.reference
    for item in uses:
        said = item.kind == "computed" or item.never_scored or is_difficulty(item)
        if item.id not in known.places and not said:
            message = f"the score {name} adds {item.id}, which is not part of {reference.id}"
            yield found(q, "scoring-item", item, message)
    used = {i.id for i in uses}
    left = [i for i in q.asked if i.id in known.places and i.id not in used]
    if len(q.formulas) == 1 and len(uses) >= reference.size - 2:
        for item in left:
            message = f"the score {name} leaves out {item.id}"
            yield found(q, "scoring-item", item, message)
    tops = [i.top for i in uses if i.top is not None]
    whole = len(tops) == len(uses) and not left
    if formula.highest is not None and whole and formula.highest > sum(tops):
        message = f"{name} is declared up to {formula.highest:g}; its items reach {sum(tops):g}"
        yield found(q, "scoring-item", name, message)


def _one_per_file(group: Sequence[Questionnaire]) -> list[Questionnaire]:
    """Of each file one questionnaire, without a language where the file has several."""
    files: dict[str, list[Questionnaire]] = {}
    for q in group:
        files.setdefault(q.file, []).append(q)
    return [
        replace(max(qs, key=lambda q: sum(bool(i.text) for i in q.items)), language=None)
        if len(qs) > 1
        else qs[0]
        for qs in files.values()
    ]


def wording(group: Sequence[Questionnaire], known: Recognised) -> Iterator[Finding]:
    """Texts of no known form, or items, introduction and answers of different forms."""
    for q in group:
        forms = known.wordings(q.language)
        if forms and primary_language(q.language) != "en":
            yield from _wording(q, known, forms)


def _wording(q: Questionnaire, known: Recognised, forms: Sequence[Wording]) -> Iterator[Finding]:
    size = min(len(form.items) for form in forms)
    placed = [i for i in q.asked if i.text and known.places.get(i.id, size) < size]
    if len(placed) < 2:
        return
    shares = [(len(_agreeing(placed, form, known, SAME_FORM)), form) for form in forms]
    agreeing, form = max(shares, key=lambda s: s[0])
    if agreeing < FORM_SHARE * len(placed):
        tags = ", ".join(f.language for f in forms)
        yield found(
            q,
            "text-variant",
            None,
            f"the wording is not that of {known.reference.id} in any form known here ({tags})",
        )
        return
    close = _agreeing(placed, form, known, SAME_WORDING)
    for item in placed:
        text = form.items[known.places[item.id]]
        if cut := _cut_off(item.text, text):
            yield found(q, "damaged-text", item, f"{cut}: {item.text.strip()!r}")
        if item not in close:
            yield found(
                q,
                "text-variant",
                item,
                f"is not worded as in the {form.language} form the other items are of",
            )
    yield from _stem(q, form)
    yield from _labels(q, placed, form)


def _agreeing(placed: Sequence[Item], form: Wording, known: Recognised, least: float) -> list[Item]:
    return [i for i in placed if similarity(i.text, form.items[known.places[i.id]]) >= least]


def _cut_off(text: str, known: str) -> str | None:
    """The known wording without its first or last letters, inside a word."""
    mine, whole = plain(text), plain(known)
    if not mine or mine == whole or len(whole) - len(mine) > MOST_CUT:
        return None
    lost = len(whole) - len(mine)
    if whole.endswith(mine) and whole[lost - 1] != " ":
        return "its first letters are cut off"
    if whole.startswith(mine) and whole[len(mine)] != " ":
        return "its last letters are cut off"
    return None


def _stem(q: Questionnaire, form: Wording) -> Iterator[Finding]:
    if not q.stem:
        return
    own = similarity(q.stem, form.stem) if form.stem else 0.0
    primary = primary_language(q.language)
    other = max(
        (
            (similarity(q.stem, w.stem), w)
            for r in references()
            for w in r.wordings
            if w.stem and primary_language(w.language) == primary and w.language != form.language
        ),
        key=lambda s: s[0],
        default=(0.0, form),
    )
    if other[0] >= SAME_STEM and other[0] > own + 0.1:
        yield found(
            q,
            "text-variant",
            None,
            f"the introduction is that of the {other[1].language} form, the items are of the"
            f" {form.language} form",
        )


def _labels(q: Questionnaire, placed: Sequence[Item], form: Wording) -> Iterator[Finding]:
    labels = [o.label for o in sorted(placed[0].options, key=lambda o: o.value or 0)]
    if len(labels) != len(form.options) or not all(labels):
        return
    if direction(placed[0].options, q.language) == -1:
        labels.reverse()
    strange = [
        label
        for label, known in zip(labels, form.options, strict=True)
        if similarity(label, known) < SAME_LABEL
    ]
    if strange:
        shown = ", ".join(map(repr, strange))
        yield found(
            q,
            "text-variant",
            None,
            f"the answers {shown} are not those of the {form.language} form the items are of",
        )
