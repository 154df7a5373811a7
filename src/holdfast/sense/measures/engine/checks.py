"""What the types of a pack cannot say: references that must resolve, sums that must agree.

Each check yields sentences `place: what is wrong`. Faults that ruin data silently but leave a
pack usable (a polarity turned round in one language) are the linter's job, in `lint/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from holdfast.sense.measures.engine.instrument import (
    Condition,
    Instrument,
    InstrumentError,
    Item,
    Scale,
    Text,
)

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PART_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")  # the BCP 47 we use
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def faults(instrument: Instrument) -> Iterator[str]:
    """Every fault of the pack, in the order of its sections."""
    yield from _head(instrument)
    structural = [*_option_sets(instrument), *_items(instrument)]
    yield from structural
    if structural:  # the checks below would only repeat these
        return
    for scale in instrument.scales:
        yield from _scale(instrument, scale)
    yield from _alerts(instrument)
    for language, text in instrument.texts.items():
        yield from _text(instrument, language, text)
    yield from _sources(instrument)


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def _head(instrument: Instrument) -> Iterator[str]:
    if not _ID.fullmatch(instrument.id):
        yield f"id: expected lower-case words joined by hyphens, got {instrument.id!r}"
    if not _VERSION.fullmatch(instrument.version):
        yield f"version: expected MAJOR.MINOR.PATCH, got {instrument.version!r}"
    if instrument.recall is not None and not _DURATION.fullmatch(instrument.recall):
        yield f"recall: expected an ISO 8601 duration, got {instrument.recall!r}"
    if not instrument.scales:
        yield "scales: expected at least one"


def _option_sets(instrument: Instrument) -> Iterator[str]:
    for name, options in instrument.option_sets.items():
        where = f"option_sets.{name}"
        slider = (options.min, options.max, options.step)
        if options.codes:
            if any(value is not None for value in slider):
                yield f"{where}: expected codes or a slider, got both"
            if len(options.codes) < 2 or _repeated(map(str, options.codes)):
                yield f"{where}: expected two or more different codes, got {options.codes}"
        elif options.min is None or options.max is None or options.step is None:
            yield f"{where}: a slider needs min, max and step"
        elif not (options.min < options.max and options.step > 0 and options.allows(options.max)):
            yield f"{where}: expected min < max, and steps that reach max exactly"


def _items(instrument: Instrument) -> Iterator[str]:
    for repeated in _repeated(item.id for item in instrument.items):
        yield f"items: {repeated!r} is there twice"
    try:
        instrument.names  # noqa: B018  (computing it is the check)
    except InstrumentError as error:
        yield str(error).removeprefix(f"{instrument.origin}: ")
    earlier: dict[str, Item] = {}
    for item in instrument.items:
        where = f"items.{item.id}"
        if not _PART_ID.fullmatch(item.id):
            yield f"{where}: expected lower-case letters, digits and _, got {item.id!r}"
        if item.options not in instrument.option_sets:
            yield f"{where}.options: no option set {item.options!r}"
            continue
        allowed = instrument.option_sets[item.options]
        if item.declined_as is not None and not allowed.allows(item.declined_as):
            yield f"{where}.declined_as: {item.declined_as} is not a code of {item.options!r}"
        if item.show_if is not None:
            for leaf in item.show_if.leaves():
                if leaf.item not in earlier:
                    yield f"{where}.show_if: expected an earlier item, got {leaf.item!r}"
            yield from _condition(instrument, item.show_if, f"{where}.show_if")
        earlier[item.id] = item


def _condition(instrument: Instrument, condition: Condition, where: str) -> Iterator[str]:
    for leaf in condition.leaves():
        if (leaf.item is None) == (leaf.scale is None):
            yield f"{where}: expected an item or a scale in each condition"
            continue
        if leaf.item is not None:
            yield from _item_condition(instrument, leaf, where)
        else:
            yield from _scale_condition(instrument, leaf, where)
    for part in (condition, *condition.parts):
        if part.parts and (part.item or part.scale):
            yield f"{where}: a combination has no item or scale of its own"


def _item_condition(instrument: Instrument, leaf: Condition, where: str) -> Iterator[str]:
    item = instrument.by_id.get(str(leaf.item))
    if item is None or item.options not in instrument.option_sets:
        yield f"{where}: no item {leaf.item!r}"
        return
    options = instrument.option_sets[item.options]
    if leaf.band is not None:
        yield f"{where}: an item has no band"
    if leaf.at_least is None and leaf.at_most is None and not leaf.declined:
        yield f"{where}: expected at_least, at_most or declined for {leaf.item}"
    if leaf.at_least is not None and leaf.at_least > options.highest:
        yield f"{where}: {leaf.item} never reaches {leaf.at_least}"
    if leaf.at_most is not None and leaf.at_most < options.lowest:
        yield f"{where}: {leaf.item} is never as low as {leaf.at_most}"


def _scale_condition(instrument: Instrument, leaf: Condition, where: str) -> Iterator[str]:
    scale = next((scale for scale in instrument.scales if scale.id == leaf.scale), None)
    if scale is None:
        yield f"{where}: no scale {leaf.scale!r}"
        return
    if leaf.declined or (leaf.band is None and leaf.at_least is None and leaf.at_most is None):
        yield f"{where}: expected band, at_least or at_most for scale {leaf.scale}"
    if leaf.band is not None and leaf.band not in {band.id for band in scale.bands}:
        yield f"{where}: scale {leaf.scale} has no band {leaf.band!r}"


def _scale(instrument: Instrument, scale: Scale) -> Iterator[str]:
    where = f"scales.{scale.id}"
    unknown = [name for name in scale.items if name not in instrument.by_id]
    if unknown or not scale.items:
        yield f"{where}.items: expected items of this instrument, got {unknown}"
        return
    for name in _repeated(scale.items):
        yield f"{where}.items: {name} is there twice"
    for name in scale.items:
        if not instrument.by_id[name].scored:
            yield f"{where}.items: {name} is not scored and must not be in a scale"
    for name in (*scale.reverse, *scale.weights):
        if name not in scale.items:
            yield f"{where}: {name} is reversed or weighted but not in the scale"
    if tuple(scale.range) != reach(instrument, scale):
        low, high = reach(instrument, scale)
        came = f"{scale.range[0]:g} to {scale.range[1]:g}"
        yield f"{where}.range: the items reach {low:g} to {high:g}, got {came}"
    if scale.missing.rule == "refuse" and scale.missing.max_missing:
        yield f"{where}.missing: refuse allows no missing item"
    if not 0 <= scale.missing.max_missing < len(scale.items):
        yield f"{where}.missing.max_missing: expected fewer than all items"
    yield from _bands(scale, where)


def reach(instrument: Instrument, scale: Scale) -> tuple[float, float]:
    """Lowest and highest score that complete answers can give."""
    ends: list[tuple[float, float]] = []
    for name in scale.items:
        options, weight = instrument.options_of(name), scale.weights.get(name, 1)
        ends.append((weight * options.lowest, weight * options.highest))
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    if scale.method == "max":
        return scale.factor * max(lows), scale.factor * max(highs)
    divisor = len(ends) if scale.method == "mean" else 1
    return scale.factor * sum(lows) / divisor, scale.factor * sum(highs) / divisor


def _bands(scale: Scale, where: str) -> Iterator[str]:
    if not scale.bands:
        return
    for name in _repeated(band.id for band in scale.bands):
        yield f"{where}.bands: {name!r} is there twice"
    if (scale.bands[0].min, scale.bands[-1].max) != tuple(scale.range):
        yield f"{where}.bands: expected to run from {scale.range[0]:g} to {scale.range[1]:g}"
    for below, above in zip(scale.bands, scale.bands[1:], strict=False):
        if above.min - below.max != scale.factor:
            yield f"{where}.bands: gap or overlap between {below.id} and {above.id}"
    if any(band.min > band.max for band in scale.bands):
        yield f"{where}.bands: a band ends before it begins"
    if scale.bands_source is None:
        yield f"{where}.bands_source: bands need a citation"


def _alerts(instrument: Instrument) -> Iterator[str]:
    for name in _repeated(rule.id for rule in instrument.alerts):
        yield f"alerts: {name!r} is there twice"
    for rule in instrument.alerts:
        where = f"alerts.{rule.id}"
        yield from _condition(instrument, rule.when, f"{where}.when")
        if rule.if_skipped and rule.when.item is None:
            yield f"{where}.if_skipped: only a rule about one item can ask for it"


def _text(instrument: Instrument, language: str, text: Text) -> Iterator[str]:
    where = f"texts.{language}"
    if not _LANGUAGE.fullmatch(language):
        yield f"{where}: expected a BCP 47 tag such as en or es-US"
    for name in text.items:
        if name not in instrument.by_id:
            yield f"{where}.items: no item {name!r}"
    for item in instrument.items:
        if item.id not in text.items and item.scored:
            yield f"{where}.items: {item.id} has no text (only an unscored item may be absent)"
        if item.id in text.items and item.options not in text.options:
            yield f"{where}.options: {item.options!r} has no labels"
    for name, labels in text.options.items():
        if name not in instrument.option_sets:
            yield f"{where}.options: no option set {name!r}"
            continue
        options = instrument.option_sets[name]
        expected = 2 if options.is_slider else len(options.codes)
        if len(labels) != expected:
            yield f"{where}.options.{name}: expected {expected} labels, got {len(labels)}"
    every = [label for group in text.options.values() for label in group]
    for words in (*text.items.values(), *every):
        if not words.strip() or _CONTROL.search(words):
            yield f"{where}: an empty text, or one with a control character: {words!r:.40}"


def _sources(instrument: Instrument) -> Iterator[str]:
    cited: list[tuple[str, str | None]] = []
    for scale in instrument.scales:
        where = f"scales.{scale.id}"
        cited += [(f"{where}.bands_source", scale.bands_source)]
        cited += [(f"{where}.norms.{name}", norm.source) for name, norm in scale.norms.items()]
        for part in ("missing", "reliability", "caseness", "reliable_change"):
            figure = getattr(scale, part)
            if figure is not None:
                cited.append((f"{where}.{part}.source", figure.source))
    cited += [(f"alerts.{rule.id}.source", rule.source) for rule in instrument.alerts]
    for where, key in cited:
        if key is not None and key not in instrument.references:
            yield f"{where}: {key!r} is not among the references"
